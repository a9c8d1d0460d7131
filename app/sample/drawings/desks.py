"""Desks for sound and light."""

from app.sample.drawings.canvas import (
    AMBER,
    BASE,
    DEEP,
    EDGE,
    GLASS,
    GLASS_DEEP,
    GREEN,
    LIT,
    METAL_LIT,
    METAL_SHADE,
    RED,
    SCREEN,
    SCREEN_DEEP,
    Canvas,
)


def mixing_desk(canvas: Canvas) -> None:
    """A digital mixing desk: screen above, rows of knobs, a long bank of faders."""
    canvas.shadow(200, 262, 184)
    canvas.shape([(52, 60), (348, 60), (366, 140), (34, 140)], EDGE)
    canvas.shape([(60, 66), (340, 66), (356, 136), (44, 136)], LIT)
    canvas.shape([(140, 70), (260, 70), (268, 132), (132, 132)], DEEP)
    canvas.shape([(146, 75), (254, 75), (261, 127), (139, 127)], SCREEN_DEEP)
    canvas.line(
        [(146, 118), (160, 116), (176, 96), (190, 108), (206, 84), (222, 102), (240, 98), (254, 114)],
        2.4,
        SCREEN,
    )
    canvas.lines((((148, y), (254, y)) for y in (88, 103)), 0.8, GLASS)
    for side, start in ((0, 70), (1, 280)):
        for row in range(3):
            for column in range(3):
                x = start + column * 21 + (row * -3.5 if side == 0 else row * 3.5)
                canvas.disc(x, 82 + row * 19, 6.4, DEEP)
                canvas.disc(x, 81 + row * 19, 4.6, (GREEN, AMBER, GLASS)[row])
    canvas.shape([(34, 140), (366, 140), (386, 246), (14, 246)], LIT)
    canvas.shape([(34, 140), (366, 140), (367, 147), (33, 147)], EDGE)
    canvas.box(14, 244, 372, 17, BASE, radius=5)
    for number in range(17):
        x = 44 + number * 19.4
        lean = (x - 200) * 0.045
        canvas.box(x - 5 + lean * 0.2, 154, 11, 6, GREEN if number % 5 else AMBER, radius=1.5)
        canvas.box(x - 5 + lean * 0.3, 163, 11, 6, GLASS_DEEP, radius=1.5)
        canvas.line([(x + lean * 0.5, 178), (x + lean * 1.4, 234)], 3.4, DEEP)
        place = (number * 23 + 11) % 42 / 56
        canvas.box(x - 6 + lean * (0.5 + 0.9 * place), 178 + 56 * place, 13, 9, METAL_LIT, radius=2)
        canvas.box(x - 6 + lean * (0.5 + 0.9 * place), 181.5 + 56 * place, 13, 2, METAL_SHADE)


def console(canvas: Canvas) -> None:
    """A lighting console: two screens above faders, encoders and keys."""
    canvas.shadow(200, 262, 182)
    for x in (58, 206):
        canvas.box(x, 38, 136, 88, BASE, radius=6)
        canvas.box(x + 6, 44, 124, 76, DEEP, radius=2)
    for row in range(4):
        for column in range(7):
            fill = (SCREEN, GLASS, SCREEN_DEEP, GLASS_DEEP)[(row * 3 + column * 5) % 4]
            canvas.box(69 + column * 16.4, 50 + row * 16.6, 13.6, 13, fill, radius=1.5)
    for row in range(5):
        canvas.box(218, 50 + row * 13, 44, 8, GLASS_DEEP if row % 2 else SCREEN_DEEP, radius=1.5)
    canvas.line([(272, 110), (288, 84), (300, 96), (314, 62), (326, 72)], 2.5, AMBER)
    canvas.shape([(40, 124), (360, 124), (384, 244), (16, 244)], LIT)
    canvas.shape([(40, 124), (360, 124), (362, 134), (38, 134)], EDGE)
    canvas.box(16, 242, 368, 18, BASE, radius=5)
    for number in range(10):
        x = 52 + number * 16.4
        canvas.box(x, 168, 4, 58, DEEP, radius=2)
        knob = 172 + (number * 17) % 39
        canvas.box(x - 4, knob, 12, 8, METAL_LIT, radius=2)
        canvas.box(x - 4, 144, 12, 9, GLASS_DEEP, radius=2)
        canvas.box(x - 4, 156, 12, 6, (GREEN, AMBER, EDGE, EDGE)[number % 4], radius=2)
    for row in range(4):
        for column in range(6):
            canvas.box(228 + column * 17, 178 + row * 13, 13, 9, EDGE, radius=2)
    canvas.box(228 + 85, 178 + 39, 13, 9, RED, radius=2)
    for number in range(5):
        canvas.disc(236 + number * 21.5, 156, 8, DEEP)
        canvas.disc(236 + number * 21.5, 155, 6, METAL_SHADE)
