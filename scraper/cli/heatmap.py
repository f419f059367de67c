"""Coverage as a map for the terminal: a line a day, a character an hour (UTC), with numbers.

The characters alone say it; colour only helps.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

import click

from scraper.protocol.coverage import HOUR, WINDOWS, Tally, by_day
from scraper.protocol.gaps import Span

DAYS = 14
NOTHING, UNKNOWN, ALL = "·", "?", "█"
LEGEND = (
    "· nothing listed  ░ less than a third archived  ▒ than two thirds  ▓ than all  █ all of it"
    "  ? nobody looked"
)
_PARTS = ((1 / 3, "░"), (2 / 3, "▒"), (1.0, "▓"))
_COLOURS = {"░": "red", "▒": "yellow", "▓": "yellow", ALL: "green", UNKNOWN: "red"}
_RULER = "".join(f"{hour:02}".ljust(6) for hour in (0, 6, 12, 18)).rstrip()


def lines(
    tallies: Iterable[Tally], gaps: Sequence[Span], now: datetime, *, colour: bool
) -> Iterator[str]:
    """The map of one source for the last two weeks, the newest day first."""
    days = by_day(tallies)
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    yield f"            {_RULER}        archived/listed"
    for number in range(DAYS):
        day = today - timedelta(days=number)
        found = days.get(day, [])
        hours = {one.at: one for one in found if not one.whole_day}
        times = [day + hour * HOUR for hour in range(24)]
        cells = "".join(_cell(hours.get(at), at, gaps) for at in times)
        total = f"{sum(one.archived for one in found)}/{sum(one.listed for one in found)}"
        yield f"{day:%Y-%m-%d}  {_coloured(cells) if colour else cells}  {total:>7}"


def percentages(shares: dict[str, float]) -> str:
    """The shares of 24 hours, 7 and 30 days, as people read them; never 100 % for less."""
    return "   ".join(f"{name} {percent(shares.get(name))}" for name in WINDOWS)


def percent(share: float | None) -> str:
    """A share in whole per cent, rounded down: 100 % is all of it."""
    return "-" if share is None else f"{int(share * 100)} %"


def _cell(tally: Tally | None, at: datetime, gaps: Sequence[Span]) -> str:
    if tally is None:
        in_gap = any(gap.begins < at + HOUR and at < gap.ends for gap in gaps)
        return UNKNOWN if in_gap else NOTHING
    return next((sign for bound, sign in _PARTS if tally.share < bound), ALL)


def _coloured(cells: str) -> str:
    return "".join(
        click.style(cell, fg=_COLOURS[cell]) if cell in _COLOURS else cell for cell in cells
    )
