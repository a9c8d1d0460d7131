"""What a pasted list means in the catalogue: by SKU, name and tags, then by the words that fit."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from sqlalchemy import ARRAY, Text, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.events.pasting import PastedLine, Reading, is_only_a_number
from app.domain.search.policy import prefix_query
from app.lib.folding import fold

MOST_CANDIDATES = 6
SKU, NAME, TAG, NAME_BEHIND_BRAND, WORDS, SOME_WORDS = range(6)

_WORD = re.compile(r"[^\W_]+")
_MOST_WORDS = 8
_CANDIDATES = text(
    f"""
    select asked.n, found.id, found.name, found.rank
    from unnest(:folded, :joined, :queries) with ordinality as asked(folded, joined, query, n)
    cross join lateral (
      select e.id, e.name, e.name_order,
        case when fold(e.sku) = asked.folded then {SKU}
          when fold(e.name) = asked.folded then {NAME}
          when exists (select from unnest(e.tags) as tag where fold(tag) = asked.folded) then {TAG}
          when asked.joined <> '' and asked.joined in (
            regexp_replace(fold(e.name), '[^[:alnum:]]', '', 'g'),
            regexp_replace(fold(e.name), '^\\S+\\s|[^[:alnum:]]', '', 'g'),
            regexp_replace(fold(e.name), '^\\S+\\s+\\S+\\s|[^[:alnum:]]', '', 'g')
          ) then {NAME_BEHIND_BRAND}
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
).bindparams(
    *(bindparam(name, type_=ARRAY(Text)) for name in ("folded", "joined", "queries")),
)
_ONLY_A_NUMBER = "A number only: write of what."


@dataclass(frozen=True, slots=True)
class Candidate:
    """Equipment that a line may mean; a smaller rank is a better reason."""

    id: int
    name: str
    rank: int


@dataclass(frozen=True, slots=True)
class Match:
    """A line of a list with what it most likely asks for. Unsure ones are for a person to decide.

    A `guess` shares too few words with what it offers: nothing is taken unless somebody chooses it.
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
    given = {
        "folded": [fold(one.words) for one in asked],
        "joined": [_joined(one.words) for one in asked],
        "queries": list(queries),
    }
    for row in await reading.execute(_CANDIDATES, given):
        found[row.n - 1].append(Candidate(row.id, row.name, row.rank))
    return found


def _joined(words: str) -> str:
    """The words as one, where they name something by themselves, behind its maker or not: "SM 58", "DI box".

    One word without a number ("par", "spot") is a kind of thing, whatever is called so.
    """
    found = _WORD.findall(fold(words))
    joined = "".join(found)
    return joined if len(found) > 1 or any(letter.isdigit() for letter in joined) else ""


def _best(line: PastedLine, found: Sequence[tuple[Reading, list[Candidate]]]) -> Match:
    """The reading there is the best reason for; of equals the likeliest. By words alone none is sure."""
    reading, candidates = min(found, key=lambda one: _reason(*one))
    best = [one for one in candidates if one.rank == candidates[0].rank]
    if is_only_a_number(line.text) and not (best and best[0].rank == SKU):
        return Match(line, replace(found[0][0], doubt=_ONLY_A_NUMBER), (), sure=False)
    sure = len(best) == 1 and best[0].rank < WORDS and not reading.doubt
    return Match(line, reading, tuple(candidates), sure)


def _reason(reading: Reading, candidates: Sequence[Candidate]) -> tuple[int, int]:
    """How good a reason there is, less is better; by words alone also how many of them are in the name."""
    if not candidates:
        return SOME_WORDS, 0
    best = candidates[0]
    if best.rank != WORDS:
        return best.rank, 0
    words = set(_WORD.findall(fold(reading.words)))
    # the 2 of "2 K12" is how many, though there is a K12.2
    starts = fold(best.name).split()
    inside = {word for word in words if word.isdigit() and not any(one.startswith(word) for one in starts)}
    return best.rank, -_shared(words - inside, best.name)


def _guess(match: Match, found: Sequence[Candidate]) -> Match:
    """What shares words with the line, the most first; it is taken where nothing else shares as many."""
    if is_only_a_number(match.line.text):
        return match
    words = _WORD.findall(fold(match.reading.words))
    shared = {one.id: _shared(words, one.name) for one in found}
    ordered = sorted(found, key=lambda one: -shared[one.id])
    counts = [shared[one.id] for one in ordered]
    clear = len(counts) > 0 and counts[0] * 2 > len(words) and counts[0] > max(counts[1:], default=0)
    return Match(match.line, match.reading, tuple(ordered), sure=False, guess=not clear)


def _shared(words: Iterable[str], name: str) -> int:
    named = _WORD.findall(fold(name))
    return sum(any(one.startswith(word) for one in named) for word in words)


def _any_word(words: str) -> str:
    """Any of the words, also two of them written as one: "SM 58" finds SM58."""
    found = _WORD.findall(fold(words))[:_MOST_WORDS]
    joined = ["".join(pair) for pair in pairwise(found)]
    return " | ".join(f"{word}:*" for word in [*found, *joined] if len(word) > 1)
