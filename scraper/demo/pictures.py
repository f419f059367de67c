"""The demo site's pictures, drawn by code: a wheel holds no photographs, and none need a licence.

PNG (ISO/IEC 15948) with 8-bit RGB pixels for the stories, SVG for the logo and the advertisements.
"""

import struct
import zlib
from dataclasses import dataclass
from functools import cache
from math import isqrt

WIDTH, HEIGHT = 640, 360

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Disc:
    """A filled circle, in pixels from the top left."""

    x: int
    y: int
    radius: int
    colour: Colour

    def span(self, y: int) -> tuple[int, int]:
        """The first column and the column after the last that it covers in row `y`."""
        half = isqrt(max(0, self.radius**2 - (y - self.y) ** 2))
        return self.x - half, self.x + half


@dataclass(frozen=True, slots=True)
class Hill:
    """A triangle that widens downwards, by default to the lower edge."""

    x: int
    y: int  # of its top
    slope: float  # columns to each side a row
    colour: Colour
    foot: int = HEIGHT  # the row after its last

    def span(self, y: int) -> tuple[int, int]:
        """The first column and the column after the last that it covers in row `y`."""
        half = int((y - self.y) * self.slope) if self.y < y < self.foot else 0
        return self.x - half, self.x + half


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle."""

    left: int
    top: int
    right: int
    bottom: int
    colour: Colour

    def span(self, y: int) -> tuple[int, int]:
        """The first column and the column after the last that it covers in row `y`."""
        return (self.left, self.right) if self.top <= y < self.bottom else (0, 0)


@dataclass(frozen=True, slots=True)
class Scene:
    """A sky that shades from top to bottom, and what stands before it, the farthest first."""

    top: Colour
    bottom: Colour
    shapes: tuple[Disc | Hill | Box, ...]


INK, WATER, WOOD = (34, 44, 52), (58, 96, 120), (92, 66, 48)
LAMP, FUR = (255, 206, 112), (226, 150, 74)

SCENES = {
    "bridge": Scene(
        (24, 30, 62),
        (120, 92, 112),
        (
            Hill(430, 90, 1.6, (44, 52, 70)),
            Box(0, 270, WIDTH, HEIGHT, (36, 52, 80)),
            Box(0, 226, WIDTH, 240, WOOD),
            *(Box(x, 240, x + 12, 300, WOOD) for x in range(40, WIDTH, 110)),
            *(Disc(x, 214, 9, LAMP) for x in range(20, WIDTH, 55)),
        ),
    ),
    "lake": Scene(
        (176, 208, 220),
        (250, 226, 196),
        (
            Disc(470, 150, 44, (255, 240, 200)),
            Hill(170, 110, 1.9, (108, 136, 128)),
            Hill(520, 160, 2.2, (86, 116, 108)),
            Box(0, 240, WIDTH, HEIGHT, WATER),
            *(Box(x, 180 + x % 37, x + 4, 300, (70, 92, 50)) for x in range(8, 210, 17)),
            *(Disc(x, 286, 13, INK) for x in (330, 378, 414)),
        ),
    ),
    "station": Scene(
        (96, 156, 206),
        (214, 232, 240),
        (
            Disc(520, 80, 36, (255, 244, 214)),
            Hill(300, 190, 2.4, (104, 148, 82)),
            Box(296, 60, 304, 260, WOOD),
            Box(262, 66, 338, 72, INK),
            Disc(262, 69, 12, (206, 92, 66)),
            Disc(338, 69, 12, (206, 92, 66)),
            Box(380, 210, 416, 266, (236, 236, 230)),
        ),
    ),
    "cat": Scene(
        (238, 214, 178),
        (214, 176, 136),
        (
            Disc(400, 226, 70, FUR),
            Box(0, 280, WIDTH, HEIGHT, WOOD),
            Box(90, 250, 300, 280, (150, 62, 54)),
            Box(110, 224, 280, 250, (62, 92, 120)),
            Hill(356, 84, 0.5, FUR, 120),
            Hill(416, 84, 0.5, FUR, 120),
            Disc(386, 142, 46, (240, 232, 220)),
            Disc(370, 136, 6, INK),
            Disc(402, 136, 6, INK),
            Disc(386, 156, 5, (206, 112, 112)),
        ),
    ),
    "ferry": Scene(
        (246, 198, 150),
        (252, 232, 204),
        (
            Disc(150, 190, 52, (255, 224, 150)),
            Hill(560, 130, 1.7, (128, 140, 136)),
            Box(0, 250, WIDTH, HEIGHT, WATER),
            Box(250, 222, 480, 268, (244, 244, 238)),
            Box(280, 186, 430, 222, (70, 130, 110)),
            *(Disc(x, 204, 9, (250, 246, 226)) for x in range(300, 425, 30)),
        ),
    ),
}


@cache
def draw(scene: Scene) -> bytes:
    """The scene as a PNG file of WIDTH by HEIGHT pixels."""
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    rows = b"".join(b"\0" + _row(scene, y) for y in range(HEIGHT))
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def draw_label(text: str, background: str, size: tuple[int, int]) -> bytes:
    """An SVG file of the size in pixels, with a line of plain text in its middle."""
    width, height = size
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<rect width="100%" height="100%" rx="6" fill="{background}"/>'
        f'<text x="50%" y="50%" fill="#fff" font-size="{height // 2}" text-anchor="middle" '
        f'dominant-baseline="central">{text}</text></svg>'
    ).encode()


def _row(scene: Scene, y: int) -> bytes:
    row = bytearray(bytes(_shade(scene, y)) * WIDTH)
    for shape in scene.shapes:
        left, right = (min(max(column, 0), WIDTH) for column in shape.span(y))
        row[3 * left : 3 * right] = bytes(shape.colour) * (right - left)
    return bytes(row)


def _shade(scene: Scene, y: int) -> tuple[int, ...]:
    pairs = zip(scene.top, scene.bottom, strict=True)
    return tuple(top + (bottom - top) * y // HEIGHT for top, bottom in pairs)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
