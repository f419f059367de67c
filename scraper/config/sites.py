"""Site profiles: one TOML file a site, shipped inside the package or written by the user.

A file of the user's folder replaces the shipped one of the same name entirely: half a profile
merged with half of another could not be read by anybody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from pydantic import ValidationError

from scraper.config.documents import Document, parse_document, read_document
from scraper.config.mistakes import translate
from scraper.config.profiles import KEYS, SiteTable, Trust, build_site
from scraper.errors import ConfigurationError, Mistake
from scraper.site import Site

SUFFIX = ".toml"


@dataclass(frozen=True, slots=True)
class Profiles:
    """What was found: the profiles that are right, every file's name, every mistake."""

    sites: Mapping[str, Site]
    names: frozenset[str]  # those with mistakes too: a source that names one is no second mistake
    mistakes: tuple[Mistake, ...]


def load_sites(user_folder: Path | None) -> Mapping[str, Site]:
    """Every site profile by name: the shipped ones, and the `*.toml` of `user_folder`, which win.

    A folder that does not exist is an empty one. Raises ConfigurationError with every mistake.
    """
    profiles = read_profiles(user_folder)
    if profiles.mistakes:
        raise ConfigurationError("the site profiles are not usable:", profiles.mistakes)
    return profiles.sites


def read_profiles(user_folder: Path | None) -> Profiles:
    """The same, with the mistakes as values."""
    own, mistakes = read_folder(user_folder)
    names = frozenset({*own, *list_shipped()})
    sites: dict[str, Site] = {}
    for name in sorted(
        names, key=lambda name: (name not in own, name)
    ):  # own ones claim hosts first
        document, wrong = own.get(name) or read_shipped(name)
        site, more = (
            (None, []) if wrong else judge(name, document, Trust(selectors=name not in own))
        )
        mistakes += [*wrong, *more]
        if site is not None:
            sites[name] = site
    return Profiles(sites, names, tuple(mistakes))


def list_shipped() -> tuple[str, ...]:
    """The names of the profiles inside the package."""
    folder = files("scraper.config") / "sites"
    names = (path.name for path in folder.iterdir())
    return tuple(name.removesuffix(SUFFIX) for name in names if name.endswith(SUFFIX))


def read_shipped(name: str) -> tuple[Document, list[Mistake]]:
    """A profile inside the package."""
    path = files("scraper.config") / "sites" / f"{name}{SUFFIX}"
    return parse_document(f"shipped profile {name}", path.read_text(encoding="utf-8"))


def read_folder(
    folder: Path | None,
) -> tuple[dict[str, tuple[Document, list[Mistake]]], list[Mistake]]:
    """The user's profiles by name; a folder that cannot be listed is a mistake."""
    if folder is None or not folder.exists():
        return {}, []
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        found = error.strerror or type(error).__name__
        return {}, [Mistake(str(folder), "", found, "a folder that can be read")]
    return {path.stem: read_document(path) for path in paths if path.suffix == SUFFIX}, []


def judge(name: str, document: Document, trust: Trust) -> tuple[Site | None, list[Mistake]]:
    """The profile in `document`, or else everything that is wrong with it."""
    try:
        table = SiteTable.model_validate(document.values, context=trust)
    except ValidationError as error:
        return None, translate(error, document, KEYS)
    return build_site(name, table), []
