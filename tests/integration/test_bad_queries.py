"""Queries that make no sense are answered with a message at what is wrong, not with something else."""

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("/api/availability?equipment_id=1&end=2031-06-03T08:00:00Z", {"start": "This is required."}),
        ("/api/availability/steps?equipment_id=1&start=2031-06-03T08:00:00Z", {"end": "This is required."}),
        (
            "/api/availability/explanation?start=2031-06-03T08:00:00Z&end=2031-06-04T08:00:00Z",
            {"equipment_id": "This is required."},
        ),
    ],
)
async def test_the_api_names_what_is_missing(sign_in: Any, address: str, fields: dict[str, str]) -> None:
    refused = await (await sign_in("viewer")).get(address)
    assert refused.status_code == 422
    assert refused.json()["code"] == "VALIDATION_ERROR"
    assert refused.json()["details"]["fields"] == fields


async def test_days_that_are_none_are_refused_at_their_field(sign_in: Any) -> None:
    viewer = await sign_in("viewer")
    for query, message in (
        ("from=2027-01-01&to=2026-01-01", "Choose a day that is not before the first."),
        ("from=2027-01-01&to=2037-01-01", "Choose a day within a year of the first."),
        ("to=2020-01-01", "This day is over."),
    ):
        for headers in ({}, {"HX-Request": "true", "HX-Request-Type": "partial"}):
            refused = await viewer.get(f"/shortages?{query}", headers=headers)
            assert refused.status_code == 422
            assert message in refused.text
            assert "All is well" not in refused.text
    whole = await viewer.get("/shortages?from=2031-01-01&to=2031-12-31")
    assert whole.status_code == 200
