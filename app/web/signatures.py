"""Signatures that were drawn on a page: kept as pictures made anew from their pixels."""

import base64
import binascii
from typing import Any, Final

from litestar import Request

from app.lib.errors import InvalidInput
from app.lib.photos import PhotoError, process_photo_async
from app.web.forms import count_upload
from app.web.state import runtime

_DRAWN: Final = "data:image/png;base64,"
_MOST_DRAWN: Final = 1_000_000


async def keep_signature(request: Request[Any, Any, Any], drawn: str) -> str | None:
    """Keep a signature that was drawn; None for none. Raises InvalidInput, TooManyRequests."""
    if not drawn:
        return None
    refused = InvalidInput({"signature": "The signature could not be read. Draw it again."})
    if not drawn.startswith(_DRAWN) or len(drawn) > _MOST_DRAWN:
        raise refused
    await count_upload(request)
    try:
        photo = await process_photo_async(base64.b64decode(drawn.removeprefix(_DRAWN), validate=True))
    except (PhotoError, binascii.Error) as error:
        raise refused from error
    return await runtime(request).files.put_async(photo.full, ".webp")
