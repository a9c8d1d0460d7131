"""Loudspeakers and the smaller gear of sound."""

from app.sample.drawings.canvas import (
    AMBER,
    BASE,
    BLACK,
    DEEP,
    EDGE,
    GLASS,
    GLASS_DEEP,
    GREEN,
    LIT,
    METAL,
    METAL_LIT,
    METAL_SHADE,
    RED,
    SCREEN,
    SCREEN_DEEP,
    SHADE,
    Canvas,
    arc,
)


def di_box(canvas: Canvas) -> None:
    """A DI box with its two jacks and switches."""
    canvas.shadow(200, 246, 142)
    canvas.box(58, 96, 284, 146, GLASS_DEEP, radius=8)
    canvas.shape([(74, 72), (326, 72), (342, 104), (58, 104)], GLASS)
    canvas.box(72, 112, 256, 118, BASE, radius=5)
    canvas.box(50, 92, 14, 152, DEEP, radius=5)
    canvas.box(336, 92, 14, 152, DEEP, radius=5)
    for x in (122, 200):
        canvas.disc(x, 176, 26, METAL_SHADE)
        canvas.disc(x, 176, 21, METAL_LIT)
        canvas.disc(x, 176, 12, DEEP)
        canvas.disc(x, 176, 6, BLACK)
    for y, x in ((148, 258), (176, 278), (204, 258)):
        canvas.box(256, y - 8, 44, 16, DEEP, radius=5)
        canvas.box(x, y - 6, 20, 12, METAL_LIT, radius=4)
    canvas.disc(316, 128, 4, GREEN)
    canvas.box(98, 128, 130, 5, METAL_SHADE, radius=2.5)


def _grille(canvas: Canvas, x: float, y: float, width: float, height: float) -> None:
    """Perforated steel."""
    canvas.box(x, y, width, height, DEEP, radius=4)
    columns, rows = int((width - 8) // 7), int((height - 8) // 7)
    left, top = x + (width - (columns - 1) * 7) / 2, y + (height - (rows - 1) * 7) / 2
    for row in range(rows):
        for column in range(columns):
            canvas.disc(left + column * 7, top + row * 7, 1.7, LIT)


def _cone(canvas: Canvas, x: float, y: float, radius: float) -> None:
    canvas.disc(x, y, radius, BLACK)
    canvas.disc(x, y, radius * 0.93, EDGE)
    canvas.disc(x, y, radius * 0.82, LIT)
    canvas.disc(x, y, radius * 0.74, SHADE)
    canvas.disc(x, y, radius * 0.34, EDGE)
    canvas.disc(x - radius * 0.06, y - radius * 0.06, radius * 0.25, METAL_SHADE)


def point_source(canvas: Canvas) -> None:
    """A coaxial loudspeaker without its grille."""
    canvas.shadow(200, 280, 104)
    canvas.body(108, 24, 184, 252, radius=10)
    canvas.box(118, 34, 164, 232, DEEP, radius=6)
    canvas.box(126, 42, 148, 82, BASE, radius=5)
    canvas.shape(
        [(134, 50), (266, 50), (226, 74), (226, 92), (266, 116), (134, 116), (174, 92), (174, 74)], LIT
    )
    canvas.box(174, 70, 52, 26, BLACK, radius=3)
    _cone(canvas, 200, 193, 65)
    canvas.box(180, 256, 40, 5, METAL, radius=2.5)


def subwoofer(canvas: Canvas) -> None:
    """A subwoofer with two drivers behind perforated steel."""
    canvas.shadow(200, 272, 172)
    canvas.body(36, 66, 328, 200, radius=8)
    _grille(canvas, 66, 78, 268, 176)
    for x in (51, 349):
        canvas.box(x - 8, 138, 16, 56, DEEP, radius=6)
        canvas.box(x - 4, 144, 8, 44, BASE, radius=4)
    canvas.box(176, 232, 48, 12, METAL_SHADE, radius=3)
    for x in (70, 300):
        canvas.box(x, 264, 30, 6, BLACK, radius=3)


def line_array(canvas: Canvas) -> None:
    """Six elements hang in a curve from their frame."""
    canvas.line([(150, 6), (150, 22)], 5, METAL_SHADE)
    canvas.line([(250, 6), (250, 22)], 5, METAL_SHADE)
    canvas.box(108, 20, 184, 16, METAL_SHADE, radius=4)
    canvas.box(108, 20, 184, 6, METAL, radius=3)
    top = 38.0
    for number in range(6):
        height = 39 - number * 0.8
        half = 104 - number * number * 0.55
        left, right = 200 - half, 200 + half
        canvas.box(left, top, half * 2, height, BASE, radius=4)
        canvas.box(left + 4, top + 3, half * 2 - 8, height - 6, LIT, radius=3)
        canvas.box(200, top + 3, half - 4, height - 6, SHADE, radius=3)
        canvas.shape(
            [
                (178, top + 5),
                (222, top + 5),
                (210, top + height / 2),
                (222, top + height - 5),
                (178, top + height - 5),
                (190, top + height / 2),
            ],
            DEEP,
        )
        for step in range(7):
            for x, fill in ((left + 16 + step * 8, "#1e2127"), (right - 16 - step * 8, "#191c21")):
                canvas.line([(x, top + 9), (x, top + height - 9)], 2.6, fill)
        for x in (left + 5, right - 5):
            canvas.disc(x, top + height - 1, 3, METAL)
        top += height + 2.5


def media_player(canvas: Canvas) -> None:
    """A media player for DJs: display on top, jog wheel below."""
    canvas.shadow(200, 284, 106, 7)
    canvas.body(106, 18, 188, 264, radius=10)
    canvas.box(118, 30, 164, 72, DEEP, radius=5)
    canvas.box(124, 36, 152, 60, SCREEN_DEEP, radius=2)
    played, to_come = (8, 18, 12, 26, 20, 10, 24, 30, 16), (22, 9, 27, 14, 20, 11, 25, 17, 7, 15)
    for start, heights, fill in ((129, played, SCREEN), (196.5, to_come, GLASS)):
        for step, height in enumerate(heights):
            canvas.box(start + step * 7.5, 66 - height / 2, 4.6, height, fill, radius=1)
    canvas.line([(196, 42), (196, 90)], 1.6, RED)
    for step in range(4):
        canvas.box(130 + step * 22, 112, 16, 9, (GREEN, AMBER, GLASS, RED)[step], radius=2)
    canvas.disc(192, 196, 68, BLACK)
    canvas.disc(192, 196, 63, METAL_SHADE)
    canvas.disc(192, 196, 56, EDGE)
    canvas.disc(192, 196, 53, LIT)
    canvas.disc(192, 196, 24, DEEP)
    canvas.disc(192, 196, 20, SCREEN_DEEP)
    canvas.line([(192, 196), (205, 184)], 2.4, SCREEN)
    canvas.disc(172, 158, 8, DEEP)
    canvas.box(272, 140, 6, 122, DEEP, radius=3)
    canvas.box(265, 190, 20, 12, METAL_LIT, radius=3)
    for y, fill in ((240, GREEN), (266, AMBER)):
        canvas.disc(122, y, 10, BLACK)
        canvas.disc(122, y, 7.5, fill)


def beltpack(canvas: Canvas) -> None:
    """An intercom beltpack below its headset."""
    canvas.shadow(310, 284, 68, 6)
    canvas.line(arc(142, 128, 78, 98, (180, 360)), 11, BASE)
    canvas.line(arc(142, 128, 78, 98, (200, 340)), 4, EDGE)
    for x in (64, 220):
        canvas.body(x - 22, 106, 44, 88, radius=18)
        canvas.box(x - 14, 116, 28, 68, DEEP, radius=13)
    canvas.line([(64, 186), (70, 222), (98, 234), (118, 232)], 5, BASE)
    canvas.oval(126, 231, 15, 10, DEEP)
    canvas.line([(220, 192), (222, 226), (250, 240), (262, 226)], 3.5, BASE)
    canvas.body(256, 128, 108, 152, radius=12)
    canvas.box(270, 144, 80, 44, DEEP, radius=4)
    canvas.box(275, 149, 70, 34, SCREEN_DEEP, radius=2)
    for y in (154, 165):
        canvas.box(280, y, 26, 6, SCREEN, radius=1)
        canvas.box(314, y, 26, 6, GLASS, radius=1)
    for row, y in enumerate((204, 232)):
        for column in range(3):
            canvas.box(271 + column * 28, y, 22, 18, GREEN if (row, column) == (0, 1) else EDGE, radius=4)
    canvas.box(300, 262, 20, 8, BASE, radius=4)
