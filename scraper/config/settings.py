"""From judged tables to the plain values that the rest of the program works with.

What a source leaves out follows from its first URL and from its site's profile.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from scraper.config.schema import (
    AlertsTable,
    ArchiveTable,
    CoverageTable,
    DaemonTable,
    FetchTable,
    RevisionsTable,
    SourceTable,
)
from scraper.model import (
    ArchiveSettings,
    CoverageSettings,
    DaemonSettings,
    FetchSettings,
    Retention,
    RevisionSettings,
    Source,
)
from scraper.protocol.alarms import AlertSettings
from scraper.site import Site
from scraper.version import VERSION


def build_archive(
    table: ArchiveTable, revisions: RevisionsTable, coverage: CoverageTable
) -> ArchiveSettings:
    """[archive], [revisions] and [coverage] as settings."""
    return ArchiveSettings(
        root=Path(table.root),
        path=table.path,
        body=table.body,
        front_matter=table.front_matter,
        keep_raw=table.keep_raw,
        retention=build_retention(table),
        timestamp=table.timestamp,
        pictures=table.pictures,
        picture_max_bytes=table.picture_max_bytes,
        revisions=build_revisions(revisions),
        coverage=CoverageSettings(fill=coverage.fill, budget=coverage.budget),
    )


def build_retention(table: ArchiveTable) -> Retention:
    """How long raw records are kept."""
    age = None if table.keep_raw_for is None else timedelta(seconds=table.keep_raw_for)
    return Retention(age, table.keep_raw_size)


def build_revisions(table: RevisionsTable) -> RevisionSettings:
    """[revisions] as settings."""
    return RevisionSettings(
        enabled=table.enabled,
        first=timedelta(seconds=table.first),
        share=table.share,
        longest=timedelta(seconds=table.longest),
        until=timedelta(seconds=table.until),
        budget=table.budget,
        per_day=table.per_day,
    )


def build_fetch(table: FetchTable) -> FetchSettings:
    """[fetch] as settings."""
    values = dict(table)
    contact = values.pop("contact")
    return FetchSettings(user_agent=write_user_agent(contact), **values)


def write_user_agent(contact: str) -> str:
    """The product (RFC 9110 §10.1.5), and how to reach its operator where that is known."""
    return f"news-scraper/{VERSION} (+{contact})" if contact else f"news-scraper/{VERSION}"


def build_daemon(table: DaemonTable) -> DaemonSettings:
    """[daemon] as settings."""
    return DaemonSettings(listen=table.listen, drain=table.drain)


def build_alerts(table: AlertsTable) -> AlertSettings:
    """[alerts] as settings."""
    values = dict(table) | {"remind": timedelta(seconds=table.remind)}
    return AlertSettings(**values)


def build_source(table: SourceTable, sites: Mapping[str, Site]) -> Source:
    """One of [[sources]], with what it leaves out."""
    url = table.urls[0]
    site = sites.get(table.site or choose_site(url, sites))
    return Source(
        name=table.name or name_source(url),
        title=table.title or (site.title if site else urlsplit(url).hostname or url),
        urls=table.urls,
        site=site.name if site else None,
        every=timedelta(seconds=table.every),
        every_max=timedelta(seconds=table.every_max) if table.every_max else None,
        timezone=table.timezone or (site.timezone if site else "UTC"),
        allow_addresses=table.allow_addresses,
        headers=table.headers,
        cookies=table.cookies,
        credentials=table.credentials,
        proxy=table.proxy,
        ca_file=table.ca_file,
    )


def choose_site(url: str, sites: Mapping[str, Site]) -> str:
    """The name of the site that `url`'s host belongs to; "" for none."""
    host = urlsplit(url).hostname
    return next((name for name, site in sites.items() if host in site.hosts), "")


def name_source(url: str) -> str:
    """A name for a source that has none: host and path, "www.example.com-realtime-china"."""
    words = re.sub(r"^https?://(?:[^/?#]*@)?", "", url, flags=re.IGNORECASE)
    return re.sub(r"[^\w.]+", "-", words).strip("-._")[:100] or "source"
