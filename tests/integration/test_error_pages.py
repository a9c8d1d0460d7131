"""Whole pages of refusals, for whoever has no scripts: what is in the way, and the way back."""

from collections.abc import Callable
from typing import Any

import pytest

from app.domain.events import service
from tests.integration.booking import a_rental, an_event, some_equipment

Work = Callable[..., Any]


async def refused(work: Work, sign_in: Any, **headers: str) -> Any:
    """The answer to a decline of what was declined already."""
    async with work() as unit:
        event = await an_event(unit, name="Twice answered")
        await a_rental(unit, event, await some_equipment(unit, 1), 1)
        await service.request(unit, event.id)
    manager = await sign_in("manager")
    path = f"/events/{event.id}/steps/decline"
    host = f"{manager.base_url.scheme}://{manager.base_url.host}"
    assert (await manager.post(path, data={"reason": "Full"})).status_code == 303
    headers = {name: value.format(host=host, path=path) for name, value in headers.items()}
    answer = await manager.post(path, data={"reason": "Full"}, headers=headers)
    assert answer.status_code == 409
    assert "Twice answered” is declined" in answer.text
    return answer.text.replace(path, "PATH")


async def test_a_refusal_leads_back_to_the_page_that_was_sent(work: Work, sign_in: Any) -> None:
    page = await refused(work, sign_in, referer="{host}{path}?from=list")
    assert 'class="btn btn-primary" href="PATH?from=list"' in page
    assert 'class="btn" href="/"' in page


@pytest.mark.parametrize(
    "referer", ["https://elsewhere.example/x", "{host}//elsewhere.example/x", "http://[", ""]
)
async def test_nobody_else_says_where_that_leads(work: Work, sign_in: Any, referer: str) -> None:
    page = await refused(work, sign_in, referer=referer)
    assert "elsewhere.example" not in page
    assert 'class="btn btn-primary" href="/"' in page
