"""Pictures people upload: judged before they are decoded, then made anew.

Nothing of the uploaded file survives but its pixels. What is kept is upright, in sRGB, small enough
for a page, and free of the place and the time where it was taken.
"""

import hashlib
import io
import math
import struct
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from anyio import CapacityLimiter, to_thread
from PIL import Image, ImageCms, ImageFile, ImageOps
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_PIXELS: Final = 40_000_000
# One very long side makes resampling expensive although there are few pixels.
MAX_SIDE: Final = 20_000

FULL_SIDE: Final = 1600
CARD_SIDE: Final = 640
THUMBNAIL_SIDE: Final = 128
QUALITY: Final = 82

_ORIENTATION_TAG: Final = 0x0112
_UPRIGHT: Final[Mapping[int, Image.Transpose]] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# The colour space a profile names in its header, by the mode of the pictures it is meant for.
_PROFILE_SPACES: Final[Mapping[str, bytes]] = {"RGB": b"RGB ", "CMYK": b"CMYK", "L": b"GRAY"}

# What decoders are known to raise for files made to break them.
_DECODER_ERRORS: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)

# One at a time: the largest picture that is accepted takes up to 700 MB and 2 s while it is decoded,
# a phone's photo 40 MB and 0.4 s.
_decoding = CapacityLimiter(1)


class PhotoError(Exception):
    """The file cannot be used as a picture; `message` says why, for the field it was chosen in."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture as it is kept, in WebP.

    `full` measures `width` by `height` pixels and `sha256` is its hash in hex. `variants` are smaller ones,
    named after the CSS pixels they are shown at and twice as large in pixels: `64` is cropped to a
    square, `320` keeps its proportions.
    """

    sha256: str
    width: int
    height: int
    full: bytes
    variants: Mapping[str, bytes]


def process_photo(data: bytes) -> Photo:
    """Turn an uploaded JPEG, PNG or WebP into the sizes the pages show.

    CPU bound: up to a few seconds for the largest picture that is accepted. Raises PhotoError.
    """
    picture = _read(data, FULL_SIDE)
    variants = {
        "64": _encode(_square(picture, THUMBNAIL_SIDE)),
        "320": _encode(_within(picture, CARD_SIDE)),
    }
    return _photo(picture, variants)


def process_avatar(data: bytes) -> Photo:
    """Turn an uploaded JPEG, PNG or WebP into a square of at most 128 pixels. Raises PhotoError."""
    return _photo(_square(_read(data, FULL_SIDE), THUMBNAIL_SIDE), {})


async def process_photo_async(data: bytes) -> Photo:
    """`process_photo` in a worker thread, one at a time in this process."""
    return await to_thread.run_sync(process_photo, data, limiter=_decoding)


async def process_avatar_async(data: bytes) -> Photo:
    """`process_avatar` in a worker thread, one at a time in this process."""
    return await to_thread.run_sync(process_avatar, data, limiter=_decoding)


def _photo(picture: Image.Image, variants: Mapping[str, bytes]) -> Photo:
    full = _encode(picture)
    return Photo(hashlib.sha256(full).hexdigest(), picture.width, picture.height, full, variants)


def _read(data: bytes, side: int) -> Image.Image:
    """The picture upright, in sRGB, with an alpha channel only if something shows through, in `side`²."""
    if not data:
        raise PhotoError("The file is empty.")
    if len(data) > MAX_BYTES:
        raise PhotoError(f"The photo is {_megabytes(len(data))} MB; at most {MAX_BYTES // 2**20} MB fit.")
    opener = _opener(data)
    try:
        return _decode(opener(data), side)
    except _DECODER_ERRORS as error:
        raise PhotoError("The picture is damaged or incomplete; it cannot be read.") from error


def _megabytes(size: int) -> str:
    """Rounded up, so that a file over the limit never reads as if it were at the limit."""
    return f"{math.ceil(size / 2**20 * 10) / 10:.1f}"


def _opener(data: bytes) -> Callable[[bytes], ImageFile.ImageFile]:
    if data.startswith(b"\xff\xd8\xff"):
        return _open_jpeg
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _open_png
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return _open_webp
    raise PhotoError("This is not a JPEG, PNG or WebP picture.")


# The formats are opened by their own readers: the general one would try others, warn about large
# pictures process-wide, and take a phone's depth photo (a JPEG with a second picture) for an album.


def _open_jpeg(data: bytes) -> ImageFile.ImageFile:
    image = JpegImageFile(io.BytesIO(data))
    _check_size(*image.size)
    return image


def _open_png(data: bytes) -> ImageFile.ImageFile:
    image = PngImageFile(io.BytesIO(data))
    _check_size(*image.size)
    _check_still(image)
    return image


def _open_webp(data: bytes) -> ImageFile.ImageFile:
    # Its reader allocates the canvas on opening, so the size is read from the header first.
    _check_size(*_webp_size(data))
    image = WebPImageFile(io.BytesIO(data))
    _check_size(*image.size)
    _check_still(image)
    return image


def _webp_size(data: bytes) -> tuple[int, int]:
    match data[12:16]:
        case b"VP8 ":
            width, height = struct.unpack_from("<HH", data, 26)
            return width & 0x3FFF, height & 0x3FFF
        case b"VP8L":
            (packed,) = struct.unpack_from("<I", data, 21)
            return (packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1
        case b"VP8X":
            width, height = data[24:27], data[27:30]
            return int.from_bytes(width, "little") + 1, int.from_bytes(height, "little") + 1
        case _:
            raise SyntaxError("unknown kind of WebP")


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise PhotoError(
            f"The picture is {_grouped(width)} by {_grouped(height)} pixels; at most "
            f"{MAX_PIXELS // 10**6} megapixels and {_grouped(MAX_SIDE)} pixels a side fit."
        )


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", " ")


def _check_still(image: ImageFile.ImageFile) -> None:
    if getattr(image, "is_animated", False):
        raise PhotoError("The picture is animated; choose one that does not move.")


def _decode(image: ImageFile.ImageFile, side: int) -> Image.Image:
    # A JPEG decodes at a half, a quarter or an eighth of its size at a fraction of the cost.
    longest = max(image.size)
    width, height = (max(1, length * side // longest) for length in image.size)
    image.draft(None, (width, height))
    image.load()
    orientation, profile = _orientation(image), image.info.get("icc_profile")
    picture = _within(_plain(image), side)
    if orientation in _UPRIGHT:
        picture = picture.transpose(_UPRIGHT[orientation])
    return _standard_colours(picture, profile)


def _orientation(image: ImageFile.ImageFile) -> int:
    """The EXIF orientation, 1 (upright) when there is none that makes sense."""
    with suppress(*_DECODER_ERRORS):
        return int(image.getexif().get(_ORIENTATION_TAG, 1))
    return 1


def _plain(image: Image.Image) -> Image.Image:
    """The picture in a mode that can be resampled: RGB, RGBA, CMYK or L."""
    if image.mode == "I;16":
        # A plain conversion would clip; the high byte of each pixel is its brightness in 8 bits.
        return Image.frombytes("L", image.size, image.tobytes()[1::2])
    if image.has_transparency_data:
        return image if image.mode == "RGBA" else image.convert("RGBA")
    return image if image.mode in _PROFILE_SPACES else image.convert("RGB")


def _standard_colours(picture: Image.Image, profile: bytes | None) -> Image.Image:
    alpha = picture.getchannel("A") if picture.mode == "RGBA" else None
    colours = _to_srgb(picture.convert("RGB") if alpha is not None else picture, profile)
    if alpha is not None and alpha.getextrema() != (255, 255):
        colours.putalpha(alpha)
    return colours


def _to_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """RGB in sRGB; a profile that is broken or meant for other colours is ignored."""
    if profile and profile[16:20] == _PROFILE_SPACES[picture.mode]:
        with suppress(ImageCms.PyCMSError, *_DECODER_ERRORS):
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
            converted = ImageCms.profileToProfile(picture, source, target, outputMode="RGB")
            if converted is not None:
                return converted
    return picture.convert("RGB")


def _within(picture: Image.Image, side: int) -> Image.Image:
    if max(picture.size) <= side:
        return picture
    scale = side / max(picture.size)
    width, height = (max(1, round(length * scale)) for length in picture.size)
    return picture.resize(  # pyright: ignore[reportUnknownMemberType]
        (width, height), Image.Resampling.LANCZOS, reducing_gap=3.0
    )


def _square(picture: Image.Image, side: int) -> Image.Image:
    side = min(side, *picture.size)
    return ImageOps.fit(picture, (side, side), Image.Resampling.LANCZOS)


def _encode(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", quality=QUALITY, method=4, exif=b"", xmp=b"", icc_profile=b"")
    return buffer.getvalue()
