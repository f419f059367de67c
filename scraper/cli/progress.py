"""A progress bar for people who look on: how many of the wanted articles are done."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from scraper.cli.output import Output
from scraper.model import ArticleEvent, Event, SourceEvent

if TYPE_CHECKING:
    from rich.progress import Progress


@contextmanager
def shown(output: Output, total: int = 0) -> Iterator[None]:
    """Show a bar on standard error while the context lasts, if that is a terminal.

    Polled sources add what they found new to the total; every article's end moves the bar on.
    """
    if not output.on_terminal:
        yield
        return
    with _bar() as bar:
        task = bar.add_task("articles", total=total or None)
        counted = total

        def follow(event: Event) -> None:
            nonlocal counted
            if isinstance(event, SourceEvent):
                counted += event.new
                bar.update(task, total=counted)
            elif isinstance(event, ArticleEvent):
                bar.advance(task)

        output.followers.append(follow)
        try:
            yield
        finally:
            output.followers.remove(follow)


@contextmanager
def counted(output: Output, what: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar on standard error, if that is a terminal; gives the function that moves it on."""
    if not output.on_terminal:
        yield lambda _count: None
        return
    with _bar() as bar:
        task = bar.add_task(what, total=total)
        yield lambda count: bar.advance(task, count)


def _bar() -> "Progress":
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    both = sys.stdout.isatty()  # lines of a terminal go above the bar, those of a pipe stay apart
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=both,
        redirect_stderr=True,
    )
