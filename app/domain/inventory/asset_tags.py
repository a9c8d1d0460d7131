"""Asset tags typed as a list or as ranges: `SM58-001…040` are forty of them."""

import re

from app.lib.fields import clean
from app.lib.folding import fold
from app.lib.tabular import counted

MOST_TAGS = 1000
LONGEST_TAG = 64

_LONGEST_ENTRY = 2 * LONGEST_TAG + 8
_SEPARATORS = re.compile(r"[;,\n\r|]+")
_ENDS_IN_DIGITS = re.compile(r"(.*?)([0-9]+)", re.DOTALL)
# An ellipsis, two or more points, or a long dash always make a range; a hyphen or a word only between
# spaces and where there is none of the others, because tags hold them too.
_RANGE = re.compile(r"(.+?)\s*(?:…|\.{2,}|–|—)\s*(.+)", re.DOTALL)  # noqa: RUF001
_WORDED_RANGE = re.compile(r"(.+?)\s+(?:-|to|bis)\s+(.+)", re.IGNORECASE | re.DOTALL)
# SM58-001-040 is a range as well: both numbers equally long and long enough not to be a shelf or a rack.
_HYPHEN_RANGE = re.compile(r"(.*?)([0-9]{3,})-([0-9]{3,})", re.DOTALL)

# So is A1-A5, where what comes before the number is there again.
_REPEATED_RANGE = re.compile(r"(.*?[^0-9])([0-9]+)-\1([0-9]+)", re.IGNORECASE | re.DOTALL)


class AssetTagError(ValueError):
    """A list of asset tags that cannot be used. `message` says which part and why."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def expand_asset_tags(text: str, limit: int = MOST_TAGS) -> list[str]:
    """Turn a list of tags and ranges into single tags, in the order they are written.

    Tags stand on lines of their own or between `;`, `,` and `|`. A range is written with `…`, `..`, a
    dash or "to" between spaces, as `SM58-001-040` or as `A1-A5`; its end may repeat what comes before the
    number. Zeros at the front are kept. Raises AssetTagError for a range that is none, a tag that is too
    long or there twice, and more than `limit` tags.
    """
    tags: list[str] = []
    for part in _SEPARATORS.split(text):
        entry = " ".join(clean(part).split())
        if not entry:
            continue
        if len(entry) > _LONGEST_ENTRY:
            raise AssetTagError(f"“{entry[:20]}…” is longer than {LONGEST_TAG} characters.")
        tags.extend(_expand(entry, limit))
        if len(tags) > limit:
            raise AssetTagError(f"More than {counted(limit)} asset tags at once.")
    seen: set[str] = set()
    for tag in tags:
        if len(tag) > LONGEST_TAG:
            raise AssetTagError(f"“{tag[:20]}…” is longer than {LONGEST_TAG} characters.")
        if fold(tag) in seen:
            raise AssetTagError(f"“{tag}” is there twice.")
        seen.add(fold(tag))
    return tags


def _expand(entry: str, limit: int) -> list[str]:
    match = _HYPHEN_RANGE.fullmatch(entry)
    if match and len(match.group(2)) == len(match.group(3)) and match.group(2) < match.group(3):
        return _count(entry, match.group(1), match.group(2), match.group(3), limit)
    match = _REPEATED_RANGE.fullmatch(entry)
    if match:
        return _count(entry, match.group(1), match.group(2), match.group(3), limit)
    match = _RANGE.fullmatch(entry) or _WORDED_RANGE.fullmatch(entry)
    if match is None:
        return [entry]
    first, last = match.groups()
    start = _ENDS_IN_DIGITS.fullmatch(first)
    if start is None:
        raise AssetTagError(f"“{entry[:80]}” is no range: “{first[:40]}” does not end in a number.")
    prefix, digits = start.groups()
    end = last[len(prefix) :] if fold(last).startswith(fold(prefix)) else last
    if not re.fullmatch(r"[0-9]+", end):
        raise AssetTagError(f"“{entry[:80]}” is no range: “{last[:40]}” does not go with “{first[:40]}”.")
    return _count(entry, prefix, digits, end, limit)


def _count(entry: str, prefix: str, first: str, last: str, limit: int) -> list[str]:
    if len(prefix) + max(len(first), len(last)) > LONGEST_TAG:
        raise AssetTagError(f"“{entry[:20]}…” is longer than {LONGEST_TAG} characters.")
    start, end = int(first), int(last)
    if end < start:
        raise AssetTagError(f"“{entry[:80]}” counts down.")
    if end - start >= limit:
        raise AssetTagError(
            f"“{entry[:80]}” is {counted(end - start + 1)} asset tags; at most {counted(limit)} fit at once."
        )
    return [f"{prefix}{str(number).zfill(len(first))}" for number in range(start, end + 1)]
