"""The comparison of extractors as a picture: what each one finds, and how fast.

SVG 1.1 with a style sheet that follows the reader's light or dark scheme; it paints its own
background, so that it stays readable on pages that do not.
"""

import math
from collections.abc import Iterator, Sequence
from html import escape

from bench.extraction import LANGUAGES, SETS, Standing
from bench.extractors import FLOOR, OURS

WIDTH, TOP, ROW, FOOT = 900, 96, 40, 44
LEFT, MIDDLE, RIGHT = 190, 500, 830  # where the dots begin and end, and where the bars end
BARS = MIDDLE + 50
LANGUAGE_NAMES = {"en": "English", "zh": "Chinese"}
LIGHT = {
    "aeb": "#0969da", "fus": "#74bbff", "zhds": "#bc4c00", "gne": "#f29d5c",
    "ink": "#1f2328", "faint": "#59636e", "line": "#d8dee4", "paper": "#ffffff", "band": "#eaf2fc",
}  # fmt: skip
DARK = {
    "aeb": "#388bfd", "fus": "#a5d6ff", "zhds": "#db6d28", "gne": "#ffc680",
    "ink": "#e6edf3", "faint": "#9198a1", "line": "#30363d", "paper": "#0d1117", "band": "#172235",
}  # fmt: skip
FONT = 'system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif'


def style() -> str:
    """The style sheet. Colours are spelt out for each scheme: not every viewer knows variables."""
    return f"""
text {{ font-family: {FONT}; font-size: 13px; }}
.head {{ font-size: 15px; font-weight: 600; }} .ours {{ font-weight: 700; }}
.small {{ font-size: 12px; }} .end {{ text-anchor: end; }} .mid {{ text-anchor: middle; }}
{_colours(LIGHT)}
@media (prefers-color-scheme: dark) {{
{_colours(DARK)}
}}
"""


def _colours(scheme: dict[str, str]) -> str:
    fills = " ".join(f".{name} {{ fill: {colour}; }}" for name, colour in scheme.items())
    strokes = " ".join(f".{name} {{ stroke: {scheme[name]}; }}" for name in ("line", "paper"))
    marks = f"circle {{ stroke: {scheme['paper']}; stroke-width: 1.5; }}"
    return f"text {{ fill: {scheme['ink']}; }} {fills} {strokes} {marks}"


def text(x: float, y: float, words: str, style: str = "") -> str:
    """A line of text."""
    return f'<text x="{x:g}" y="{y:g}" class="{style}">{escape(words)}</text>'


def dot(x: float, y: float, style: str) -> str:
    """A mark in the colour of a set."""
    return f'<circle cx="{x:.1f}" cy="{y:g}" r="6" class="{style}"/>'


def line(x: float, y: float, to: tuple[float, float], style: str) -> str:
    """A straight line."""
    return f'<line x1="{x:.1f}" y1="{y:g}" x2="{to[0]:.1f}" y2="{to[1]:g}" class="{style}"/>'


def rectangle(corner: tuple[float, float], size: tuple[float, float], style: str) -> str:
    """A bar, a band or the paper."""
    return (
        f'<rect x="{corner[0]:g}" y="{corner[1]:g}" width="{size[0]:.1f}" height="{size[1]:g}"'
        f' rx="3" class="{style}"/>'
    )


def draw(standings: Sequence[Standing]) -> str:
    """The whole picture; parsing alone is no extractor and becomes a remark."""
    rows = [standing for standing in standings if standing.name != FLOOR]
    floor = next((standing for standing in standings if standing.name == FLOOR), None)
    height = TOP + ROW * len(rows) + FOOT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        "<title>F1 and speed of article extractors on the same pages</title>",
        f"<style>{style()}</style>",
        rectangle((0.5, 0.5), (WIDTH - 1, height - 1), "paper"),
        *_bands(rows),
        *_accuracy(rows),
        *_speed(rows),
        *_remark(floor, height),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _centre(place: int) -> float:
    return TOP + ROW * (place + 0.5)


def _bands(rows: Sequence[Standing]) -> Iterator[str]:
    for place, standing in enumerate(rows):
        ours = standing.name == OURS
        if ours:
            yield rectangle((8, _centre(place) - ROW / 2), (WIDTH - 16, ROW), "band")
        yield text(24, _centre(place) + 4, standing.name, "ours" if ours else "")


def _accuracy(rows: Sequence[Standing]) -> Iterator[str]:
    """A dot for each set; the scale begins at the tenth below the worst."""
    worst = min(score for standing in rows for score in standing.f1.values())
    low = min(math.floor(worst * 10), 9)
    yield text(LEFT, 34, "F1 against hand-made text", "head")
    for place, name in enumerate(SETS):
        left = LEFT + 6 + 76 * place
        yield from (dot(left, 56, name), text(left + 12, 60, name, "small faint"))

    def across(score: float) -> float:
        return LEFT + (MIDDLE - LEFT) * (score - low / 10) / (1 - low / 10)

    for tenth in range(low, 11):
        x = across(tenth / 10)
        yield line(x, TOP - 8, (x, TOP + ROW * len(rows)), "line")
        yield text(x, TOP - 13, f"{tenth / 10:.1f}", "small faint mid")
    for place, standing in enumerate(rows):
        found = [across(score) for score in standing.f1.values()]
        yield line(min(found), _centre(place), (max(found), _centre(place)), "line")
        yield from (
            dot(across(standing.f1[n]), _centre(place), n) for n in SETS if n in standing.f1
        )


def _speed(rows: Sequence[Standing]) -> Iterator[str]:
    """A bar for each language, all on one scale from zero."""
    fastest = max(rate for standing in rows for rate in standing.rate.values())
    yield text(BARS, 34, "Speed: pages per CPU-second", "head")
    for place, (language, sets) in enumerate(LANGUAGES.items()):
        left = BARS + 100 * place
        yield rectangle((left, 50), (12, 12), sets[0])
        yield text(left + 18, 60, LANGUAGE_NAMES[language], "small faint")
    for place, standing in enumerate(rows):
        for below, (language, rate) in enumerate(standing.rate.items()):
            length = (RIGHT - BARS) * rate / fastest
            y = _centre(place) - 14.0 + 15.0 * below
            yield rectangle((BARS, y), (length, 12), LANGUAGES[language][0])
            yield text(BARS + length + 6, y + 10.5, f"{rate:.0f}", "small faint")


def _remark(floor: Standing | None, height: float) -> Iterator[str]:
    if floor:
        words = " and ".join(
            f"{rate:.0f} {LANGUAGE_NAMES[language]}" for language, rate in floor.rate.items()
        )
        yield text(WIDTH - 24, height - 16, f"Parsing alone: {words} pages.", "small faint end")
