"""Every verdict on a unit, and which of them comes first when several would do."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.prep.codes import PAPERS, PaperCode, read_paper_code
from app.domain.prep.judging import (
    EITHER,
    FORCED,
    PROMISED,
    WRONG_EVENT,
    extra,
    judge_unit,
    not_on_list,
    put_back,
    unknown,
    with_ways_out,
)
from app.domain.prep.policy import Counts
from app.domain.prep.queries import BenchLine
from app.domain.prep.unit_queries import UnitFacts
from app.domain.prep.verdicts import restored, stored, verdict

HERE, THERE = 1, 2
LINE = BenchLine(
    id=10, event_id=HERE, equipment_id=7, name="Lamp", notes="", heading="", accessory_of_id=None,
    added_at_bench=False, tracking="serialized", kind="equipment", photo=None, sku="LA", location="",
    category="Lighting", known=None, known_at=None, counts=Counts(2),
)  # fmt: skip
FREE = UnitFacts(
    id=5, asset_tag="LA-5", equipment_id=7, equipment="Lamp", state="in_stock", rental_id=None, location="",
    with_event_id=None, with_event=None, promised_rental_id=None, promised_event_id=None, promised_event=None,
    promised_from=None, bound_rental_id=None, job=None, expired_test=None, expired_on=None,
)  # fmt: skip

GONE = {"state": "lost"}
EXPIRED = {"expired_test": "PAT", "expired_on": date(2026, 10, 1)}
BROKEN = {"state": "quarantine", "job": "Fan"}
PICKED_THERE = {"state": "prepped", "rental_id": 20, "with_event_id": THERE, "with_event": "Gala"}
OUT_THERE = {**PICKED_THERE, "state": "out"}
LOST_THERE = {**PICKED_THERE, "state": "missing"}
PROMISED_THERE = {
    "promised_rental_id": 20, "promised_event_id": THERE, "promised_event": "Gala",
    "promised_from": datetime(2026, 11, 26, 8, tzinfo=UTC),
}  # fmt: skip
FULL = Counts(2, picked=2)

# from what matters most to what matters least; each adds its own cause
IN_ORDER = [
    ("gone", GONE),
    ("expired", EXPIRED),
    ("quarantine", {"job": "Fan"}),
    ("missing", LOST_THERE),
    ("out", OUT_THERE),
    ("wrong_event", PICKED_THERE),
    ("promised", PROMISED_THERE),
]


def judged(facts, *, line=LINE, taken=None, step="picked", force=""):
    against = judge_unit(facts, line, taken, event_id=HERE, step=step, force=force)
    return None if against is None else against.kind


@pytest.mark.parametrize(("kind", "changes"), IN_ORDER)
def test_every_cause_has_its_verdict(kind, changes):
    against = judge_unit(replace(FREE, **changes), LINE, None, event_id=HERE, step="picked", force="")
    assert against.kind == kind
    assert against.unit_id == FREE.id
    assert against.text
    assert not against.counted


@pytest.mark.parametrize("state", ["lost", "written_off", "retired"])
def test_what_is_gone_is_gone(state):
    assert judged(replace(FREE, state=state)) == "gone"


@pytest.mark.parametrize("state", ["quarantine", "in_repair"])
def test_what_is_out_of_service_stays(state):
    assert judged(replace(FREE, state=state)) == "quarantine"


@pytest.mark.parametrize("place", range(len(IN_ORDER) - 1))
def test_what_matters_more_is_said_first(place):
    kind, first = IN_ORDER[place]
    for _, later in IN_ORDER[place + 1 :]:
        assert judged(replace(FREE, **(later | first))) == kind
    # and a line that is full comes last of all
    assert judged(replace(FREE, **first), line=replace(LINE, counts=FULL)) == kind


def test_nothing_stands_against_a_free_unit_that_is_wanted():
    assert judged(FREE) is None
    assert judged(replace(FREE, state="returned")) is None


def test_without_a_line_only_the_unit_itself_is_judged():
    assert judged(FREE, line=None) is None
    assert judged(replace(FREE, **PROMISED_THERE), line=None) is None
    assert judged(replace(FREE, **BROKEN), line=None) == "quarantine"
    assert judged(replace(FREE, **OUT_THERE), line=None) == "out"


def test_a_unit_that_is_on_the_line_goes_on_or_was_counted():
    own = replace(FREE, state="prepped", rental_id=LINE.id, with_event_id=HERE, with_event="Ours")
    full = replace(LINE, counts=FULL)
    assert judged(own, line=full, taken=Counts(1, picked=1)) == "again"
    assert judged(own, line=full, taken=Counts(1, picked=1), step="packed") is None
    out = replace(own, state="out")
    gone_out = Counts(1, picked=1, dispatched=1)
    for step in ("picked", "tested", "packed", "loaded"):
        assert judged(out, line=full, taken=gone_out, step=step) == "again"
    back = judge_unit(FREE, full, replace(gone_out, returned=1), event_id=HERE, step="packed", force="")
    assert "came back" in back.text


def test_one_more_than_wanted_is_extra_at_whatever_step():
    for step in ("picked", "packed", "loaded"):
        assert judged(FREE, line=replace(LINE, counts=FULL), step=step) == "extra"
    assert judged(FREE, line=replace(LINE, counts=replace(FULL, wanted=3)), step="packed") is None
    given = extra(replace(LINE, counts=FULL), "packed", "Lamp, LA-5", {"unit_id": "5"})
    assert (given.count, given.wanted, given.offers[0].act) == (2, 2, "add")


def test_whoever_stands_there_may_decide_against_a_promise_but_not_against_safety():
    promised, picked = replace(FREE, **PROMISED_THERE), replace(FREE, **PICKED_THERE)
    assert judged(promised, force=PROMISED) is None
    assert judged(picked, force=WRONG_EVENT) is None
    # promised to the one that has it: one decision is enough
    assert judged(replace(picked, **PROMISED_THERE), force=WRONG_EVENT) is None
    for force in FORCED:
        for changes in (GONE, EXPIRED, BROKEN, OUT_THERE, LOST_THERE):
            assert judged(replace(FREE, **changes), force=force) is not None


def test_picked_for_one_and_promised_to_another_takes_two_decisions_and_no_third():
    facts = replace(FREE, **PICKED_THERE, **{**PROMISED_THERE, "promised_event_id": 3})
    assert judged(facts) == "wrong_event"
    second = judge_unit(facts, LINE, None, event_id=HERE, step="picked", force=WRONG_EVENT)
    assert (second.kind, second.offers[0].values) == ("promised", {"force": EITHER, "code": "LA-5"})
    assert judged(facts, force=EITHER) is None


def test_every_refusal_offers_a_way_on():
    ways = {
        kind: judge_unit(replace(FREE, **changes), LINE, None, event_id=HERE, step="picked", force="").offers
        for kind, changes in IN_ORDER
    }
    assert {kind for kind, offers in ways.items() if not offers} == {"gone"}
    assert ways["expired"][0].values == {"href": "/inspections/new?unit=5"}
    assert ways["wrong_event"][0].values == {"force": WRONG_EVENT, "code": "LA-5"}
    assert ways["out"][0].values == {"href": f"/prep/{THERE}/check-in"}
    assert "code=a%26b" in unknown("a&b").offers[0].values["href"]
    assert [one.act for one in not_on_list({}, "Not here").offers] == ["add", "substitute"]


def test_what_may_be_done_instead_stands_before_taking_it():
    facts = replace(FREE, **PROMISED_THERE)
    promised = judge_unit(facts, LINE, None, event_id=HERE, step="picked", force="")
    swap = {"rental_id": "10", "with_rental_id": "20"}
    all_ways = with_ways_out(
        promised, facts, other=replace(FREE, id=6, asset_tag="LA-6"), place="B-04", swap=swap
    )
    assert [one.act for one in all_ways.offers] == ["instead", "swap", "put_back", "override"]
    assert all_ways.offers[0].label == "Take LA-6 from B-04 instead"
    assert all_ways.offers[0].values == {"code": "LA-6", "instead_of": "LA-5"}
    assert all_ways.offers[1].label == "Swap with “Gala”"
    assert all_ways.offers[1].values == {**swap, "code": "LA-5"}
    nowhere = with_ways_out(promised, facts, other=replace(FREE, asset_tag="LA-6"))
    assert nowhere.offers[0].label == "Take LA-6 instead"
    assert [one.act for one in with_ways_out(promised, facts).offers] == ["put_back", "override"]


def test_what_is_put_back_is_told_where_to():
    assert put_back(FREE, "B-04").text == "Lamp, LA-5 goes back to B-04."
    assert put_back(FREE, "").text == "Lamp, LA-5 goes back on the shelf."
    assert not put_back(FREE, "B-04").counted


def test_a_verdict_is_kept_and_comes_back_the_same():
    given = judge_unit(replace(FREE, **PROMISED_THERE), LINE, None, event_id=HERE, step="picked", force="")
    assert restored(stored(given)) == given
    assert restored(stored(verdict("right", "Lamp", counted=True, action_id=3))).counted


@given(
    kind=st.sampled_from(sorted(PAPERS)), event=st.integers(1, 10**18 - 1), revision=st.integers(0, 10**9 - 1)
)
def test_the_code_of_a_paper_is_read_as_it_was_written(kind, event, revision):
    paper = PaperCode(kind, event, revision)
    assert read_paper_code(paper.text) == paper
    assert read_paper_code(f" {paper.text.lower()} ") == paper
    assert paper.name == PAPERS[kind]


@given(st.text(max_size=40))
def test_other_text_is_no_paper(text):
    read = read_paper_code(text)
    assert (
        read is None
        or read.text.upper() == text.strip().upper()
        or int(text.strip().split("-")[2]) == read.event_id
    )


@pytest.mark.parametrize(
    "code",
    [
        "",
        "AV-PL-1",
        "AV-XX-1-2",
        "AV-PL--1-2",
        "AV-PL-1-2-3",
        "AV-PL-x-2",
        "AV-PL-1-2x",
        f"AV-PL-{'9' * 19}-1",
    ],
)
def test_what_looks_like_a_paper_and_is_none(code):
    assert read_paper_code(code) is None
