"""Taking in a photo: counted against the limit, judged, made anew and kept under its hash."""

from typing import Any

from litestar.datastructures import UploadFile

from app.lib.errors import InvalidInput, TooManyRequests
from app.lib.photos import PhotoError, process_photo_async
from app.web.state import runtime, viewer_of


async def keep_photo(request: Any, upload: UploadFile, field: str = "photo_file") -> str:
    """Keep an uploaded picture in all its sizes and return its name.

    Raises TooManyRequests, and InvalidInput with a sentence at `field` for a file that is no usable picture.
    """
    here = runtime(request)
    key = f"upload:{viewer_of(request).id}"
    _ticket, wait = await here.rate_limits.attempt(key, here.settings.upload_rate_limit)
    if wait:
        raise TooManyRequests(f"Too many uploads. Try again in {wait} seconds.", retry_after=wait)
    try:
        photo = await process_photo_async(await upload.read())
    except PhotoError as error:
        raise InvalidInput({field: f"{upload.filename[:60]}: {error.message}"}) from error
    return await here.files.put_async(photo.full, ".webp", photo.variants)
