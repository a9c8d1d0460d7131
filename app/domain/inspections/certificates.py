"""Certificates of tests: a PDF is kept as it came, a picture is made anew."""

from dataclasses import dataclass

from app.lib.errors import InvalidInput
from app.lib.fields import clean
from app.lib.file_store import FileStore
from app.lib.photos import PhotoError, process_photo_async

MOST_BYTES = 20 * 2**20
LONGEST_NAME = 200
ACCEPTED = ".pdf,image/png,image/jpeg,image/webp"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A file that is kept, and what it is called."""

    file: str
    name: str


async def keep_certificate(files: FileStore, name: str, data: bytes) -> Certificate:
    """Keep an uploaded certificate. Raises InvalidInput with a sentence at `certificate`."""
    if not data:
        raise InvalidInput({"certificate": "This file is empty."})
    if len(data) > MOST_BYTES:
        raise InvalidInput({"certificate": f"This file is too large: at most {MOST_BYTES // 2**20} MB fit."})
    stem = _stem(name)
    if data.startswith(b"%PDF-"):
        return Certificate(await files.put_async(data, ".bin"), f"{stem}.pdf")
    try:
        picture = await process_photo_async(data)
    except PhotoError as error:
        raise InvalidInput({"certificate": f"Choose a PDF or a picture. {error.message}"}) from error
    return Certificate(await files.put_async(picture.full, ".webp", picture.variants), f"{stem}.webp")


def _stem(given: str) -> str:
    """The name of a file without its folders and its ending."""
    name = clean(given.replace("\\", "/").rsplit("/", 1)[-1])
    return (name.rpartition(".")[0] or name)[: LONGEST_NAME - 5] or "Certificate"
