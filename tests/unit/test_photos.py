"""Pictures people upload: what is refused and in which words, and what is left of what is accepted."""

import asyncio
import hashlib
import io
import struct
import zlib
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from app.lib import photos
from app.lib.photos import MAX_BYTES, PhotoError, process_avatar, process_photo, process_photo_async

RED, GREEN, BLUE, WHITE = (220, 30, 30), (30, 200, 60), (40, 60, 220), (255, 255, 255)
DAMAGED = "The picture is damaged or incomplete; it cannot be read."
UNKNOWN = "This is not a JPEG, PNG or WebP picture."


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def quarters(width: int = 400, height: int = 200) -> Image.Image:
    """Red and green above, blue and white below."""
    picture = Image.new("RGB", (width, height), WHITE)
    picture.paste(RED, (0, 0, width // 2, height // 2))
    picture.paste(GREEN, (width // 2, 0, width, height // 2))
    picture.paste(BLUE, (0, height // 2, width // 2, height))
    return picture


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def corners(picture: Image.Image) -> list[tuple[int, int, int]]:
    """The colours in the middle of the four quarters, row by row."""
    rgb = picture.convert("RGB")
    wide, high = rgb.width // 4, rgb.height // 4
    places = [(wide, high), (3 * wide, high), (wide, 3 * high), (3 * wide, 3 * high)]
    return [rgb.getpixel(place) for place in places]


def near(left: tuple[int, ...], right: tuple[int, ...], by: int = 12) -> bool:
    return all(abs(one - other) <= by for one, other in zip(left, right, strict=True))


def png_header(width: int, height: int) -> bytes:
    """The start of a PNG that claims a size and has next to no pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(64))) + chunk(b"IEND", b"")


def webp_header(width: int, height: int) -> bytes:
    """The start of an extended WebP that claims a size."""
    body = b"\0\0\0\0" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    chunk = b"VP8X" + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", len(chunk) + 4) + b"WEBP" + chunk


def refusal(data: bytes) -> str:
    with pytest.raises(PhotoError) as caught:
        process_photo(data)
    return caught.value.message


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_each_kind_becomes_webp_in_three_sizes(kind):
    photo = process_photo(encoded(quarters(2400, 1200), kind))

    assert (photo.width, photo.height) == (1600, 800)
    assert photo.sha256 == hashlib.sha256(photo.full).hexdigest()
    pictures = {name: opened(data) for name, data in {"full": photo.full, **photo.variants}.items()}
    assert {name: picture.size for name, picture in pictures.items()} == {
        "full": (1600, 800),
        "64": (128, 128),
        "320": (640, 320),
    }
    for picture in pictures.values():
        assert picture.format == "WEBP"
        assert picture.mode == "RGB"
    for expected, seen in zip([RED, GREEN, BLUE, WHITE], corners(pictures["full"]), strict=True):
        assert near(expected, seen)


def test_the_same_file_gives_the_same_photo():
    data = encoded(quarters(), "JPEG")
    assert process_photo(data) == process_photo(data)


def test_small_pictures_are_not_blown_up():
    photo = process_photo(encoded(quarters(40, 30), "PNG"))
    assert (photo.width, photo.height) == (40, 30)
    assert opened(photo.variants["320"]).size == (40, 30)
    assert opened(photo.variants["64"]).size == (30, 30)


def test_one_pixel_is_a_picture():
    assert process_photo(encoded(Image.new("RGB", (1, 1), RED), "PNG")).width == 1


def test_the_thinnest_picture_keeps_a_pixel():
    photo = process_photo(encoded(Image.new("RGB", (20_000, 2), RED), "JPEG"))
    assert (photo.width, photo.height) == (1600, 1)


def test_an_avatar_is_a_square_cut_from_the_middle():
    avatar = process_avatar(encoded(quarters(900, 300), "JPEG"))
    assert (avatar.width, avatar.height) == (128, 128)
    assert avatar.variants == {}
    assert near(corners(opened(avatar.full))[0], RED)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_orientation_of_the_camera_is_applied(orientation):
    turns = {
        1: [],
        2: [Image.Transpose.FLIP_LEFT_RIGHT],
        3: [Image.Transpose.ROTATE_180],
        4: [Image.Transpose.FLIP_TOP_BOTTOM],
        5: [Image.Transpose.ROTATE_90, Image.Transpose.FLIP_TOP_BOTTOM],
        6: [Image.Transpose.ROTATE_90],
        7: [Image.Transpose.ROTATE_270, Image.Transpose.FLIP_TOP_BOTTOM],
        8: [Image.Transpose.ROTATE_270],
    }
    stored = quarters()
    for turn in turns[orientation]:
        stored = stored.transpose(turn)
    exif = Image.Exif()
    exif[0x0112] = orientation

    photo = process_photo(encoded(stored, "JPEG", exif=exif, quality=95))

    assert (photo.width, photo.height) == (400, 200)
    for expected, seen in zip([RED, GREEN, BLUE, WHITE], corners(opened(photo.full)), strict=True):
        assert near(expected, seen)


def test_place_time_and_camera_are_gone():
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (53.0, 33.0, 4.0)
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = encoded(quarters(), "JPEG", exif=exif, icc_profile=srgb, comment=b"SecretComment")
    assert b"SecretCamera" in data
    assert b"SecretComment" in data
    assert opened(data).getexif().get_ifd(0x8825)

    photo = process_photo(data)

    for kept in (photo.full, *photo.variants.values()):
        assert not {"exif", "xmp", "icc_profile", "comment"} & opened(kept).info.keys()
        assert b"Secret" not in kept
        assert b"EXIF" not in kept
        assert b"ICCP" not in kept


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_senseless_exif_does_not_matter():
    good = encoded(quarters(), "JPEG")
    segment = b"Exif\0\0II*\0\xff\xff\xff\x7f" + bytes(range(64))
    broken = good[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + good[2:]
    assert process_photo(broken) == process_photo(good)


def test_other_colour_spaces_become_srgb():
    # A profile whose green channel stands for red: the picture must come out red.
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red_at, green_at = profile.index(b"rXYZ"), profile.index(b"gXYZ")
    profile[red_at : red_at + 4], profile[green_at : green_at + 4] = b"gXYZ", b"rXYZ"
    data = encoded(Image.new("RGB", (64, 64), (0, 220, 0)), "PNG", icc_profile=bytes(profile))

    red, green, _ = opened(process_photo(data).full).getpixel((30, 30))

    assert red > 200
    assert green < 40


def test_a_broken_or_foreign_profile_is_ignored():
    plain = process_photo(encoded(quarters(), "PNG"))
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for profile in (srgb[:200], b"no profile at all", srgb[:16] + b"CMYK" + srgb[20:]):
        assert process_photo(encoded(quarters(), "PNG", icc_profile=profile)) == plain


def test_print_colours_become_screen_colours():
    photo = process_photo(encoded(Image.new("CMYK", (80, 80), (0, 255, 255, 0)), "JPEG"))
    picture = opened(photo.full)
    assert picture.mode == "RGB"
    assert near(picture.getpixel((40, 40)), (255, 0, 0), by=20)


def test_sixteen_bits_of_grey_are_scaled_not_clipped():
    grey = Image.new("I;16", (80, 80), 0x8000)
    picture = opened(process_photo(encoded(grey, "PNG")).full)
    assert near(picture.getpixel((40, 40)), (128, 128, 128), by=3)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_every_png_mode_is_read(mode):
    assert process_photo(encoded(quarters().convert(mode), "PNG")).width == 400


def test_grey_with_its_own_profile_is_read():
    grey = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = encoded(Image.new("L", (40, 40), 90), "PNG", icc_profile=grey[:16] + b"GRAY" + grey[20:])
    assert near(opened(process_photo(data).full).getpixel((20, 20)), (90, 90, 90))


def test_transparency_is_kept_where_something_shows_through():
    see_through = quarters().convert("RGBA")
    see_through.paste((0, 0, 0, 0), (0, 0, 200, 100))
    picture = opened(process_photo(encoded(see_through, "PNG")).full)
    assert picture.mode == "RGBA"
    assert picture.getpixel((50, 50))[3] == 0
    assert picture.getpixel((350, 150))[3] == 255


def test_transparency_that_hides_nothing_is_dropped():
    photo = process_photo(encoded(quarters().convert("RGBA"), "PNG"))
    assert opened(photo.full).mode == "RGB"
    assert opened(photo.variants["64"]).mode == "RGB"


def test_a_palette_with_a_transparent_colour_is_kept_transparent():
    picture = Image.new("P", (20, 20), 0)
    picture.putpalette([10, 20, 30, 200, 100, 50])
    picture.paste(1, (10, 0, 20, 20))
    kept = opened(process_photo(encoded(picture, "PNG", transparency=0)).full)
    assert kept.getpixel((2, 2))[3] == 0
    assert kept.getpixel((17, 17))[3] == 255


def test_a_phone_photo_with_a_second_picture_inside_is_a_photo():
    data = encoded(quarters(), "MPO", save_all=True, append_images=[quarters(40, 20)])
    assert Image.open(io.BytesIO(data)).n_frames == 2
    assert process_photo(data).width == 400


def test_content_counts_not_the_name():
    gif = encoded(quarters(), "GIF")
    assert refusal(b"Dear team, here is the list you asked for.\n" * 10) == UNKNOWN
    assert refusal(gif) == UNKNOWN
    assert refusal(encoded(quarters(), "TIFF")) == UNKNOWN
    assert refusal(b"<svg xmlns='http://www.w3.org/2000/svg'/>") == UNKNOWN
    assert refusal(b"") == "The file is empty."


def test_a_known_beginning_is_not_enough():
    for start in (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP", b"RIFF\0\0\0\0WEBPVP8 "):
        assert refusal(start) == DAMAGED
        assert refusal(start + b"\1\2\3\1" * 100) == DAMAGED


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_cut_short_is_refused(kind):
    noise = Image.effect_noise((300, 300), 80).convert("RGB")
    whole = encoded(noise, kind)
    for share in (0.1, 0.5, 0.9):
        assert refusal(whole[: int(len(whole) * share)]) == DAMAGED


def test_one_byte_too_many_is_refused_with_both_sizes():
    whole = encoded(quarters(), "JPEG")
    assert process_photo(whole + bytes(MAX_BYTES - len(whole))).width == 400
    assert refusal(whole + bytes(MAX_BYTES - len(whole) + 1)) == "The photo is 10.1 MB; at most 10 MB fit."
    assert refusal(bytes(14 * 2**20 + 200_000)) == "The photo is 14.2 MB; at most 10 MB fit."


@pytest.mark.parametrize("bomb", [png_header(50_000, 50_000), webp_header(50_000, 50_000)])
def test_a_bomb_is_refused_by_its_claim(bomb):
    assert len(bomb) < 200
    assert refusal(bomb) == (
        "The picture is 50 000 by 50 000 pixels; at most 40 megapixels and 20 000 pixels a side fit."
    )


def test_a_jpeg_bomb_is_refused_by_its_claim():
    data = encoded(quarters(), "JPEG")
    frame = data.index(b"\xff\xc0")
    bomb = data[: frame + 5] + struct.pack(">HH", 65_000, 64_000) + data[frame + 9 :]
    assert refusal(bomb).startswith("The picture is 64 000 by 65 000 pixels;")


def test_the_pixel_limit_is_exact():
    assert refusal(png_header(8_000, 5_001)).startswith("The picture is 8 000 by 5 001 pixels;")
    assert refusal(png_header(8_000, 5_000)) == DAMAGED
    assert refusal(png_header(20_001, 1)).startswith("The picture is 20 001 by 1 pixels;")
    assert refusal(webp_header(8_000, 5_001)).startswith("The picture is 8 000 by 5 001 pixels;")


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_moving_pictures_are_refused(kind):
    data = encoded(quarters(), kind, save_all=True, append_images=[quarters().rotate(90)], duration=100)
    assert refusal(data) == "The picture is animated; choose one that does not move."


SMALL = [encoded(quarters(24, 16), kind) for kind in ("JPEG", "PNG", "WEBP")]


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@given(st.sampled_from(SMALL), st.lists(st.tuples(st.integers(0, 5_000), st.integers(0, 255)), max_size=8))
@settings(max_examples=150, deadline=None)
def test_no_damage_does_anything_but_refuse_or_succeed(data, damage):
    bent = bytearray(data)
    for place, value in damage:
        bent[place % len(bent)] = value
    with suppress(PhotoError):
        photo = process_photo(bytes(bent))
        assert opened(photo.full).size == (photo.width, photo.height)


async def test_the_loop_runs_on_while_pictures_are_decoded():
    data = encoded(Image.effect_noise((3000, 2000), 60).convert("RGB"), "JPEG")
    work = [asyncio.create_task(process_photo_async(data)) for _ in range(5)]
    turns = busiest = 0
    while not all(task.done() for task in work):
        turns += 1
        busiest = max(busiest, photos._decoding.borrowed_tokens)
        await asyncio.sleep(0)
    assert turns > 100
    assert busiest == 1
    assert len({task.result().sha256 for task in work}) == 1
