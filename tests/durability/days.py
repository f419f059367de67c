"""What a site does on its days, the same each time: new stories, edits, withdrawals and returns.

Each step has one instant, for the site and for the program: so an archive that was disturbed can be
compared byte for byte with one that was not.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.site_replica import Replica

_WAYS: tuple[object, ...] = (404, 410, "200soft", "unrelated")


@dataclass(frozen=True)
class Step:
    """Something happens, and then the program runs."""

    at: datetime
    deeds: tuple[tuple[str, dict[str, Any]], ...] = ()


def plan_days(stories: Sequence[dict[str, Any]]) -> tuple[Step, ...]:
    """The steps of a site with these stories, the newest first: all of them published or not.

    1: new stories, first edits, pages gone missing; 2: a second edit, one more missing; 3: missing
    for more than a day, which is a withdrawal; 4: they return, one of them edited.
    """
    few = max(1, len(stories) // 6)
    ids = [story["id"] for story in stories]
    new, edited, gone, passing = ids[:few], ids[few : 2 * few], ids[2 * few : 3 * few], ids[-1]
    newest, last_old = (datetime.fromisoformat(stories[n]["published_iso"]) for n in (0, few))
    first = newest + timedelta(hours=1)
    away = [("withdraw", {"id": one, "status": _WAYS[n % 4]}) for n, one in enumerate(gone)]
    back = [("restore", {"id": one}) for one in gone]
    if passing in (*new, *edited, *gone):
        missed: list[tuple[str, dict[str, Any]]] = []
    else:
        missed = [("withdraw", {"id": passing, "status": 404})]
    titled = ("edit", {"id": edited[-1], "title": "改过的标题：第一次"})
    return (
        Step(last_old + timedelta(seconds=1)),
        Step(first, (*_appended(edited, "更正：较早前的版本有误。"), titled, *away)),
        Step(first + timedelta(hours=12), (*_appended(edited[:1], "警方稍后证实。"), *missed)),
        Step(
            first + timedelta(hours=25),
            (
                *_appended(edited, "另有三人受伤。"),
                *(("restore", {"id": deed["id"]}) for _, deed in missed),
            ),
        ),
        Step(first + timedelta(hours=30), (*back, *_appended(gone[:1], "重新上线。"))),
    )


def _appended(ids: Sequence[str], text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for one in ids:
        yield "edit", {"id": one, "append_paragraph": text}


@dataclass
class Site:
    """A site, its days, and how far they have come."""

    replica: Replica
    steps: tuple[Step, ...] = ()
    now: int = field(default=-1)

    def __post_init__(self) -> None:
        newest = sorted(self.replica.truth().values(), key=lambda s: str(s["published_iso"]))[::-1]
        self.steps = plan_days(newest)

    @property
    def url(self) -> str:
        """The list of all its stories."""
        return self.replica.url + "/sitemap.xml"

    def go(self, number: int) -> datetime:
        """Let the days come as far as a step, from the start where they are past it."""
        if number < self.now:
            self.replica.control("reset")
            self.now = -1
        while self.now < number:
            self.now += 1
            step = self.steps[self.now]
            self.replica.control("clock", now=step.at.isoformat())
            for action, data in step.deeds:
                self.replica.control(action, **data)
        return self.steps[number].at
