"""Projectors, screens, cameras and the boxes between them."""

from app.sample.drawings.canvas import (
    AMBER,
    BASE,
    BLACK,
    DEEP,
    EDGE,
    GLASS,
    GLASS_DEEP,
    GLASS_LIT,
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
    Point,
)
from app.sample.drawings.racks import rack_panel

_PICTURE = "#2f4d77"
_HILL = "#3f6d8f"
_HILL_NEAR = "#27496b"


def _landscape(canvas: Canvas, x: float, y: float, width: float, height: float) -> None:
    """Something to look at on a screen: two hills below a low sun."""
    canvas.box(x, y, width, height, _PICTURE)
    canvas.box(x, y + height * 0.34, width, height * 0.66, "#45719b")
    canvas.disc(x + width * 0.68, y + height * 0.4, height * 0.13, "#f2d9a0")

    def at(across: float, down: float) -> Point:
        return (x + width * across, y + height * down)

    canvas.shape(
        [at(0, 1), at(0, 0.66), at(0.22, 0.46), at(0.5, 0.74), at(0.74, 0.56), at(1, 0.76), at(1, 1)], _HILL
    )
    canvas.shape([at(0, 1), at(0, 0.84), at(0.34, 0.68), at(0.66, 0.9), at(1, 0.74), at(1, 1)], _HILL_NEAR)


def projector(canvas: Canvas) -> None:
    """A large-venue projector from the front."""
    canvas.shadow(200, 242, 172)
    for x in (62, 306):
        canvas.box(x, 226, 32, 14, BLACK, radius=4)
    canvas.box(34, 84, 332, 148, LIT, radius=14)
    canvas.box(34, 158, 332, 74, SHADE, radius=14)
    canvas.box(34, 152, 332, 24, SHADE)
    canvas.box(34, 84, 332, 20, EDGE, radius=10)
    canvas.box(34, 94, 332, 14, LIT)
    for x in (54, 286):
        canvas.lines((((x, y), (x + 60, y)) for y in range(124, 206, 10)), 4.4, "#1e2127")
    canvas.disc(200, 158, 66, BASE)
    canvas.lens(200, 158, 56)
    canvas.box(188, 92, 24, 6, METAL, radius=3)
    canvas.disc(346, 216, 4, GREEN)


def zoom_lens(canvas: Canvas) -> None:
    """An exchangeable projector lens, standing on its mount."""
    canvas.shadow(200, 276, 92)
    canvas.box(126, 246, 148, 28, METAL_SHADE, radius=5)
    canvas.box(126, 246, 74, 28, METAL, radius=5)
    canvas.body(138, 130, 124, 120, radius=5)
    for x in range(146, 258, 9):
        canvas.line([(x, 176), (x, 222)], 3.4, DEEP)
    canvas.body(116, 60, 168, 84, radius=9)
    canvas.box(116, 134, 168, 8, BASE, radius=3)
    canvas.box(138, 156, 124, 5, GLASS, radius=2)
    canvas.oval(200, 62, 84, 26, DEEP)
    canvas.oval(200, 62, 74, 21.5, BLACK)
    canvas.oval(200, 63, 68, 19, GLASS_DEEP)
    canvas.oval(200, 64, 54, 14, GLASS)
    canvas.oval(200, 65, 34, 8.5, GLASS_LIT)
    canvas.oval(178, 59, 11, 3, "#f3f7fc")


def led_wall(canvas: Canvas) -> None:
    """Twelve LED tiles that show one picture."""
    canvas.shadow(200, 272, 168)
    for x in (76, 196, 316):
        canvas.box(x, 222, 10, 46, METAL_SHADE, radius=2)
        canvas.box(x - 18, 262, 46, 8, BASE, radius=3)
    canvas.box(32, 26, 336, 206, BASE, radius=4)
    _landscape(canvas, 38, 32, 324, 194)
    for column in range(1, 4):
        canvas.line([(38 + column * 81, 32), (38 + column * 81, 226)], 1.2, "#182338")
    for row in range(1, 3):
        canvas.line([(38, 32 + row * 64.7), (362, 32 + row * 64.7)], 1.2, "#182338")


def display(canvas: Canvas) -> None:
    """A large display on a trolley."""
    canvas.shadow(200, 284, 112, 7)
    canvas.box(182, 196, 36, 78, BASE, radius=4)
    canvas.box(104, 266, 192, 12, LIT, radius=6)
    for x in (112, 272):
        canvas.disc(x + 8, 280, 6, DEEP)
    canvas.box(36, 22, 328, 192, DEEP, radius=7)
    _landscape(canvas, 43, 29, 314, 176)
    canvas.box(186, 208, 28, 3, METAL_SHADE, radius=1.5)


def camera(canvas: Canvas) -> None:
    """A shoulder camera on its fluid head."""
    canvas.shadow(214, 288, 92, 6)
    canvas.line([(206, 232), (136, 286)], 8, BASE)
    canvas.line([(222, 232), (292, 286)], 8, BASE)
    canvas.line([(214, 232), (214, 282)], 8, LIT)
    canvas.box(182, 204, 64, 34, BASE, radius=7)
    canvas.disc(214, 222, 8, METAL_SHADE)
    canvas.box(156, 194, 132, 12, METAL_SHADE, radius=4)
    canvas.line([(236, 220), (352, 244)], 6, BASE)
    canvas.line([(332, 240), (354, 244.5)], 9, DEEP)
    canvas.line([(150, 92), (150, 62), (256, 62), (264, 92)], 9, BASE)
    canvas.box(148, 86, 162, 108, LIT, radius=9)
    canvas.box(148, 142, 162, 52, SHADE, radius=9)
    canvas.box(148, 136, 162, 20, SHADE)
    canvas.box(306, 96, 44, 90, BASE, radius=6)
    canvas.box(318, 108, 20, 4, METAL_SHADE, radius=2)
    canvas.box(170, 104, 72, 46, DEEP, radius=4)
    _landscape(canvas, 175, 109, 62, 36)
    for y in (108, 124, 140):
        canvas.disc(260, y, 5.5, DEEP)
        canvas.disc(260, y, 4, METAL_SHADE)
    for x, fill in ((172, RED), (190, EDGE), (208, EDGE), (226, EDGE)):
        canvas.box(x, 164, 13, 9, fill, radius=2)
    canvas.box(60, 104, 92, 74, BASE, radius=6)
    for x in (76, 94, 112):
        canvas.box(x, 102, 9, 78, EDGE, radius=2)
    canvas.box(34, 92, 34, 98, DEEP, radius=5)
    canvas.box(28, 100, 10, 82, GLASS, radius=4)
    canvas.box(29, 108, 4, 34, GLASS_LIT, radius=2)
    canvas.box(96, 50, 66, 34, BASE, radius=6)
    canvas.box(160, 58, 12, 18, DEEP, radius=4)
    canvas.disc(108, 60, 3.5, RED)


def ptz_camera(canvas: Canvas) -> None:
    """A remote camera on its turning foot."""
    canvas.shadow(200, 270, 98)
    canvas.oval(200, 254, 92, 16, BASE)
    canvas.box(108, 226, 184, 30, BASE)
    canvas.oval(200, 226, 92, 16, LIT)
    canvas.box(176, 244, 30, 5, DEEP, radius=2.5)
    canvas.disc(228, 247, 4, GREEN)
    canvas.box(110, 108, 36, 116, LIT, radius=14)
    canvas.box(254, 108, 36, 116, SHADE, radius=14)
    canvas.box(128, 208, 144, 20, SHADE, radius=8)
    canvas.body(138, 42, 124, 158, radius=34)
    canvas.box(150, 176, 100, 6, "#1e2127", radius=3)
    canvas.lens(200, 116, 52)
    canvas.disc(200, 58, 4, RED)


def server(canvas: Canvas) -> None:
    """A media server of four rack units."""
    canvas.shadow(200, 248, 184)
    rack_panel(canvas, 70, 174)
    canvas.box(58, 84, 180, 146, DEEP, radius=5)
    for row in range(11):
        for column in range(14 - row % 2):
            canvas.disc(70 + column * 12 + row % 2 * 6, 96 + row * 12.2, 3.4, EDGE)
    canvas.box(252, 84, 92, 60, DEEP, radius=4)
    canvas.box(258, 90, 80, 48, SCREEN_DEEP, radius=2)
    for y, length in ((98, 44), (110, 60), (122, 30)):
        canvas.box(265, y, length, 5, SCREEN, radius=1)
    for y in (156, 178, 200):
        canvas.box(252, y, 70, 15, BASE, radius=3)
        canvas.box(257, y + 5, 34, 4, DEEP, radius=2)
        canvas.disc(313, y + 7.5, 3, GREEN)
    canvas.disc(335, 164, 8, DEEP)
    canvas.disc(335, 164, 5.5, SCREEN)
    canvas.box(331, 182, 8, 32, BASE, radius=2)


def switcher(canvas: Canvas) -> None:
    """A live mixer: two rows of buttons and a T-bar."""
    canvas.shadow(200, 250, 184)
    canvas.shape([(44, 84), (356, 84), (384, 232), (16, 232)], LIT)
    canvas.shape([(44, 84), (356, 84), (358, 94), (42, 94)], EDGE)
    canvas.box(16, 230, 368, 18, BASE, radius=5)
    canvas.box(60, 106, 84, 34, DEEP, radius=3)
    canvas.box(64, 110, 76, 26, SCREEN_DEEP, radius=2)
    for step in range(4):
        canvas.box(69 + step * 17, 115, 13, 16, GLASS if step % 2 else SCREEN, radius=1.5)
    for number in range(6):
        canvas.disc(166 + number * 19, 123, 7, DEEP)
        canvas.disc(166 + number * 19, 122, 5, METAL_SHADE)
    for row, (lit, fill) in enumerate(((2, RED), (5, GREEN))):
        for column in range(10):
            x = 50 - row * 4 + column * (22.2 + row * 0.8)
            canvas.box(x, 160 + row * 30, 18, 20, BASE, radius=3)
            canvas.box(x + 1.5, 161 + row * 30, 15, 15, fill if column == lit else EDGE, radius=2.5)
    canvas.box(304, 110, 12, 106, DEEP, radius=5)
    canvas.box(282, 152, 56, 15, METAL, radius=6)
    canvas.box(282, 152, 56, 6, METAL_LIT, radius=3)
    for y, fill in ((150, EDGE), (172, AMBER), (194, EDGE)):
        canvas.box(346, y, 18, 15, fill, radius=2.5)


def converter(canvas: Canvas) -> None:
    """A small converter with a display and four BNC sockets."""
    canvas.shadow(200, 236, 130)
    canvas.shape([(88, 86), (312, 86), (330, 116), (70, 116)], EDGE)
    canvas.box(70, 114, 260, 118, LIT, radius=6)
    canvas.box(70, 172, 260, 60, SHADE, radius=6)
    canvas.box(70, 168, 260, 16, SHADE)
    for number in range(4):
        x = 108 + number * 40
        canvas.disc(x, 194, 16, METAL_SHADE)
        canvas.disc(x, 194, 13, METAL_LIT)
        canvas.disc(x, 194, 8, DEEP)
        canvas.disc(x, 194, 2.6, METAL_LIT)
    canvas.box(258, 184, 54, 21, METAL_SHADE, radius=3)
    canvas.shape([(262, 188), (308, 188), (308, 196), (302, 201), (268, 201), (262, 196)], BLACK)
    canvas.box(92, 130, 84, 34, DEEP, radius=3)
    canvas.box(97, 135, 74, 24, SCREEN_DEEP, radius=2)
    canvas.box(103, 140, 46, 5, SCREEN, radius=1)
    canvas.box(103, 149, 30, 5, SCREEN, radius=1)
    for number in range(4):
        canvas.box(196 + number * 29, 138, 20, 17, EDGE if number else GREEN, radius=4)
    canvas.box(178, 98, 44, 5, METAL, radius=2.5)
