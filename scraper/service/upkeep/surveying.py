"""Looks over the folder of an older archive: which files are posts, of which stories, and when.

Every file is looked at once and little of it is kept, so that posts of one story come together and
the posts around one say whether its feed was late.
"""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import chain
from pathlib import Path
from typing import assert_never

from scraper.adoption.instants import AROUND, Judged, judge, proven
from scraper.errors import PageLimitError
from scraper.service.upkeep.batches import answers, in_batches
from scraper.service.upkeep.posts import Named, Post, Profiles, look_at
from scraper.service.workers import Workers

LOOKED_AT = 200  # files in a batch
_SUFFIXES = (".md", ".markdown")


@dataclass(frozen=True, slots=True)
class Survey:
    """What a folder holds: its stories, the earliest first, and the files that are no posts."""

    stories: tuple[tuple[Post, ...], ...]
    named: tuple[Named, ...]
    errors: dict[date, set[timedelta]]  # of the feed, as posts of each day prove them

    def judge(self, post: Post) -> Judged:
        """The instant of a post, with what its neighbours prove."""
        day = post.stated.day
        if day is None:
            return judge(post.stated)
        days = (day + timedelta(n) for n in range(-AROUND.days, AROUND.days + 1))
        return judge(post.stated, set().union(*(self.errors.get(d, ()) for d in days)))


def find_files(root: Path, archive: Path) -> Iterator[str | Named]:
    """The posts below a folder, in order, and what else is there; the archive itself is left out.

    Symbolic links are named, not followed, and hidden folders are not entered.
    """
    for folder, folders, names in os.walk(root):
        place = Path(folder)
        for name in sorted(folders):
            why = _not_entered(place / name, archive)
            if why:
                yield Named(_relative(root, place / name), why, broken=False)
        folders[:] = sorted(n for n in folders if not _not_entered(place / n, archive))
        for name in sorted(names):
            yield _file(root, place / name)


def _not_entered(path: Path, archive: Path) -> str:
    if path.is_symlink():
        return "a symbolic link, which is not followed"
    if path.resolve() == archive.resolve():
        return "the archive itself"
    return "a hidden folder" if path.name.startswith(".") else ""


def _file(root: Path, path: Path) -> str | Named:
    name = _relative(root, path)
    if path.is_symlink():
        return Named(name, "a symbolic link, which is not followed", broken=False)
    if path.suffix.lower() not in _SUFFIXES:
        return Named(name, "no post: its name does not end in .md", broken=False)
    return name


def _relative(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()


async def survey(
    root: Path, found: Iterable[str | Named], profiles: Profiles, workers: Workers
) -> Survey:
    """Look at every file once."""
    items = list(found)
    named = [item for item in items if isinstance(item, Named)]
    files = [item for item in items if isinstance(item, str)]
    stories: defaultdict[str, list[Post]] = defaultdict(list)
    look = partial(look_at, root, profiles)
    async for pairs in answers(workers, look, in_batches(files, LOOKED_AT)):
        for file, seen in pairs:
            match seen:
                case Post():
                    stories[seen.id].append(seen)
                case Named():
                    named.append(seen)
                case PageLimitError():
                    named.append(Named(file, f"it {seen}"))
                case _:
                    assert_never(seen)
    ordered = sorted(map(tuple, stories.values()), key=_first_claim)
    return Survey(tuple(ordered), tuple(named), _errors(ordered))


def _first_claim(posts: Sequence[Post]) -> tuple[datetime, str]:
    return min((post.stated.claimed, post.file) for post in posts)


def _errors(stories: Iterable[Sequence[Post]]) -> dict[date, set[timedelta]]:
    errors: defaultdict[date, set[timedelta]] = defaultdict(set)
    for post in chain.from_iterable(stories):
        error = proven(post.stated)
        if error and post.stated.day:
            errors[post.stated.day].add(error)
    return dict(errors)
