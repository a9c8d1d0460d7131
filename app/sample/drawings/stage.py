"""What carries, feeds and packs a show."""

import math

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
    GROUND,
    LIT,
    METAL,
    METAL_LIT,
    METAL_SHADE,
    RED,
    SCREEN,
    SHADE,
    SHADOW,
    Canvas,
    arc,
    curve,
)

_PLY = "#b98f5f"
_CANISTER = "#d2dae6"
_CANISTER_SHADE = "#bdc7d6"


def chain_hoist(canvas: Canvas) -> None:
    """An electric chain hoist that hangs body up, its bag beside it."""
    canvas.line(arc(200, 20, 13, 13, (-200, 60)), 7, METAL_SHADE)
    canvas.box(190, 32, 20, 20, METAL, radius=4)
    canvas.body(102, 50, 196, 92, radius=14)
    canvas.box(102, 50, 42, 92, BASE, radius=14)
    canvas.box(126, 50, 18, 92, BASE)
    canvas.box(256, 50, 18, 92, BASE)
    canvas.box(272, 50, 26, 92, BASE, radius=12)
    canvas.lines((((158 + step * 11, 66), (158 + step * 11, 126)) for step in range(9)), 4, "#1e2127")
    canvas.box(166, 84, 68, 24, AMBER, radius=3)
    canvas.box(174, 91, 52, 4, "#6f5020", radius=2)
    canvas.box(174, 98, 34, 4, "#6f5020", radius=2)
    canvas.box(178, 140, 44, 16, METAL_SHADE, radius=4)
    for step in range(9):
        y = 162 + step * 9.5
        if step % 2:
            canvas.oval(192, y, 2, 6.5, METAL_SHADE)
        else:
            canvas.oval(192, y, 4.4, 6.5, METAL_SHADE)
            canvas.oval(192, y, 1.9, 3.6, GROUND)
    canvas.box(180, 242, 24, 18, AMBER, radius=5)
    canvas.line(arc(192, 272, 12, 12, (-70, 170)), 6, METAL_SHADE)
    canvas.shape([(216, 156), (268, 156), (262, 244), (222, 244)], "#4a4f5a")
    canvas.shape([(242, 156), (268, 156), (262, 244), (242, 244)], "#3c414b")
    canvas.box(212, 150, 60, 10, BASE, radius=4)
    canvas.line([(276, 142), (290, 176), (288, 214)], 4, BASE)
    canvas.box(281, 212, 14, 34, RED, radius=4)


def truss(canvas: Canvas) -> None:
    """A length of square truss."""
    canvas.shadow(200, 226, 178)
    back = ((52, 92), (372, 92), (52, 158), (372, 158))
    canvas.lines(((back[0], back[1]), (back[2], back[3])), 6, METAL_SHADE)
    for bay in range(6):
        x = 52 + bay * 160 / 3
        canvas.line([(x, 92), (x + 80 / 3, 158)], 3.4, METAL_SHADE)
        canvas.line([(x + 80 / 3, 158), (x + 160 / 3, 92)], 3.4, METAL_SHADE)
    for x in (28, 340):
        canvas.lines((((x, 128), (x + 28, 92)), ((x, 210), (x + 28, 158))), 4, METAL_SHADE)
        canvas.line([(x, 128), (x, 210)], 5, METAL)
    for bay in range(6):
        x = 28 + bay * 52
        canvas.line([(x, 128), (x + 26, 210)], 5, METAL)
        canvas.line([(x + 26, 210), (x + 52, 128)], 5, METAL)
    for y in (128, 210):
        canvas.line([(22, y), (346, y)], 11, METAL)
        canvas.line([(22, y - 2), (346, y - 2)], 4, METAL_LIT)
        for x in (16, 340):
            canvas.box(x - 2, y - 8, 16, 16, METAL_SHADE, radius=3)


def shackle(canvas: Canvas) -> None:
    """A bow shackle."""
    canvas.shadow(214, 250, 96, 7)
    canvas.line([(166, 204), *arc(200, 112, 70, 68, (142, 398)), (234, 204)], 23, METAL_SHADE)
    canvas.line([(163, 202), *arc(200, 110, 70, 68, (142, 398)), (231, 202)], 13, METAL)
    canvas.line(arc(196, 106, 68, 66, (186, 262)), 5, METAL_LIT)
    for x in (164, 236):
        canvas.disc(x, 216, 25, METAL_SHADE)
        canvas.disc(x - 2, 214, 20, METAL)
    canvas.box(136, 207, 128, 18, AMBER, radius=6)
    canvas.box(136, 207, 128, 7, "#f0c47a", radius=3)
    canvas.disc(282, 216, 21, AMBER)
    canvas.disc(280, 214, 16, "#f0c47a")
    canvas.disc(282, 216, 8, GROUND)


def deck(canvas: Canvas) -> None:
    """A stage deck on its legs."""
    canvas.shadow(200, 262, 176)
    for x, foot in ((116, 212), (340, 212)):
        canvas.line([(x, 140), (x, foot)], 9, METAL_SHADE)
    for x in (42, 276):
        canvas.box(x, 180, 13, 76, METAL, radius=2)
        canvas.box(x, 180, 5, 76, METAL_LIT, radius=2)
        canvas.box(x - 5, 250, 23, 9, BASE, radius=3)
    canvas.shape([(30, 160), (104, 96), (372, 96), (300, 160)], LIT)
    canvas.shape([(42, 157), (107, 100), (362, 100), (298, 157)], EDGE)
    for step in range(1, 6):
        across = step / 6
        canvas.line([(42 + across * 256, 157), (107 + across * 255, 100)], 0.9, LIT)
    canvas.box(30, 160, 270, 24, METAL, radius=2)
    canvas.box(30, 160, 270, 7, METAL_LIT, radius=2)
    canvas.shape([(300, 160), (372, 96), (372, 119), (300, 184)], METAL_SHADE)
    canvas.box(36, 170, 258, 6, _PLY)


def microphone_stand(canvas: Canvas) -> None:
    """A tripod with its boom."""
    canvas.shadow(180, 284, 92, 6)
    for foot, tip in ((96, 88), (264, 272)):
        canvas.line([(180, 232), (foot, 281)], 7, BASE)
        canvas.line([(foot, 281), (tip, 283)], 8, BLACK)
    canvas.line([(180, 232), (180, 284)], 7, LIT)
    canvas.line([(180, 84), (180, 240)], 8, LIT)
    canvas.line([(178, 84), (178, 240)], 2, METAL_SHADE)
    canvas.box(171, 222, 18, 24, BASE, radius=5)
    canvas.box(172, 146, 16, 24, BASE, radius=5)
    canvas.line([(96, 118), (346, 34)], 6, LIT)
    canvas.line([(96, 116), (346, 32)], 1.6, METAL_SHADE)
    canvas.line([(96, 118), (124, 108.6)], 14, BASE)
    canvas.disc(180, 90, 15, BASE)
    canvas.disc(180, 90, 8, METAL_SHADE)
    canvas.line([(346, 34), (358, 30)], 9, METAL)


def distribution(canvas: Canvas) -> None:
    """A power distribution box with red inlet, blue sockets and breakers."""
    canvas.shadow(200, 274, 128)
    canvas.line([(126, 50), (126, 22), (274, 22), (274, 50)], 9, BASE)
    canvas.body(78, 42, 244, 228, radius=12)
    canvas.box(96, 60, 208, 58, DEEP, radius=5)
    for number, lever in enumerate((76, 76, 76, 76, 76, 90, 76, 76)):
        x = 105 + number * 24.4
        canvas.box(x, 70, 18, 38, METAL_LIT, radius=2)
        canvas.box(x + 5, lever, 8, 13, GLASS_DEEP if number else AMBER, radius=2)
    for x, fill, pins in ((138, RED, 5), (262, GLASS, 3)):
        canvas.disc(x, 164, 32, BASE)
        canvas.disc(x, 164, 27, fill)
        canvas.disc(x, 164, 19, DEEP)
        for number in range(pins):
            pin = math.radians(number * 360 / pins - 90)
            canvas.disc(x + 11 * math.cos(pin), 164 + 11 * math.sin(pin), 3.2, METAL)
    for column in range(4):
        x = 116 + column * 56
        canvas.box(x - 22, 210, 44, 46, BASE, radius=6)
        canvas.disc(x, 233, 17, DEEP)
        canvas.disc(x - 6, 233, 2.8, METAL)
        canvas.disc(x + 6, 233, 2.8, METAL)
    canvas.disc(200, 150, 4, GREEN)
    canvas.disc(200, 164, 4, GREEN)
    canvas.disc(200, 178, 4, GREEN)


def cable(canvas: Canvas) -> None:
    """A coil of cable with its two connectors."""
    canvas.shadow(200, 276, 172, 6)
    for radius, fill in ((110, BASE), (97, LIT), (84, SHADE), (71, EDGE), (58, GROUND)):
        canvas.disc(200, 150, radius, fill)
    for radius in (107, 94, 81, 68):
        canvas.line(arc(200, 150, radius, radius, (196, 296)), 2, METAL_SHADE)
    for angle in (218, 322, 90):
        inner, outer = arc(200, 150, 54, 52, (angle, angle))[0], arc(200, 150, 113, 109, (angle, angle))[0]
        canvas.line([inner, outer], 13, GREEN)
    for side in (-1, 1):
        x = 200 + side * 141
        ends = curve((200, 245), (200 + side * 60, 245), (200 + side * 70, 262), (x, 262))
        canvas.line(ends, 11, LIT)
        canvas.box(x - 23, 249, 46, 26, METAL, radius=5)
        canvas.box(x - 23, 249, 46, 10, METAL_LIT, radius=5)
        canvas.box(x - 30 * side - 7, 253, 14, 18, BASE, radius=4)


def flight_case(canvas: Canvas) -> None:
    """A flight case with ball corners, butterfly latches and castors."""
    canvas.shadow(200, 284, 150, 7)
    for x in (72, 312):
        canvas.box(x - 10, 246, 36, 14, METAL_SHADE, radius=3)
        canvas.disc(x + 8, 268, 14, BLACK)
        canvas.disc(x + 8, 268, 6, METAL)
    canvas.body(46, 58, 308, 190, radius=5)
    canvas.box(46, 118, 308, 9, METAL)
    canvas.box(46, 121, 308, 3, METAL_SHADE)
    for x in (46, 345):
        canvas.box(x, 58, 9, 190, METAL)
    for y in (58, 239):
        canvas.box(46, y, 308, 9, METAL)
    for x in (51, 349):
        for y in (63, 243):
            canvas.disc(x, y, 13, METAL_SHADE)
            canvas.disc(x - 1.5, y - 1.5, 10, METAL_LIT)
    for x in (112, 288):
        canvas.box(x - 19, 102, 38, 42, METAL_LIT, radius=5)
        canvas.box(x - 14, 107, 28, 32, METAL_SHADE, radius=4)
        canvas.box(x - 4, 111, 8, 24, METAL_LIT, radius=3)
    canvas.box(160, 158, 80, 54, METAL_LIT, radius=5)
    canvas.box(166, 164, 68, 42, DEEP, radius=4)
    canvas.box(170, 180, 60, 13, BASE, radius=6)
    canvas.box(66, 76, 58, 16, "#e8eaee", radius=2)
    canvas.box(71, 80, 36, 3, METAL_SHADE, radius=1)
    canvas.box(71, 86, 24, 3, METAL_SHADE, radius=1)


def tape(canvas: Canvas) -> None:
    """Two rolls of cloth tape."""
    canvas.shadow(206, 270, 150)
    for x, y, fill, lit in ((262, 168, GLASS_DEEP, GLASS), (156, 178, BASE, LIT)):
        canvas.disc(x, y, 92, fill)
        for radius in (86, 76, 66):
            canvas.line(arc(x, y, radius, radius, (190, 300)), 1.6, lit)
        canvas.disc(x, y, 50, _PLY)
        canvas.disc(x, y, 43, "#d8b98c")
        canvas.disc(x, y, 38, SHADOW if fill == BASE else BASE)
    canvas.line([(156, 270), (44, 270)], 7, BASE)
    canvas.line([(150, 267.5), (46, 267.5)], 1.4, LIT)


def batteries(canvas: Canvas) -> None:
    """Four round cells."""
    canvas.shadow(200, 262, 142)
    for number in range(4):
        x = 82 + number * 63
        canvas.box(x + 14, 46, 20, 16, METAL, radius=4)
        canvas.box(x, 56, 48, 202, BASE, radius=7)
        canvas.box(x, 64, 24, 186, LIT)
        canvas.box(x, 56, 48, 62, AMBER, radius=7)
        canvas.box(x, 100, 48, 22, AMBER)
        canvas.box(x + 6, 60, 8, 60, "#f2cd8c", radius=3)
        canvas.box(x + 6, 126, 6, 118, EDGE, radius=3)
        canvas.box(x + 2, 250, 44, 8, METAL, radius=3)
        canvas.box(x + 21, 80, 6, 20, BASE, radius=1)
        canvas.box(x + 14, 87, 20, 6, BASE, radius=1)


def canister(canvas: Canvas) -> None:
    """A canister of fluid with its label."""
    canvas.shadow(204, 280, 112)
    canvas.box(126, 34, 48, 22, RED, radius=5)
    canvas.box(132, 54, 36, 22, METAL_LIT)
    canvas.line([(212, 84), (212, 46), (288, 46), (288, 96)], 16, _CANISTER_SHADE)
    canvas.body(106, 72, 196, 204, radius=20, lit=_CANISTER, shade=_CANISTER_SHADE)
    canvas.box(122, 118, 164, 118, GLASS_DEEP, radius=5)
    canvas.box(122, 118, 164, 34, GLASS, radius=5)
    canvas.box(136, 129, 96, 11, "#f3f7fc", radius=3)
    for y, length in ((168, 130), (184, 110), (200, 124)):
        canvas.box(136, y, length, 5, GLASS_LIT, radius=2)
    canvas.box(136, 216, 70, 5, SCREEN, radius=2)
