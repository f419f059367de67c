"""A progress bar for work that is counted: so many of so many files."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from scraper.cli.output import Output


@contextmanager
def counted(output: Output, what: str) -> Iterator[Callable[[int, int], None]]:
    """Gives what is to be called with how many are done, and of how many.

    It shows a bar on standard error while the context lasts, if that is a terminal.
    """
    if not output.on_terminal:
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)

        def advance(done: int, total: int) -> None:
            if not done % 100 or done == total:
                bar.update(task, completed=done, total=total)

        yield advance
