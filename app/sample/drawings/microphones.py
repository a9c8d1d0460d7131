"""Microphones and radio transmitters."""

import math
from typing import Final

from app.sample.drawings.canvas import (
    BASE,
    BLACK,
    DEEP,
    EDGE,
    GLASS_DEEP,
    GREEN,
    LIT,
    METAL,
    METAL_LIT,
    METAL_SHADE,
    SCREEN,
    SCREEN_DEEP,
    SHADE,
    Canvas,
    Point,
    arc,
    rounded,
    turned,
)

# How far a microphone leans, in degrees.
_TILT: Final = 38


def _hatched_disc(canvas: Canvas, x: float, y: float, radius: float, fill: str, *, spacing: float) -> None:
    """Two sets of slanted chords across a circle: the wire mesh of a microphone."""
    reach = radius - 1.5
    for angle in (_TILT, _TILT + 90):
        offset = -reach + spacing / 2
        while offset < reach:
            half = math.sqrt(reach * reach - offset * offset)
            canvas.line(turned([(x + offset, y - half), (x + offset, y + half)], (x, y), angle), 0.9, fill)
            offset += spacing


def _tapered(canvas: Canvas, centre: Point, top: tuple[float, float], bottom: tuple[float, float]) -> None:
    """A leaning handle, lit from the left; `top` and `bottom` are distance from the centre and half width."""
    x, y = centre
    left = [(x - top[1], y + top[0]), (x + top[1], y + top[0]), (x + bottom[1], y + bottom[0])]
    canvas.shape(turned([*left, (x - bottom[1], y + bottom[0])], centre, _TILT), LIT)
    right = [(x, y + top[0]), (x + top[1], y + top[0]), (x + bottom[1], y + bottom[0]), (x, y + bottom[0])]
    canvas.shape(turned(right, centre, _TILT), SHADE)


def _mesh_head(canvas: Canvas, x: float, y: float, radius: float) -> None:
    canvas.disc(x, y, radius, METAL_SHADE)
    canvas.disc(x - radius * 0.06, y - radius * 0.08, radius * 0.9, METAL)
    canvas.disc(x - radius * 0.2, y - radius * 0.24, radius * 0.56, METAL_LIT)
    _hatched_disc(canvas, x, y, radius, "#5b626f", spacing=6.2)
    band = turned(rounded(x - radius - 1, y - 2, radius * 2 + 2, 15, 4), (x, y), _TILT)
    canvas.shape(band, METAL_SHADE)
    canvas.shape(turned(rounded(x - radius - 1, y - 1, radius * 1.3, 6, 3), (x, y), _TILT), METAL_LIT)


def handheld_microphone(canvas: Canvas) -> None:
    """The vocal microphone everybody knows, leaning."""
    canvas.shadow(196, 278, 128, 7)
    head = (262, 88)
    _tapered(canvas, head, (46, 34), (236, 17))
    canvas.shape(turned(rounded(head[0] - 36, head[1] + 30, 72, 22, 6), head, _TILT), BASE)
    canvas.shape(turned(rounded(head[0] - 17, head[1] + 226, 34, 14, 4), head, _TILT), METAL_SHADE)
    canvas.shape(turned(rounded(head[0] - 9, head[1] + 104, 18, 26, 5), head, _TILT), DEEP)
    canvas.shape(turned(rounded(head[0] - 5, head[1] + 109, 10, 9, 3), head, _TILT), METAL_SHADE)
    _mesh_head(canvas, *head, 50)


def radio_microphone(canvas: Canvas) -> None:
    """A handheld transmitter with display and antenna."""
    canvas.shadow(196, 278, 128, 7)
    head = (266, 82)
    canvas.shape(turned(rounded(head[0] - 8, head[1] + 226, 16, 28, 7), head, _TILT), BLACK)
    _tapered(canvas, head, (44, 33), (110, 25))
    _tapered(canvas, head, (108, 25), (232, 25))
    canvas.shape(turned(rounded(head[0] - 35, head[1] + 28, 70, 22, 6), head, _TILT), BASE)
    canvas.shape(turned(rounded(head[0] - 15, head[1] + 112, 30, 52, 4), head, _TILT), DEEP)
    canvas.shape(turned(rounded(head[0] - 11, head[1] + 117, 22, 28, 2), head, _TILT), SCREEN_DEEP)
    canvas.shape(turned(rounded(head[0] - 7, head[1] + 122, 14, 5, 1), head, _TILT), SCREEN)
    canvas.shape(turned(rounded(head[0] - 7, head[1] + 131, 9, 5, 1), head, _TILT), SCREEN)
    canvas.shape(turned(rounded(head[0] - 5, head[1] + 150, 10, 8, 3), head, _TILT), GREEN)
    canvas.shape(turned(rounded(head[0] - 26, head[1] + 184, 52, 6, 2), head, _TILT), BASE)
    _mesh_head(canvas, *head, 48)


def studio_microphone(canvas: Canvas) -> None:
    """A large-diaphragm condenser in its elastic suspension."""
    canvas.shadow(200, 282, 66, 6)
    canvas.line([(200, 226), (200, 278)], 8, BASE)
    canvas.line(arc(200, 152, 84, 78, (20, 160)), 7, "#2b2f37")
    for x in (121, 279):
        canvas.line([(x, 178), (x, 92)], 7, "#2b2f37")
    for y in (120, 186):
        canvas.lines((((121, y - 14), (158, y)), ((279, y - 14), (242, y))), 3, METAL_SHADE)
        canvas.lines((((121, y + 14), (158, y)), ((279, y + 14), (242, y))), 3, METAL_SHADE)
    canvas.body(156, 112, 88, 116, radius=10, lit=METAL_LIT, shade=METAL)
    canvas.box(156, 200, 88, 28, METAL_SHADE, radius=10)
    canvas.box(156, 196, 88, 12, METAL_SHADE)
    canvas.body(152, 26, 96, 92, radius=30, lit=EDGE, shade=LIT)
    canvas.box(152, 80, 96, 38, EDGE, radius=4)
    canvas.box(200, 80, 48, 38, LIT, radius=4)
    canvas.disc(200, 74, 27, LIT)
    canvas.disc(200, 74, 19, GLASS_DEEP)
    for step in range(11):
        x = 160 + step * 8
        lift = 30 + 12 * (abs(step - 5) / 5) ** 2
        canvas.line([(x, lift), (x, 112)], 1.1, METAL_SHADE)
    for y in (44, 58, 72, 86, 100):
        canvas.line([(154, y), (246, y)], 1.1, METAL_SHADE)
    canvas.box(152, 112, 96, 8, METAL_SHADE, radius=3)
    canvas.disc(200, 150, 7, METAL_SHADE)
    canvas.disc(200, 150, 3.5, DEEP)


def pencil_microphone(canvas: Canvas) -> None:
    """A small-diaphragm condenser on a stand."""
    canvas.shadow(232, 282, 62, 6)
    canvas.line([(232, 176), (232, 278)], 8, BASE)
    canvas.box(218, 150, 28, 34, "#2b2f37", radius=6)
    about: Point = (232, 150)
    canvas.shape(turned(rounded(150, 130, 176, 38, 6), about, -18), LIT)
    canvas.shape(turned(rounded(150, 150, 176, 18, 6), about, -18), SHADE)
    canvas.shape(turned(rounded(64, 132, 90, 34, 12), about, -18), METAL_SHADE)
    canvas.shape(turned(rounded(68, 136, 82, 12, 6), about, -18), METAL)
    for number in range(7):
        x = 78 + number * 10
        canvas.line(turned([(x, 136), (x, 162)], about, -18), 2.4, LIT)
    canvas.shape(turned(rounded(212, 126, 40, 46, 6), about, -18), BASE)
    canvas.shape(turned(rounded(322, 134, 12, 30, 3), about, -18), METAL)
    canvas.shape(turned(rounded(168, 141, 20, 5, 2), about, -18), METAL)


def bodypack(canvas: Canvas) -> None:
    """A bodypack transmitter with its antenna and the plug of a lavalier."""
    canvas.shadow(200, 280, 80)
    canvas.line([(242, 84), (242, 18)], 6, BASE)
    canvas.disc(242, 20, 4, EDGE)
    canvas.line([(164, 66), (164, 34), *arc(132, 34, 32, 24, (0, -110))], 4, BASE)
    canvas.box(153, 48, 22, 34, METAL, radius=3)
    canvas.box(153, 48, 10, 34, METAL_LIT, radius=3)
    canvas.body(132, 76, 136, 200, radius=14)
    canvas.box(150, 96, 100, 58, DEEP, radius=5)
    canvas.box(158, 103, 84, 44, SCREEN_DEEP, radius=2)
    canvas.box(166, 111, 44, 8, SCREEN, radius=1.5)
    canvas.box(166, 125, 28, 6, SCREEN, radius=1.5)
    canvas.lines((((222 + step * 6, 140), (222 + step * 6, 136 - step * 8)) for step in range(3)), 3, GREEN)
    canvas.box(132, 184, 136, 5, BASE)
    canvas.box(176, 202, 48, 8, BASE, radius=4)
    canvas.box(150, 226, 100, 30, BASE, radius=6)
    canvas.box(158, 234, 84, 4, DEEP, radius=2)
    canvas.box(158, 244, 84, 4, DEEP, radius=2)
