"""What a command prints: results on standard output, everything else on standard error.

Three forms of the same events: lines for people, JSON Lines for programs, log lines for a daemon.
It also counts, so that the exit code follows from what was printed.
"""

import logging
import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import assert_never

import click

from scraper.cli.events import (
    NAMED,
    article_facts,
    article_line,
    iso,
    source_facts,
    source_line,
)
from scraper.cli.exits import Exit
from scraper.cli.journal import Journal
from scraper.cli.logs import json_line, one_line, without_secrets
from scraper.model import ArticleEvent, Event, SourceEvent

__all__ = ["Output", "iso"]

_log = logging.getLogger("scraper")
_BAD = frozenset(("failed", "quarantined"))
_COLOURS = {
    "archived": "green",
    "updated": "green",
    "deferred": "yellow",
    "failed": "red",
    "quarantined": "red",
}


class Output:
    """Prints events as they happen and remembers how many of each there were."""

    def __init__(self, *, as_json: bool, quiet: bool) -> None:
        self.as_json = as_json
        self.quiet = quiet
        self.logging = False  # a daemon's events are log lines
        self.is_unread = False  # whoever read the records has gone
        self._journal = Journal()
        self.sources: Counter[str] = Counter()
        self.articles: Counter[str] = Counter()
        self.followers: list[Callable[[Event], None]] = []
        self._started = time.monotonic()

    # -- events ------------------------------------------------------------------------------------

    def event(self, event: Event) -> None:
        """Print one event, in the form that was asked for."""
        match event:
            case SourceEvent():
                self.sources[event.outcome] += 1
                facts, line = source_facts(event), source_line(event)
            case ArticleEvent():
                self.articles[event.outcome] += 1
                facts, line = article_facts(event), article_line(event)
            case _:
                assert_never(event)
        if self.as_json:
            self.record(facts)
        if self.logging:
            entry = self._journal.entry(event, time.monotonic())
            _log.log(entry.level, "%s", entry.line, extra={"facts": entry.facts})
        elif event.outcome in NAMED:
            self.problem(line, event.outcome)
        elif not self.as_json:
            self.line(line, event.outcome)
        if isinstance(event, SourceEvent):
            for notice in event.notice.splitlines():
                self.notice(notice)
        for follow in self.followers:
            follow(event)

    def summary(self) -> None:
        """The last line of a run."""
        seconds = round(time.monotonic() - self._started, 3)
        if self.as_json:
            self.record(
                {
                    "event": "summary",
                    "sources": dict(self.sources),
                    "articles": dict(self.articles),
                    "seconds": seconds,
                }
            )
            return
        counted = [f"{count} {outcome}" for outcome, count in self.articles.most_common()]
        polled, failed = self.sources.total(), self.sources["failed"]
        if polled:
            counted.append(f"{polled} source{'s' * (polled > 1)} polled")
        if failed:
            counted.append(f"{failed} failed")
        self.line(f"{', '.join(counted) or 'nothing to do'} in {seconds:.1f} s")

    @property
    def exit(self) -> Exit:
        """What the events so far amount to."""
        bad = self.sources["failed"] + sum(self.articles[outcome] for outcome in _BAD)
        return Exit.TROUBLE if bad else Exit.DONE

    # -- lines -------------------------------------------------------------------------------------

    def record(self, facts: dict[str, object]) -> None:
        """One JSON object on standard output."""
        self.is_unread |= not _print(json_line(facts))

    def line(self, text: str, outcome: str = "") -> None:
        """One result for people, unless they asked for quiet or JSON."""
        if not self.quiet and not self.as_json:
            _print(one_line(text), colour=_COLOURS.get(outcome))

    def text(self, text: str) -> None:
        """Several lines of a result for people, as they are."""
        if not self.quiet and not self.as_json:
            _print(text)

    def result(self, facts: dict[str, object], line: str) -> None:
        """One result: the facts for programs or the line for people."""
        if self.as_json:
            self.record(facts)
        else:
            self.line(line)

    def refuse(self, article_id: str, reason: str) -> None:
        """Something that was asked for and cannot be done; the command will exit 1."""
        self.articles["failed"] += 1
        self.problem(f"{article_id}: {reason}")

    def log(self, message: str) -> None:
        """A line about the program itself."""
        _log.info("%s", message)

    def problem(self, text: str, outcome: str = "failed") -> None:
        """What went wrong, on standard error, whatever the form of the results."""
        _print(one_line(without_secrets(text)), err=True, colour=_COLOURS.get(outcome))

    def notice(self, text: str) -> None:
        """What an operator should know, but need not act on now."""
        if not self.quiet:
            _log.warning("%s", text)

    @property
    def on_terminal(self) -> bool:
        """Whether progress and tables have somebody to look at them."""
        return not (self.quiet or self.as_json) and sys.stderr.isatty()


def _print(text: str, *, err: bool = False, colour: str | None = None) -> bool:
    """Print a line; where nobody reads any more, the work goes on without a word.

    Gives whether somebody reads.
    """
    try:
        click.secho(text, err=err, fg=colour)
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, (sys.stderr if err else sys.stdout).fileno())
        os.close(nowhere)
        return False
    return True
