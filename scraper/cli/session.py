"""One call of the program: its options, its configuration, and the opened service."""

import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.errors import ConfigurationError

if TYPE_CHECKING:
    from scraper.cli.output import Output
    from scraper.config.loading import Configuration
    from scraper.fetch.fetcher import RobotsStore
    from scraper.protocol.alarms import AlertSettings
    from scraper.service.context import Crawl, Service
    from scraper.service.run import Plan
    from scraper.service.watching.alerting import Alarm

DEFAULT_FILE = "config/scraper.toml"


@dataclass(frozen=True, slots=True)
class Options:
    """What stands before the command."""

    config: Path | None
    archive: Path | None
    as_json: bool
    quiet: bool
    log_level: str
    log_format: str


class Session:
    """What every command starts from."""

    def __init__(self, options: Options) -> None:
        self.options = options

    @cached_property
    def output(self) -> "Output":
        """Where results and troubles are printed; logging is set up with it."""
        from scraper.cli.logs import start_logging
        from scraper.cli.output import Output

        start_logging(self.options.log_level, self.options.log_format)
        return Output(as_json=self.options.as_json, quiet=self.options.quiet)

    @cached_property
    def file(self) -> Path | None:
        """The configuration file, if there is one."""
        from scraper.config.loading import locate

        return locate(self.options.config, os.environ, Path.cwd())

    @cached_property
    def configuration(self) -> "Configuration":
        """The effective configuration. Raises ConfigurationError."""
        return self.read_configuration()

    def read_configuration(self) -> "Configuration":
        """The configuration as it is now. Raises ConfigurationError."""
        from scraper.cli.logs import hide_secrets
        from scraper.config.loading import load

        overrides: Mapping[str, str] = {}
        if self.options.archive:
            overrides = {"archive.root": str(self.options.archive.absolute())}
        configuration = load(self.file, os.environ, overrides)
        hide_secrets(configuration.sources)
        return configuration

    def require_file(self) -> None:
        """For commands that make no sense without sources. Raises ConfigurationError."""
        if self.file is None:
            raise ConfigurationError(
                f"no configuration: {DEFAULT_FILE} does not exist here; "
                "`scraper init` writes one, --config FILE or $SCRAPER_CONFIG names another"
            )

    @property
    def plan(self) -> "Plan":
        """What the service is opened on."""
        return plan_of(self.configuration)

    @property
    def alarm(self) -> "Alarm":
        """What tells of troubles. Raises ConfigurationError where it cannot send alerts."""
        from scraper.service.watching.alerting import Alarm

        return Alarm(alerts_of(self.configuration), self.configuration.archive.root)

    def check_sources(self, names: tuple[str, ...]) -> None:
        """Every name must be a source's. Raises ConfigurationError."""
        known = [source.name for source in self.configuration.sources]
        unknown = [name for name in names if name not in known]
        if unknown:
            raise ConfigurationError(
                f"no such source: {', '.join(unknown)}; there are: {', '.join(known) or 'none'}"
            )

    def say_notices(self) -> None:
        """Print what the configuration's reader should know."""
        for notice in self.configuration.notices:
            self.output.notice(notice)

    @asynccontextmanager
    async def writing(self, wait_seconds: float) -> AsyncIterator["Service"]:
        """The opened service, with the archive locked. Raises ArchiveBusyError, ArchiveError."""
        from scraper.service.run import opened

        with self.locked(wait_seconds):
            async with opened(self.plan, self.output.event) as service:
                for notice in service.state.notices:
                    self.output.notice(notice)
                yield service

    @contextmanager
    def locked(self, wait_seconds: float) -> Iterator[None]:
        """The archive's lock, held. Raises ArchiveBusyError, ArchiveError."""
        from scraper.archive.lock import ArchiveLock

        lock = ArchiveLock(self.configuration.archive.root)
        lock.acquire(wait_seconds)
        try:
            yield
        finally:
            lock.release()

    @asynccontextmanager
    async def reading(self, robots: "RobotsStore | None" = None) -> AsyncIterator["Crawl"]:
        """What fetches and extracts without writing anything but to `robots`; takes no lock.

        It leaves alone the hosts that asked an earlier run for it. Raises ArchiveError.
        """
        from scraper.fetch.records import MemoryHosts, Records
        from scraper.service.run import crawling
        from scraper.state.database import open_state

        root = self.configuration.archive.root
        with closing(open_state(root / ".scraper" / "state.sqlite", read_only=True)) as state:
            records = Records(MemoryHosts(state.hosts.troubled()))
        async with crawling(self.plan, robots, records=records) as crawl:
            yield crawl


def plan_of(configuration: "Configuration") -> "Plan":
    """What the service is opened on, by a configuration."""
    from scraper.service.run import Plan

    return Plan(
        archive=configuration.archive,
        fetch=configuration.fetch,
        sources={source.name: source for source in configuration.sources},
        sites=configuration.sites,
    )


def alerts_of(configuration: "Configuration") -> "AlertSettings":
    """Whom to tell of what. Raises ConfigurationError where alerts cannot be sent."""
    from scraper.service.watching.notifying import require

    if configuration.alerts.to:
        require()
    return configuration.alerts
