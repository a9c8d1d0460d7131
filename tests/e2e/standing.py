"""An event on its way through the shop, and everything that is derived from what the bench records of it."""

import csv
import html
import io
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
from playwright.sync_api import Page

_STEPS = ("picked", "packed", "dispatched", "returned", "checked", "missing", "settled")


@dataclass(frozen=True)
class Outing:
    """A confirmed event that leaves in a moment, with 6 of 6 stands and 2 of 3 lamps, and the ids of its lines."""

    event_id: int
    tag: str
    stand: int
    lamp: int
    equipment: tuple[int, int]
    start: datetime

    @property
    def lamps(self) -> list[str]:
        """The tags of the lamps."""
        return [f"{self.tag}-{number}" for number in (1, 2, 3)]


@dataclass(frozen=True)
class Standing:
    """What the shop says about an outing, wherever it says it.

    `stands` and `lamps` are the counters of the lines that are not zero; `free` are stands and lamps in the
    middle of the event, `units` the states of the three lamps, `desk` what is undecided in quarantine, `missing`
    the pieces that are owed, `board` the sections it is in, `today` whether Today counts it among what is to
    be prepped.
    """

    fulfilment: str
    stands: dict[str, int]
    lamps: dict[str, int]
    free: tuple[int, int]
    units: tuple[str, str, str]
    desk: frozenset[str] = frozenset()
    missing: int = 0
    board: frozenset[str] = frozenset()
    today: bool = True


def an_outing(api: httpx.Client) -> Outing:
    """Make the event and its gear."""
    tag = f"STORY-{uuid4().hex[:6].upper()}"
    category_id = api.get("/categories").json()["data"][0]["id"]
    made: list[int] = []
    for name, more in (("Stand", {"tracking": "bulk", "quantity": 6}), ("Lamp", {"tracking": "serialized"})):
        thing = {"name": f"{name} {tag}", "sku": f"{name.upper()}-{tag}", "category_id": category_id}
        made.append(api.post("/equipment", json=thing | more).json()["data"]["id"])
    tags = [f"{tag}-{number}" for number in (1, 2, 3)]
    assert api.post(f"/equipment/{made[1]}/units", json={"asset_tags": tags}).is_success
    start = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=5)
    dates = {"out_start": start.isoformat(), "out_end": (start + timedelta(hours=2)).isoformat()}
    event_id = api.post("/events", json={"name": f"Event {tag}"} | dates).json()["data"]["id"]
    lines = [
        api.post("/rentals", json={"event_id": event_id, "equipment_id": one, "quantity": wanted}).json()[
            "data"
        ]["id"]
        for one, wanted in zip(made, (6, 2), strict=True)
    ]
    assert api.post(f"/events/{event_id}/confirmation", json={}).is_success
    return Outing(event_id, tag, lines[0], lines[1], (made[0], made[1]), start)


def standing(api: httpx.Client, office: Page, outing: Outing, to_prep: int) -> Standing:
    """How an outing stands now; `to_prep` other events are on Today to be prepped."""
    prep = api.get(f"/prep/{outing.event_id}").json()["data"]
    counts = {line["rental_id"]: line["counts"] for line in prep["lines"]}
    during = [(outing.start + timedelta(minutes=part)).isoformat() for part in (30, 90)]
    asked = {"equipment_ids": ",".join(map(str, outing.equipment)), "start": during[0], "end": during[1]}
    free = [one["free"] for one in api.get("/availability", params=asked).json()["data"]]
    units = api.get("/units", params={"equipment_id": outing.equipment[1]}).json()["data"]
    states = {unit["asset_tag"]: unit["state"] for unit in units}
    owed = csv.DictReader(io.StringIO(_page(office, f"/missing/export?event={outing.event_id}")))
    boards = "".join(_page(office, f"/prep{days}") for days in ("", "?when=tomorrow"))
    return Standing(
        fulfilment=prep["fulfilment"],
        stands=_counted(counts[outing.stand]),
        lamps=_counted(counts[outing.lamp]),
        free=(free[0], free[1]),
        units=(states[outing.lamps[0]], states[outing.lamps[1]], states[outing.lamps[2]]),
        desk=frozenset(on_desk(office, outing.tag)),
        missing=sum(int(row["pieces"]) for row in owed),
        board=frozenset(re.findall(rf'<li id="(\w+)-{outing.event_id}"', boards)),
        today=figure(office, "to prep") > to_prep,
    )


def on_desk(office: Page, q: str = "") -> list[str]:
    """What the quarantine desk has, in its words."""
    found = re.findall(r'aria-label="Back to stock: ([^"]*)"', _page(office, f"/quarantine?q={q}"))
    return [html.unescape(one) for one in found]


def figure(office: Page, name: str) -> int:
    """A figure of Today."""
    found = re.search(rf"<b[^>]*>(\d+)</b><span>{name}</span>", _page(office, "/"))
    assert found, name
    return int(found[1])


def _counted(counts: dict[str, int]) -> dict[str, int]:
    return {step: counts[step] for step in _STEPS if counts[step]}


def _page(office: Page, path: str) -> str:
    answer = office.request.get(path)
    assert answer.ok, path
    return answer.text()
