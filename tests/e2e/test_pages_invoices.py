"""Every page of invoices: accessible, within the policy, without sideways scrolling."""

import pytest

from tests.e2e.visiting import WRONG, Visits, Walk, wrong_with


@pytest.fixture(scope="module")
def visits(walk: Walk) -> Visits:
    def sent(path: str, **values: object) -> str:
        answer = walk.client.post(f"/invoices{path}", json=values)
        assert answer.status_code < 300, answer.text
        return str(answer.json()["data"]["id"])

    event = walk.newest("/events?status=confirmed")
    draft = sent("", event_id=event, kind="final")
    line = sent(f"/{draft}/lines", name="Crew", rate="40", quantity="2", tax_percent="19", heading="Crew")
    issued = sent("/" + sent("", event_id=event, kind="part", amount="119") + "/issue")
    note = sent(f"/{issued}/credit-notes")
    return walk.over(
        "invoices",
        "/invoices?q=nobody",
        "/invoices?show=overdue",
        f"/invoices/{issued}",
        f"/invoices/{note}",
        f"/events/{event}/invoices",
        f"/events/{event}/invoices/new?kind=deposit",
        invoice_id=draft,
        line_id=line,
    )


@pytest.mark.parametrize("what", WRONG)
def test_nothing_is_wrong_with_pages_of_invoices(visits, what):
    assert wrong_with(visits, what) == {}
