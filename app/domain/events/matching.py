"""What a pasted list means in the catalogue: by SKU, name and tags, then by the words that fit."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import ARRAY, Text, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.events.pasting import PastedLine, Reading
from app.domain.search.policy import prefix_query
from app.lib.folding import fold

MOST_CANDIDATES = 6
SKU, NAME, TAG, NAME_BEHIND_BRAND, WORDS, SOME_WORDS = range(6)
_MOST_OF_A_BRAND = 2

_WORD = re.compile(r"[^\W_]+")
_MOST_WORDS = 8
_CANDIDATES = text(
    f"""
    select asked.n, found.id, found.name, found.rank
    from unnest(:folded, :queries) with ordinality as asked(folded, query, n)
    cross join lateral (
      select e.id, e.name, e.name_order,
        case when fold(e.sku) = asked.folded then {SKU}
          when fold(e.name) = asked.folded then {NAME}
          when exists (select from unnest(e.tags) as tag where fold(tag) = asked.folded) then {TAG}
          when right(fold(e.name), length(asked.folded) + 1) = ' ' || asked.folded
            and array_length(string_to_array(left(fold(e.name), -length(asked.folded) - 1), ' '), 1)
              <= {_MOST_OF_A_BRAND} then {NAME_BEHIND_BRAND}
          else {WORDS} end as rank,
        strpos(fold(e.name), asked.folded) > 0 as named,
        ts_rank(e.search, to_tsquery('simple', asked.query)) as fit
      from equipment e
      where e.search @@ to_tsquery('simple', asked.query) and e.deleted_at is null and not e.archived
      order by rank, named desc, fit desc, e.name_order, e.id
      limit {MOST_CANDIDATES}
    ) found
    where asked.query <> ''
    order by asked.n, found.rank, found.named desc, found.fit desc, found.name_order, found.id
    """  # noqa: S608 - numbers of ours
).bindparams(bindparam("folded", type_=ARRAY(Text)), bindparam("queries", type_=ARRAY(Text)))


@dataclass(frozen=True, slots=True)
class Candidate:
    """Equipment that a line may mean; a smaller rank is a better reason."""

    id: int
    name: str
    rank: int


@dataclass(frozen=True, slots=True)
class Match:
    """A line of a list with what it most likely asks for. Unsure ones are for a person to decide.

    A `guess` shares only some words with what it offers: nothing is taken unless somebody chooses it.
    """

    line: PastedLine
    reading: Reading
    candidates: tuple[Candidate, ...]
    sure: bool
    guess: bool = False


async def match_lines(reading: AsyncConnection, lines: Sequence[PastedLine]) -> list[Match]:
    """What each line means: two statements, however many there are."""
    asked = [one for line in lines for one in line.readings]
    strict = iter(await _candidates(reading, asked, [prefix_query(one.words) for one in asked]))
    matches = [_best(line, [(one, next(strict)) for one in line.readings]) for line in lines]
    open_ends = [match.reading for match in matches if not match.candidates]
    loose = iter(await _candidates(reading, open_ends, [_any_word(one.words) for one in open_ends]))
    return [match if match.candidates else _guess(match, next(loose)) for match in matches]


async def _candidates(
    reading: AsyncConnection, asked: Sequence[Reading], queries: Sequence[str]
) -> list[list[Candidate]]:
    found: list[list[Candidate]] = [[] for _ in asked]
    given = {"folded": [fold(one.words) for one in asked], "queries": list(queries)}
    for row in await reading.execute(_CANDIDATES, given):
        found[row.n - 1].append(Candidate(row.id, row.name, row.rank))
    return found


def _best(line: PastedLine, found: Sequence[tuple[Reading, list[Candidate]]]) -> Match:
    """The reading that the catalogue has the best reason for; of equals the likeliest."""
    reading, candidates = min(found, key=lambda one: one[1][0].rank if one[1] else SOME_WORDS)
    best = [one for one in candidates if one.rank == candidates[0].rank]
    sure = len(best) == 1 and (best[0].rank < WORDS or len(candidates) == 1)
    return Match(line, reading, tuple(candidates), sure)


def _guess(match: Match, found: Sequence[Candidate]) -> Match:
    return Match(match.line, match.reading, tuple(found), sure=False, guess=True)


def _any_word(words: str) -> str:
    """Any of the words, also two of them written as one: "SM 58" finds SM58."""
    found = _WORD.findall(fold(words))[:_MOST_WORDS]
    joined = ["".join(pair) for pair in pairwise(found)]
    return " | ".join(f"{word}:*" for word in [*found, *joined] if len(word) > 1)
