"""The sections of news sites that `init` offers as sources: one file a site in catalogue/."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from scraper.config.checks import suggest
from scraper.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a site, as a source to be."""

    site: str  # the profile that reads it
    title: str
    timezone: str
    url: str
    path: str  # below the site's origin, "realtime/china"
    label: str  # for people
    every: str
    every_max: str

    @property
    def name(self) -> str:
        """The source's name, "zaobao-realtime-china"."""
        return f"{self.site}-{re.sub(r'[^a-z0-9]+', '-', self.path)}"


def read_catalogues() -> tuple[Section, ...]:
    """Every section that is offered, site by site, the most usual first."""
    folder = files("scraper.config") / "catalogue"
    texts = sorted((file.name, file.read_text(encoding="utf-8")) for file in folder.iterdir())
    return tuple(section for _, text in texts for section in parse_catalogue(text))


def parse_catalogue(text: str) -> tuple[Section, ...]:
    """The sections of one site's file."""
    values = tomllib.loads(text)
    sections, origin = values.pop("sections"), values.pop("origin")
    return tuple(
        Section(url=f"{origin}/{section['path']}", **values, **section) for section in sections
    )


def choose(offered: Sequence[Section], wanted: Sequence[str]) -> tuple[Section, ...]:
    """The sections that are called so: by number from 1, path, or name; each once, as offered.

    "all" is every one. Raises ConfigurationError.
    """
    if "all" in wanted:
        return tuple(offered)
    chosen = {_find(offered, word) for word in wanted}
    return tuple(section for section in offered if section in chosen)


def _find(offered: Sequence[Section], word: str) -> Section:
    if word.isascii() and word.isdecimal() and 1 <= int(word) <= len(offered):
        return offered[int(word) - 1]
    found = [section for section in offered if word.strip("/") in (section.path, section.name)]
    if len(found) != 1:
        paths = [section.path for section in offered]
        several = f"; several sites have it: {', '.join(s.name for s in found)}" if found else ""
        hint = several or suggest(word, paths)
        raise ConfigurationError(f"no such section: {word}{hint}; there are: {', '.join(paths)}")
    return found[0]
