"""Luminaires and what makes their beams visible."""

import math

from app.sample.drawings.canvas import (
    BASE,
    BLACK,
    DEEP,
    EDGE,
    GLASS,
    GLASS_DEEP,
    GLASS_LIT,
    GLINT,
    GROUND,
    LIT,
    METAL,
    METAL_SHADE,
    SCREEN,
    SCREEN_DEEP,
    SHADE,
    Canvas,
    Point,
    arc,
    curve,
    rounded,
    turned,
)

WARM_DEEP = "#7a5a2c"
WARM = "#e0b468"
WARM_LIT = "#f7e3b8"


def _yoke_base(canvas: Canvas) -> None:
    """The foot of a moving head with display and sockets, and the two arms of its yoke."""
    canvas.shadow(200, 274, 94)
    canvas.box(152, 216, 96, 14, "#2b2f37", radius=3)
    canvas.box(140, 126, 120, 28, "#1f2228")
    canvas.box(124, 108, 22, 126, "#2b2f37", radius=9)
    canvas.box(254, 108, 22, 126, "#1f2228", radius=9)
    canvas.box(129, 166, 5, 38, "#1a1c22", radius=2.5)
    canvas.box(266, 166, 5, 38, "#17191e", radius=2.5)
    canvas.box(122, 228, 156, 44, BASE, radius=7)
    canvas.box(122, 228, 156, 14, "#30343d", radius=7)
    canvas.box(168, 247, 64, 17, DEEP, radius=2)
    canvas.box(173, 251, 36, 9, SCREEN, radius=1)
    canvas.disc(240, 255, 3, METAL_SHADE)
    canvas.disc(250, 255, 3, METAL_SHADE)
    for y in (250, 257):
        canvas.box(132, y, 24, 4, DEEP, radius=2)
    canvas.box(260, 246, 8, 16, DEEP, radius=3)


def moving_head(canvas: Canvas) -> None:
    """A moving spot with one large front lens."""
    _yoke_base(canvas)
    canvas.body(150, 34, 100, 168, radius=40)
    canvas.body(150, 100, 100, 102, radius=20)
    canvas.disc(137, 140, 8, "#3a3f4a")
    canvas.disc(263, 140, 8, "#2f333c")
    canvas.lines((((164, y), (236, y)) for y in (148, 156, 164, 172)), 3, "#1e2127")
    canvas.box(187, 186, 26, 5, METAL, radius=2)
    canvas.lens(200, 86, 43)


def moving_wash(canvas: Canvas) -> None:
    """A moving wash light with a honeycomb of lenses."""
    _yoke_base(canvas)
    canvas.disc(137, 140, 8, "#3a3f4a")
    canvas.disc(263, 140, 8, "#2f333c")
    canvas.disc(200, 120, 78, LIT)
    canvas.shape(arc(200, 120, 78, 78, (-90, 90)), SHADE)
    canvas.disc(200, 120, 68, DEEP)
    _rings_of_pixels(canvas, 120, 25, 11.5)


def _pixel(canvas: Canvas, x: float, y: float, radius: float) -> None:
    canvas.disc(x, y, radius, BLACK)
    canvas.disc(x, y, radius * 0.87, GLASS_DEEP)
    canvas.disc(x, y, radius * 0.65, GLASS)
    canvas.disc(x - radius * 0.16, y - radius * 0.16, radius * 0.33, GLASS_LIT)


def _rings_of_pixels(canvas: Canvas, y: float, spacing: float, radius: float) -> None:
    """Nineteen lenses: one in the middle, six around it, twelve around those."""
    for ring, (count, turn) in enumerate(((1, 0), (6, 0), (12, 15))):
        for place in range(count):
            angle = math.radians(place * 360 / count + turn)
            reach = ring * spacing
            _pixel(canvas, 200 + reach * math.cos(angle), y + reach * math.sin(angle), radius)


def par(canvas: Canvas) -> None:
    """An LED PAR on its double yoke."""
    canvas.shadow(200, 272, 104)
    for side in (-1, 1):
        canvas.line([(200 + side * 96, 146), (200 + side * 104, 268), (200 + side * 62, 270)], 7, "#2b2f37")
    canvas.line(
        [
            (104, 146),
            *curve((104, 60), (104, 36), (120, 32), (150, 32)),
            *curve((250, 32), (280, 32), (296, 36), (296, 60)),
            (296, 146),
        ],
        8,
        "#2b2f37",
    )
    canvas.box(184, 22, 32, 16, METAL_SHADE, radius=4)
    canvas.disc(200, 146, 92, LIT)
    canvas.shape(arc(200, 146, 92, 92, (-90, 90)), SHADE)
    canvas.disc(200, 146, 82, DEEP)
    _rings_of_pixels(canvas, 146, 29, 13.5)
    for x in (104, 296):
        canvas.disc(x, 146, 13, BASE)
        canvas.disc(x, 146, 7, METAL_SHADE)


def batten(canvas: Canvas) -> None:
    """A tilting batten with a row of pixels, seen from the front."""
    canvas.shadow(200, 222, 176)
    for x in (66, 302):
        canvas.box(x, 198, 32, 22, BASE, radius=4)
    canvas.box(26, 122, 20, 86, "#2b2f37", radius=6)
    canvas.box(354, 122, 20, 86, "#1f2228", radius=6)
    canvas.box(26, 190, 348, 18, BASE, radius=5)
    canvas.box(168, 193, 44, 11, DEEP, radius=2)
    canvas.box(172, 195.5, 24, 6, SCREEN, radius=1)
    canvas.box(46, 112, 308, 66, LIT, radius=9)
    canvas.box(46, 146, 308, 32, SHADE, radius=9)
    canvas.box(46, 140, 308, 20, SHADE)
    canvas.box(54, 122, 292, 46, DEEP, radius=6)
    for number in range(10):
        _pixel(canvas, 70.5 + number * 28.8, 145, 13)


def tubes(canvas: Canvas) -> None:
    """Three battery tubes that lean side by side."""
    canvas.shadow(200, 276, 128)
    for x, glow, glow_lit in ((118, WARM, WARM_LIT), (200, "#c9d6ea", GLINT), (282, GLASS_LIT, "#b9cbe6")):
        canvas.box(x - 16, 22, 32, 252, BASE, radius=10)
        canvas.box(x - 16, 48, 32, 200, glow)
        canvas.box(x - 11, 48, 9, 200, glow_lit)
        canvas.box(x - 16, 44, 32, 6, LIT)
        canvas.box(x - 16, 246, 32, 6, LIT)
        canvas.box(x - 8, 257, 16, 7, DEEP, radius=1.5)
        canvas.box(x - 6, 259, 7, 3, SCREEN)
        canvas.disc(x, 33, 4, METAL_SHADE)


def profile(canvas: Canvas) -> None:
    """A profile spot from the side, hanging from its yoke."""
    canvas.box(196, 14, 30, 34, METAL_SHADE, radius=5)
    canvas.disc(211, 26, 6, GROUND)
    canvas.line([(164, 150), (164, 48), (258, 48), (258, 150)], 8, "#2b2f37")
    about: Point = (211, 152)
    canvas.shape(turned(rounded(72, 118, 116, 76, 14), about, -12), LIT)
    canvas.shape(turned(rounded(72, 156, 116, 38, 14), about, -12), SHADE)
    for offset in range(5):
        x = 90 + offset * 15
        canvas.line(turned([(x, 130), (x, 182)], about, -12), 4, "#1e2127")
    canvas.shape(turned(rounded(180, 112, 52, 86, 6), about, -12), BASE)
    for offset, y in ((190, 106), (208, 106), (190, 195), (208, 195)):
        canvas.shape(turned(rounded(offset, y, 12, 10, 2), about, -12), METAL)
    canvas.shape(turned([(230, 118), (330, 124), (330, 186), (230, 192)], about, -12), LIT)
    canvas.shape(turned([(230, 155), (330, 155), (330, 186), (230, 192)], about, -12), SHADE)
    canvas.shape(turned(rounded(326, 114, 14, 82, 4), about, -12), DEEP)
    canvas.shape(turned(rounded(336, 120, 8, 70, 4), about, -12), GLASS)
    canvas.shape(turned(rounded(337, 126, 3, 34, 1.5), about, -12), GLASS_LIT)
    canvas.disc(164, 152, 12, EDGE)
    canvas.disc(164, 152, 6, METAL)
    canvas.disc(258, 146, 12, EDGE)
    canvas.disc(258, 146, 6, METAL)


def followspot(canvas: Canvas) -> None:
    """A long followspot on its stand."""
    canvas.shadow(200, 284, 78, 7)
    for foot in ((136, 282), (264, 282)):
        canvas.line([(200, 216), foot], 7, "#2b2f37")
    canvas.line([(200, 176), (200, 280)], 9, BASE)
    canvas.box(192, 208, 16, 18, METAL_SHADE, radius=3)
    canvas.shape([(170, 150), (230, 150), (212, 184), (188, 184)], "#2b2f37")
    about: Point = (200, 130)
    canvas.shape(turned(rounded(60, 92, 118, 78, 10), about, -8), LIT)
    canvas.shape(turned(rounded(60, 132, 118, 38, 10), about, -8), SHADE)
    for offset in range(6):
        canvas.line(turned([(78 + offset * 13, 104), (78 + offset * 13, 122)], about, -8), 4, "#1e2127")
    canvas.shape(turned(rounded(172, 98, 108, 66, 5), about, -8), EDGE)
    canvas.shape(turned(rounded(172, 132, 108, 32, 5), about, -8), LIT)
    canvas.shape(turned(rounded(276, 92, 62, 78, 5), about, -8), LIT)
    canvas.shape(turned(rounded(276, 132, 62, 38, 5), about, -8), SHADE)
    canvas.shape(turned(rounded(334, 88, 12, 86, 4), about, -8), DEEP)
    canvas.shape(turned(rounded(343, 96, 7, 70, 3.5), about, -8), GLASS)
    canvas.line(turned([(60, 118), (30, 118), (30, 150), (60, 150)], about, -8), 6, BASE)
    for x in (196, 214, 232, 250):
        canvas.line(turned([(x, 99), (x, 84)], about, -8), 4, METAL_SHADE)
        canvas.shape(turned(rounded(x - 5, 78, 10, 8, 3), about, -8), BASE)


def strobe(canvas: Canvas) -> None:
    """A hybrid strobe: a white line between two plates of pixels."""
    canvas.shadow(200, 256, 136)
    canvas.box(56, 84, 22, 132, "#2b2f37", radius=7)
    canvas.box(322, 84, 22, 132, "#1f2228", radius=7)
    canvas.box(56, 212, 288, 42, BASE, radius=7)
    canvas.box(56, 212, 288, 13, "#30343d", radius=6)
    canvas.box(168, 230, 64, 16, DEEP, radius=2)
    canvas.box(173, 234, 36, 8, SCREEN, radius=1)
    canvas.box(76, 120, 248, 20, "#1f2228")
    canvas.body(84, 56, 232, 146, radius=9)
    canvas.box(94, 66, 212, 126, DEEP, radius=5)
    for row in (73, 88, 150, 165):
        for column in range(13):
            canvas.box(100.5 + column * 15.5, row, 12, 12, GLASS_DEEP, radius=2)
            canvas.box(102.5 + column * 15.5, row + 2, 6, 6, GLASS, radius=1.5)
    canvas.box(100, 108, 200, 34, "#2a2f38", radius=3)
    canvas.box(104, 118, 192, 14, "#cdd9ea", radius=3)
    canvas.box(104, 120, 192, 4, GLINT, radius=2)
    canvas.disc(67, 130, 8, "#3a3f4a")
    canvas.disc(333, 130, 8, "#2f333c")


def blinder(canvas: Canvas) -> None:
    """Four warm cells in two columns."""
    canvas.shadow(200, 282, 96)
    canvas.line([(104, 150), (104, 270), (296, 270), (296, 150)], 9, "#2b2f37")
    canvas.box(182, 262, 36, 18, METAL_SHADE, radius=4)
    canvas.body(112, 26, 176, 228, radius=12)
    for x, y in ((158, 84), (242, 84), (158, 196), (242, 196)):
        canvas.box(x - 40, y - 50, 80, 100, DEEP, radius=8)
        canvas.disc(x, y, 36, METAL_SHADE)
        canvas.disc(x, y, 34, WARM_DEEP)
        canvas.disc(x, y, 27, WARM)
        canvas.disc(x, y, 15, WARM_LIT)
        canvas.disc(x - 6, y - 6, 4, "#fffaf0")
    for x in (104, 296):
        canvas.disc(x, 150, 13, BASE)
        canvas.disc(x, 150, 7, METAL_SHADE)


def hazer(canvas: Canvas) -> None:
    """A hazer in its housing, with a puff of haze at the nozzle."""
    puffs = ((322, 118, 34), (352, 96, 27), (326, 82, 24), (372, 74, 17))
    for x, y, radius in puffs:
        canvas.disc(x, y, radius, "#dbdfe7")
    for x, y, radius in puffs:
        canvas.disc(x - 2, y - 4, radius - 5, "#f3f4f7")
    canvas.shadow(184, 268, 142)
    canvas.line([(112, 128), (112, 92), (228, 92), (228, 128)], 9, "#2b2f37")
    canvas.box(54, 122, 232, 142, LIT, radius=9)
    canvas.box(54, 196, 232, 68, SHADE, radius=9)
    canvas.box(54, 190, 232, 40, SHADE)
    canvas.box(54, 122, 232, 12, EDGE, radius=6)
    canvas.box(284, 152, 22, 44, BASE, radius=4)
    canvas.box(300, 160, 10, 28, METAL, radius=3)
    canvas.box(76, 150, 84, 40, DEEP, radius=4)
    canvas.box(83, 157, 50, 26, SCREEN_DEEP, radius=2)
    canvas.box(88, 163, 30, 4, SCREEN, radius=1)
    canvas.box(88, 171, 20, 4, SCREEN, radius=1)
    for y in (162, 177):
        canvas.disc(146, y, 5, METAL_SHADE)
    canvas.lines((((184, y), (264, y)) for y in (154, 164, 174, 184)), 4, "#1e2127")
    canvas.box(76, 214, 66, 36, BASE, radius=4)
    canvas.box(82, 220, 54, 24, GLASS_DEEP, radius=2)
    canvas.box(82, 232, 54, 12, GLASS, radius=2)
    for x in (196, 226, 256):
        canvas.disc(x, 232, 9, DEEP)
        canvas.disc(x, 232, 5, BASE)
    for x in (72, 246):
        canvas.box(x, 262, 24, 7, BLACK, radius=3)
