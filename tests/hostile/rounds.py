"""A run of the program among many ways to misbehave at once, and what came of each.

Every way has a host (a port) of its own, so that one's politeness delays do not add to another's.
As sources they are polled side by side; as pages they are listed by a well-behaved newsstand.
"""

import contextlib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import trustme

from tests.hostile.program import Line, Program, Run
from tests.hostile.site import Act, Site, listening, new_listener
from tests.hostile.way import DEADLINE, Tls, Way

FEED, STORY = "/feed", "/2024/05/06/story"
STAND = "newsstand"  # the source that lists all hostile pages
HEALTHY = ("health one", "health two", "health three")
RSS, HTML = "application/rss+xml; charset=utf-8", "text/html; charset=utf-8"
SENTENCE = "市议会周一开会，讨论了大桥的问题；会议持续三个小时，没有人反对关闭大桥。"


def feed_of(*urls: str) -> bytes:
    """An RSS feed of stories."""
    items = "".join(f"<item><title>大桥关闭</title><link>{url}</link></item>" for url in urls)
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>镇报</title>'
        f"<link>http://127.0.0.1/</link>{items}</channel></rss>"
    ).encode()


def article_of(name: str) -> bytes:
    """The page of a story."""
    return (
        f'<!DOCTYPE html><html lang="zh-Hans"><head><meta charset="utf-8"><title>{name}：大桥关闭'
        '</title><meta property="og:type" content="article">'
        '<meta property="article:published_time" content="2024-05-06T08:30:00Z"></head><body>'
        f"<article><h1>{name}：大桥关闭</h1>{f'<p>{SENTENCE}</p>' * 10}<p>完，{name}。</p>"
        "</article></body></html>"
    ).encode()


def answering(body: bytes, media_type: str) -> Act:
    return lambda visit: visit.reply(200, body, Content_Type=media_type)


@dataclass(frozen=True)
class Round:
    """What a run left behind: its lines, and the state that `status` shows afterwards."""

    run: Run
    status: Run
    files: tuple[str, ...]

    def troubled(self) -> dict[str, dict[str, Any]]:
        """What the state says of the articles that were not archived, by URL."""
        return {url: line.facts for url, line in self.status.articles.items()}


@dataclass(frozen=True)
class Rounds:
    """A first run among all ways, and a second poll of those that behave well at first."""

    sources: Mapping[str, Site]
    pages: Mapping[str, Site]
    stand: Site
    first: Round
    second: Round

    def page_url(self, name: str) -> str:
        return self.pages[name].origin + STORY

    def seconds(self, site: Site, line: Line) -> float:
        """From a site's first sight of the exchange to the line that tells what came of it.

        robots.txt is an exchange of its own, with its own deadline.
        """
        asked = [seen.at for seen in site.requests if seen.path in (FEED, STORY)]
        return line.at - (asked[0] if asked else site.first_contact)


def past_certificate(authority: trustme.CA) -> trustme.LeafCert:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    return authority.issue_cert(
        "127.0.0.1", not_before=yesterday - timedelta(days=1), not_after=yesterday
    )


@dataclass(frozen=True)
class Certificates:
    """What the servers show; the program trusts `authority` and no other."""

    authority: trustme.CA
    folder: Path

    @property
    def ca_file(self) -> str:
        return str(self.folder / "authority.pem")

    def context(self, kind: Tls) -> ssl.SSLContext | None:
        if kind in ("", "none"):
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        match kind:
            case "expired":
                past_certificate(self.authority).configure_cert(context)
            case "other name":
                self.authority.issue_cert("example.org").configure_cert(context)
            case "unknown":
                trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
            case "self-signed":
                own, file = trustme.CA(), self.folder / "self-signed.pem"
                own.private_key_pem.write_to_path(str(file))
                own.cert_pem.write_to_path(str(file), append=True)
                context.load_cert_chain(file)
        return context


def new_site(way: Way, certificates: Certificates, media_type: str) -> Site:
    scheme = "https" if way.tls else "http"
    tls = certificates.context(way.tls)
    return Site(new_listener(), media_type=media_type, tls=tls, scheme=scheme)


def as_source(name: str, way: Way, certificates: Certificates) -> Site:
    """A site whose feed lists one good story, but for the way that it has."""
    site = new_site(way, certificates, RSS)
    site.good = feed_of(site.origin + STORY)
    site.routes = {
        FEED: answering(site.good, RSS),
        STORY: answering(article_of(name), HTML),
    }
    return misbehave(site, way, FEED)


def as_page(name: str, way: Way, certificates: Certificates) -> Site:
    """A site with one story, but for the way that it has."""
    site = new_site(way, certificates, HTML)
    site.good = article_of(name)
    site.routes = {STORY: answering(site.good, HTML)}
    return misbehave(site, way, STORY)


def misbehave(site: Site, way: Way, path: str) -> Site:
    match way.where:
        case "connection":
            site.on_connection = way.act
        case "robots":
            site.routes["/robots.txt"] = way.act
        case "page":
            site.routes[path] = way.act
    return site


def healthy(name: str) -> Site:
    site = Site(new_listener())
    site.routes = {
        FEED: answering(feed_of(site.origin + STORY), RSS),
        STORY: answering(article_of(name), HTML),
    }
    return site


def newsstand(pages: Mapping[str, Site]) -> Site:
    """Good stories of its own before, between and behind those of all others."""
    stand = Site(new_listener())
    own = [f"{stand.origin}/2024/05/06/own-{number}" for number in range(3)]
    urls = [site.origin + STORY for site in pages.values()]
    half = len(urls) // 2
    listed = feed_of(own[0], *urls[:half], own[1], *urls[half:], own[2])
    stand.routes = {FEED: answering(listed, RSS)}
    for url in own:
        path = url.removeprefix(stand.origin)
        stand.routes[path] = answering(article_of(path[-5:]), HTML)
    return stand


def among(ways: Mapping[str, Way], program: Program) -> Rounds:
    """Run the program among these ways, and again on those that behave well at first."""
    authority = trustme.CA()
    certificates = Certificates(authority, program.folder)
    authority.cert_pem.write_to_path(certificates.ca_file)
    sources = {name: as_source(name, way, certificates) for name, way in ways.items()}
    pages = {n: as_page(n, way, certificates) for n, way in ways.items() if way.article}
    polled = {**sources, **{name: healthy(name) for name in HEALTHY}, STAND: newsstand(pages)}
    for name, site in polled.items():
        program.add(key(name), site.origin + FEED, ca_file=certificates.ca_file)
    program.configure(delay="0s", timeout=f"{DEADLINE:g}s", max_bytes="4MB", retries=0)
    with contextlib.ExitStack() as stack:
        for site in (*polled.values(), *pages.values()):
            stack.enter_context(listening(site))
        first = one_round(program)
        again = [key(name) for name, way in ways.items() if way.again]
        second = one_round(program, "--all", *again) if again else first
    return Rounds(sources, pages, polled[STAND], first, second)


def one_round(program: Program, *arguments: str) -> Round:
    run = program.run("once", *arguments)
    return Round(run, program.run("status", "--limit", "1000"), tuple(program.files()))


def key(name: str) -> str:
    """A way's name as a source's."""
    return name.replace(" ", "-")
