"""Whether received bytes are a picture that may be kept, and of which type.

By its first bytes, whatever a server calls it: JPEG, PNG, GIF, WebP or AVIF. SVG, which may hold
scripts, is none. Then Pillow decodes all of it, under the limits of a worker process; what is kept
are the bytes as they came.
"""

import io
import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

MAX_PIXELS: Final = 50_000_000  # of one frame: beyond the cameras of the press
MAX_FRAMES: Final = 2_000

_FORMATS: Final = {"jpg": "JPEG", "png": "PNG", "gif": "GIF", "webp": "WEBP", "avif": "AVIF"}
# what Pillow raises for files that are not what they say, by its documentation and by fuzzing
_BROKEN: Final = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class Raster:
    """A picture that could be decoded; `extension` is that of its real type."""

    extension: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Unfit:
    """Bytes that are not kept as a picture."""

    reason: str


def extension_of(data: bytes) -> str:
    """What a picture's first bytes say of its type; "" for anything else."""
    if data.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "webp"
    return "avif" if data[4:12] in (b"ftypavif", b"ftypavis") else ""


def examine(data: bytes, max_pixels: int = MAX_PIXELS) -> Raster | Unfit:
    """Decode a picture, every frame of it; for a process that may be killed."""
    extension = extension_of(data)
    if not extension:
        return Unfit("is no JPEG, PNG, GIF, WebP or AVIF picture")
    from PIL import Image  # noqa: PLC0415  # an extra, and only where pictures are saved

    Image.MAX_IMAGE_PIXELS = None  # the bound is ours, and an outcome
    try:
        with Image.open(io.BytesIO(data), formats=(_FORMATS[extension],)) as image:
            size = image.size
            if size[0] * size[1] > max_pixels:
                sides = f"{size[0]:,} × {size[1]:,} pixels"
                return Unfit(f"has {sides}, more than the {max_pixels:,} that are decoded")
            return _decoded(image, extension)
    except _BROKEN as error:
        return Unfit(f"cannot be decoded: {' '.join(str(error).split()) or type(error).__name__}")


def _decoded(image: "ImageFile", extension: str) -> Raster | Unfit:
    frames = getattr(image, "n_frames", 1)
    if frames > MAX_FRAMES:
        return Unfit(f"has {frames:,} frames, more than the {MAX_FRAMES:,} that are decoded")
    for number in range(frames):
        image.seek(number)
        image.load()
    return Raster(extension, *image.size)
