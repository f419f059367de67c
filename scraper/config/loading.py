"""The configuration: defaults, under the file, under the environment, under the command line.

Every mistake is found before anything else happens and told at once; what comes out are the plain
settings, sources and site profiles, and where each value came from.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from scraper.config.documents import Document, parse_document, read_document, show_path
from scraper.config.layers import Layers, find_duplicates, lay
from scraper.config.mistakes import translate
from scraper.config.origins import collect_values, find_notices, trace_origins
from scraper.config.overrides import read_environment, read_options
from scraper.config.renames import RENAMES, Rename, rename_keys, rename_variables
from scraper.config.schema import KEYS, FileTable, Surroundings
from scraper.config.settings import (
    build_alerts,
    build_archive,
    build_daemon,
    build_fetch,
    build_source,
)
from scraper.config.sites import Profiles, read_profiles
from scraper.errors import ConfigurationError, Mistake
from scraper.model import ArchiveSettings, DaemonSettings, FetchSettings, Source
from scraper.protocol.alarms import AlertSettings
from scraper.site import Site

DEFAULT_FILE = Path("config", "scraper.toml")
NO_OPTIONS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything that the user decided, checked, as plain values."""

    file: Path | None
    archive: ArchiveSettings
    fetch: FetchSettings
    daemon: DaemonSettings
    alerts: AlertSettings
    sources: tuple[Source, ...]
    sites: Mapping[str, Site]
    origins: Mapping[str, str]  # by key, "fetch.delay": "default", "config/scraper.toml:12", …
    notices: tuple[str, ...]  # nothing is wrong, but the user should know
    values: Mapping[str, Any] = field(default_factory=dict)  # as TOML, secrets hidden


def locate(option: Path | None, environ: Mapping[str, str], cwd: Path) -> Path | None:
    """The configuration file: `--config`, else $SCRAPER_CONFIG, else ./config/scraper.toml.

    Relative paths start from `cwd`. None where the last of the three does not exist; one of the
    first two that does not exist raises ConfigurationError.
    """
    variable = environ.get("SCRAPER_CONFIG", "")
    if option is not None:
        return _require(cwd / option, "--config")
    if variable:
        return _require(cwd / variable, "environment SCRAPER_CONFIG")
    return cwd / DEFAULT_FILE if (cwd / DEFAULT_FILE).exists() else None


def _require(file: Path, origin: str) -> Path:
    if not file.exists() or file.is_dir():
        found = "a folder" if file.is_dir() else "nothing"
        mistake = Mistake(
            origin, "", f"{found} at {file}", "a configuration file; `scraper init` writes one"
        )
        raise ConfigurationError("there is no such configuration file:", (mistake,))
    return file


def load(
    file: Path | None,
    environ: Mapping[str, str],
    overrides: Mapping[str, str] = NO_OPTIONS,
    renames: Sequence[Rename] = RENAMES,
) -> Configuration:
    """The configuration in `file`; with None the defaults, without sources, archiving to ./archive.

    `environ` overrides the file (SCRAPER_FETCH__DELAY=5s), `overrides` both ({"archive.root": …},
    from the command line). Relative paths start from the file's folder, those of overrides from the
    working directory. Names of earlier versions (`renames`) count as the new ones, with a notice.
    Raises ConfigurationError with every mistake.
    """
    read = read_document(file) if file else (Document("the defaults"), [])
    return _load(file, read, environ, overrides, renames)


def load_text(text: str, file: Path, environ: Mapping[str, str]) -> Configuration:
    """The configuration that `text` would be, were it written to `file`. Raises as `load` does."""
    return _load(file, parse_document(show_path(file), text), environ, NO_OPTIONS, RENAMES)


def _load(
    file: Path | None,
    read: tuple[Document, list[Mistake]],
    environ: Mapping[str, str],
    overrides: Mapping[str, str],
    renames: Sequence[Rename],
) -> Configuration:
    document, told = rename_keys(read[0], renames)
    environ, told_too = rename_variables(environ, renames)
    base = (Path.cwd() / (file or DEFAULT_FILE)).parent
    from_environment, misnamed = read_environment(environ)
    from_options, unknown = read_options(overrides)
    layers = lay(document, (*from_environment, *from_options), Path.cwd())
    profiles = read_profiles(base / "sites")
    table, wrong = judge(layers.document, Surroundings(base, environ, profiles.names))
    mistakes = (*read[1], *misnamed, *unknown, *wrong, *profiles.mistakes)
    if table is None or mistakes:
        raise ConfigurationError("the configuration is not usable:", mistakes)
    configuration = build(file, table, layers, profiles)
    return replace(configuration, notices=(*told, *told_too, *configuration.notices))


def judge(document: Document, surroundings: Surroundings) -> tuple[FileTable | None, list[Mistake]]:
    """The values of `document` in the schema's types, or else all that is wrong with them."""
    duplicates = find_duplicates(document)
    try:
        return FileTable.model_validate(document.values, context=surroundings), duplicates
    except ValidationError as error:
        return None, [*translate(error, document, KEYS), *duplicates]


def build(file: Path | None, table: FileTable, layers: Layers, profiles: Profiles) -> Configuration:
    """The plain values of a configuration without mistakes."""
    sources = tuple(build_source(source, profiles.sites) for source in table.sources)
    return Configuration(
        file=file,
        archive=build_archive(table.archive, table.revisions, table.coverage),
        fetch=build_fetch(table.fetch),
        daemon=build_daemon(table.daemon),
        alerts=build_alerts(table.alerts),
        sources=sources,
        sites=profiles.sites,
        origins=trace_origins(layers, sources),
        notices=find_notices(table),
        values=collect_values(table, layers, sources),
    )
