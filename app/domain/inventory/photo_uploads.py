"""Taking in a photo: counted against the limit, judged, made anew and kept under its hash."""

from typing import Any

from litestar.datastructures import UploadFile

from app.lib.errors import InvalidInput
from app.lib.photos import PhotoError, process_photo_async
from app.web.forms import count_upload
from app.web.state import runtime


async def keep_photo(request: Any, upload: UploadFile, field: str = "photo_file") -> str:
    """Keep an uploaded picture in all its sizes and return its name.

    Raises TooManyRequests, and InvalidInput with a sentence at `field` for a file that is no usable picture.
    """
    await count_upload(request)
    try:
        photo = await process_photo_async(await upload.read())
    except PhotoError as error:
        raise InvalidInput({field: f"{upload.filename[:60]}: {error.message}"}) from error
    return await runtime(request).files.put_async(photo.full, ".webp", photo.variants)
