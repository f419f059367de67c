"""What a daemon held over time as a picture: a line each, from zero, with its highest value."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.chart import WIDTH, line, rectangle, style, text

LEFT, RIGHT, TOP, ROW, FOOT = 190, 830, 60, 90, 40
SHOWN = {
    "megabytes": ("memory, MB", "all processes"),
    "descriptors": ("file descriptors", "of the daemon"),
    "threads": ("threads", "of the daemon"),
    "tasks": ("tasks", "of the event loop"),
}


@dataclass(frozen=True, slots=True)
class Sample:
    """What the daemon and its workers held at a moment, `at` seconds after the start."""

    at: float
    megabytes: float
    descriptors: int
    threads: int
    tasks: float
    cpu_seconds: float


def draw(samples: Sequence[Sample]) -> str:
    """The picture as SVG 1.1."""
    shown = {n: words for n, words in SHOWN.items() if max(getattr(s, n) for s in samples) >= 0}
    height = TOP + ROW * len(shown) + FOOT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        "<title>What the daemon held under load</title>",
        f"<style>{style()} polyline {{ fill: none; stroke: #0969da; stroke-width: 1.5; }}</style>",
        rectangle((0.5, 0.5), (WIDTH - 1, height - 1), "paper"),
        text(24, 34, "What the daemon held under load", "head"),
    ]
    for place, (name, words) in enumerate(shown.items()):
        values = [float(getattr(sample, name)) for sample in samples]
        parts += _row(TOP + ROW * place, words, values)
    minutes = samples[-1].at / 60
    parts += [text(LEFT, height - 14, "0", "small faint")]
    parts += [text(RIGHT, height - 14, f"{minutes:.0f} minutes", "small faint end"), "</svg>"]
    return "\n".join(parts) + "\n"


def _row(top: float, words: tuple[str, str], values: Sequence[float]) -> Iterator[str]:
    highest, low = max(values) or 1, top + ROW - 16
    yield text(24, top + 36, words[0], "ours")
    yield text(24, top + 54, words[1], "small faint")
    yield line(LEFT, low, (RIGHT, low), "line")
    step = (RIGHT - LEFT) / max(len(values) - 1, 1)
    points = " ".join(
        f"{LEFT + step * place:.1f},{low - (ROW - 30) * value / highest:.1f}"
        for place, value in enumerate(values)
    )
    yield f'<polyline points="{points}"/>'
    yield text(RIGHT + 8, low - ROW + 36, f"{highest:,.0f}", "small faint")
