"""What goes into a 19-inch rack."""

import math

from app.sample.drawings.canvas import (
    AMBER,
    BASE,
    BLACK,
    DEEP,
    EDGE,
    GREEN,
    GROUND,
    LIT,
    METAL,
    METAL_LIT,
    METAL_SHADE,
    RED,
    SCREEN,
    SCREEN_DEEP,
    SHADE,
    Canvas,
)


def rack_panel(canvas: Canvas, y: float, height: float) -> None:
    """A 19-inch front with its ears and the holes for the screws."""
    canvas.box(20, y, 360, height, BASE, radius=4)
    canvas.box(44, y, 312, height, LIT)
    canvas.box(44, y + height / 2, 312, height / 2, SHADE)
    for x in (32, 368):
        for hole in (y + 13, y + height - 13):
            canvas.box(x - 6, hole - 3.5, 12, 7, GROUND, radius=3.5)


def radio_receiver(canvas: Canvas) -> None:
    """A four-channel receiver in one rack unit, two antennas up."""
    canvas.shadow(200, 232, 184)
    for x in (70, 330):
        canvas.line([(x, 150), (x, 52)], 7, BASE)
        canvas.box(x - 8, 132, 16, 24, METAL_SHADE, radius=3)
        canvas.disc(x, 54, 5, EDGE)
    rack_panel(canvas, 150, 78)
    canvas.box(60, 164, 50, 50, DEEP, radius=4)
    canvas.box(66, 170, 38, 30, SCREEN_DEEP, radius=2)
    canvas.box(70, 175, 22, 5, SCREEN, radius=1)
    canvas.box(70, 184, 14, 5, SCREEN, radius=1)
    for channel in range(4):
        x = 122 + channel * 46
        canvas.box(x, 164, 38, 50, DEEP, radius=4)
        for step in range(6):
            fill = RED if step == 0 else AMBER if step == 1 else GREEN if step > 1 + channel % 3 else EDGE
            canvas.box(x + 6, 169 + step * 6.8, 8, 4.4, fill, radius=1)
        canvas.box(x + 19, 169, 14, 16, SCREEN_DEEP, radius=1.5)
        canvas.disc(x + 26, 200, 7, METAL_SHADE)
        canvas.disc(x + 26, 199, 5, METAL)
    canvas.disc(328, 189, 15, DEEP)
    canvas.disc(328, 188, 12, METAL_SHADE)
    canvas.line([(328, 188), (328, 178)], 2.5, METAL_LIT)


def amplifier(canvas: Canvas) -> None:
    """A two-unit amplifier with fan grilles and channel meters."""
    canvas.shadow(200, 222, 184)
    rack_panel(canvas, 102, 116)
    for x in (56, 264):
        canvas.box(x, 116, 80, 88, DEEP, radius=4)
        canvas.lines((((x + 10, y), (x + 70, y)) for y in range(126, 200, 9)), 3.4, EDGE)
    canvas.box(148, 116, 104, 50, DEEP, radius=4)
    canvas.box(154, 122, 92, 38, SCREEN_DEEP, radius=2)
    for channel, level in enumerate((14, 22, 18, 9)):
        canvas.box(162 + channel * 20, 152 - level, 12, level + 3, SCREEN, radius=1)
        canvas.box(150 + channel * 18, 174, 13, 9, GREEN if channel else AMBER, radius=2)
        canvas.box(150 + channel * 18, 188, 13, 9, EDGE, radius=2)
    canvas.disc(236, 186, 14, BLACK)
    canvas.disc(236, 185, 11, METAL_SHADE)
    canvas.line([(236, 185), (243, 178)], 2.4, METAL_LIT)


def stagebox(canvas: Canvas) -> None:
    """A stage box full of XLR sockets."""
    canvas.shadow(200, 254, 184)
    rack_panel(canvas, 66, 184)
    for row in range(4):
        for column in range(8):
            x, y = 78 + column * 31.5, 94 + row * 37
            canvas.disc(x, y, 14.5, METAL_SHADE)
            canvas.disc(x, y, 12, DEEP)
            for angle in (-90, 30, 150):
                pin = math.radians(angle)
                canvas.disc(x + 5.2 * math.cos(pin), y + 5.2 * math.sin(pin), 1.9, METAL)
    canvas.box(332, 84, 16, 148, DEEP, radius=3)
    for step, fill in enumerate((GREEN, GREEN, GREEN, GREEN, GREEN, AMBER, GREEN, GREEN)):
        canvas.box(336, 90 + step * 17.6, 8, 8, fill, radius=2)
