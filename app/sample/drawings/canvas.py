"""The sheet the drawings are made on: 400 by 300 units, drawn large and shrunk for smooth edges."""

import io
import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from PIL import Image, ImageDraw

WIDTH: Final = 960
HEIGHT: Final = 720

UNITS_WIDE: Final = 400
UNITS_HIGH: Final = 300

_OVERSAMPLING: Final = 3
_SCALE: Final = WIDTH / UNITS_WIDE * _OVERSAMPLING
_CURVE_STEPS: Final = 24
_UNITS_A_STEP: Final = 2
# Few distinct colours: a palette halves the size of the file and cannot be told from the full picture.
_COLOURS: Final = 256

GROUND: Final = "#e9ebef"
SHADOW: Final = "#c9cdd6"
LIT: Final = "#343943"
SHADE: Final = "#2a2e36"
BASE: Final = "#23262d"
EDGE: Final = "#3f4550"
DEEP: Final = "#16181d"
BLACK: Final = "#0d0f13"
METAL: Final = "#8b93a3"
METAL_LIT: Final = "#b4bac5"
METAL_SHADE: Final = "#6b7280"
GLASS_DEEP: Final = "#3d4a63"
GLASS: Final = "#5f7396"
GLASS_LIT: Final = "#8ea6c9"
GLINT: Final = "#f3f7fc"
SCREEN: Final = "#6fb7d6"
SCREEN_DEEP: Final = "#2b5d78"
GREEN: Final = "#58b98a"
AMBER: Final = "#e3a94b"
RED: Final = "#d4605a"

Point = tuple[float, float]


class Canvas:
    """A sheet with its origin at the top left. All measures are in units, angles in degrees."""

    def __init__(self) -> None:
        size = (WIDTH * _OVERSAMPLING, HEIGHT * _OVERSAMPLING)
        self._image = Image.new("RGB", size, GROUND)
        self._pen = ImageDraw.Draw(self._image)

    def box(self, x: float, y: float, width: float, height: float, fill: str, *, radius: float = 0) -> None:
        """A rectangle with round corners."""
        # A pixel belongs to the rectangle up to and including the corner given, hence the one less.
        self._pen.rounded_rectangle(
            (x * _SCALE, y * _SCALE, (x + width) * _SCALE - 1, (y + height) * _SCALE - 1),
            radius * _SCALE,
            fill=fill,
        )

    def body(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        radius: float = 6,
        lit: str = LIT,
        shade: str = SHADE,
    ) -> None:
        """A rectangle with round corners whose right half lies in the shade."""
        self.box(x, y, width, height, lit, radius=radius)
        right, bottom = x + width, y + height
        self.shape(
            [
                (x + width / 2, y),
                *arc(right - radius, y + radius, radius, radius, (270, 360)),
                *arc(right - radius, bottom - radius, radius, radius, (0, 90)),
                (x + width / 2, bottom),
            ],
            shade,
        )

    def oval(self, x: float, y: float, radius_x: float, radius_y: float, fill: str) -> None:
        """An ellipse around its centre."""
        self._pen.ellipse(
            (
                (x - radius_x) * _SCALE,
                (y - radius_y) * _SCALE,
                (x + radius_x) * _SCALE,
                (y + radius_y) * _SCALE,
            ),
            fill=fill,
        )

    def disc(self, x: float, y: float, radius: float, fill: str) -> None:
        """A circle around its centre."""
        self.oval(x, y, radius, radius, fill)

    def shape(self, points: Sequence[Point], fill: str) -> None:
        """A polygon."""
        self._pen.polygon([(x * _SCALE, y * _SCALE) for x, y in points], fill=fill)

    def line(self, points: Sequence[Point], width: float, fill: str) -> None:
        """A line through the points, with round ends and corners."""
        half = width / 2
        for (x, y), (next_x, next_y) in pairwise(points):
            length = math.hypot(next_x - x, next_y - y)
            if length:
                across, down = -(next_y - y) / length * half, (next_x - x) / length * half
                self.shape(
                    [
                        (x + across, y + down),
                        (next_x + across, next_y + down),
                        (next_x - across, next_y - down),
                        (x - across, y - down),
                    ],
                    fill,
                )
        for x, y in points:
            self.disc(x, y, half, fill)

    def lines(self, segments: Iterable[tuple[Point, Point]], width: float, fill: str) -> None:
        """Several straight lines alike."""
        for segment in segments:
            self.line(segment, width, fill)

    def shadow(self, x: float, y: float, radius_x: float, radius_y: float = 8) -> None:
        """The shadow a device casts on the ground below it."""
        self.oval(x, y, radius_x, radius_y, SHADOW)

    def lens(self, x: float, y: float, radius: float) -> None:
        """A front lens in its black rim, with the reflection of a window."""
        self.disc(x, y, radius, DEEP)
        self.disc(x, y, radius * 0.86, BLACK)
        self.disc(x, y, radius * 0.8, GLASS_DEEP)
        self.disc(x, y, radius * 0.63, GLASS)
        self.disc(x, y, radius * 0.4, GLASS_LIT)
        self.line(arc(x, y, radius * 0.63, radius * 0.63, (200, 266)), radius * 0.09, "#dfe8f5")
        self.disc(x - radius * 0.24, y - radius * 0.24, radius * 0.1, GLINT)

    def png(self) -> bytes:
        """The finished picture as PNG, `WIDTH` by `HEIGHT` pixels; the same drawing gives the same bytes."""
        small = self._image.reduce(_OVERSAMPLING)
        few = small.quantize(_COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        file = io.BytesIO()
        few.save(file, "PNG", optimize=True)
        return file.getvalue()


def arc(x: float, y: float, radius_x: float, radius_y: float, span: tuple[float, float]) -> list[Point]:
    """Points along an ellipse from the first angle of `span` to the second, clockwise from three o'clock."""
    start, end = span
    length = math.radians(abs(end - start)) * max(radius_x, radius_y)
    steps = max(1, math.ceil(length / _UNITS_A_STEP))
    angles = [math.radians(start + (end - start) * step / steps) for step in range(steps + 1)]
    return [(x + radius_x * math.cos(angle), y + radius_y * math.sin(angle)) for angle in angles]


def curve(start: Point, pull: Point, second_pull: Point, end: Point) -> list[Point]:
    """Points along a cubic Bézier curve."""
    points: list[Point] = []
    for step in range(_CURVE_STEPS + 1):
        t = step / _CURVE_STEPS
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
        corners = (start, pull, second_pull, end)
        points.append(
            (
                sum(weight * corner[0] for weight, corner in zip(weights, corners, strict=True)),
                sum(weight * corner[1] for weight, corner in zip(weights, corners, strict=True)),
            )
        )
    return points


def turned(points: Iterable[Point], about: Point, angle: float) -> list[Point]:
    """The points turned clockwise about a point."""
    sine, cosine = math.sin(math.radians(angle)), math.cos(math.radians(angle))
    return [
        (
            about[0] + (x - about[0]) * cosine - (y - about[1]) * sine,
            about[1] + (x - about[0]) * sine + (y - about[1]) * cosine,
        )
        for x, y in points
    ]


def rounded(x: float, y: float, width: float, height: float, radius: float) -> list[Point]:
    """The outline of a rectangle with round corners, to be turned."""
    right, bottom = x + width, y + height
    return [
        *arc(x + radius, y + radius, radius, radius, (180, 270)),
        *arc(right - radius, y + radius, radius, radius, (270, 360)),
        *arc(right - radius, bottom - radius, radius, radius, (0, 90)),
        *arc(x + radius, bottom - radius, radius, radius, (90, 180)),
    ]
