"""Judges what the network, its servers and the sources say. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from scraper.service.diagnosis.check import Check, failed, ok, warning

CLOCK_TOLERANCE = timedelta(minutes=2)  # conditional requests and instants bear that much
CLOCK_WRONG = timedelta(hours=1)
CERTIFICATE_SOON = timedelta(days=7)


def judge_dns(host: str, addresses: Sequence[str], trouble: str) -> Check:
    """What the resolver says of a source's host; `trouble` is why none of it may be used."""
    if trouble:
        advice = "check the address in the configuration, and the resolver (/etc/resolv.conf)"
        if "allow_addresses" in trouble:
            advice = "add it to the source's allow_addresses if that is intended"
        return failed(f"dns {host}", trouble, advice)
    more = f" and {len(addresses) - 1} more" if len(addresses) > 1 else ""
    return ok(f"dns {host}", f"{addresses[0]}{more}")


def judge_certificate(host: str, end: datetime | None, trouble: str, now: datetime) -> Check:
    """The certificate of a host: when it ends, or why it is not trusted."""
    if end is None:
        advice = "check this machine's clock and certificates, and what stands between (a proxy?)"
        return failed(f"tls {host}", trouble, advice)
    left = end - now
    if left < CERTIFICATE_SOON:
        advice = "nothing for you to do: its operator has to renew it"
        return warning(f"tls {host}", f"its certificate ends in {left.days} days", advice)
    return ok(f"tls {host}", f"its certificate is trusted, until {end:%Y-%m-%d}")


def judge_clock(offsets: Sequence[timedelta]) -> Check:
    """How far this machine's clock is ahead of each server's `Date`; the middle one counts."""
    if not offsets:
        advice = "compare it by hand: `date --utc`"
        return warning("clock", "no server told the time", advice)
    middle = sorted(offsets)[len(offsets) // 2]
    off = str(timedelta(seconds=round(abs(middle.total_seconds()))))
    reason = f"{off} {'ahead of' if middle > timedelta(0) else 'behind'} the servers'"
    advice = "let a time service set it: timedatectl set-ntp true"
    if abs(middle) > CLOCK_WRONG:
        return failed("clock", reason, advice)
    if abs(middle) > CLOCK_TOLERANCE:
        return warning("clock", reason, advice)
    return ok("clock", f"agrees with the servers' within {off}")


@dataclass(frozen=True, slots=True)
class RobotsFound:
    """What a host's robots.txt says of a source's URLs."""

    unreachable: bool = False
    refused: tuple[str, ...] = ()  # URLs that are not to be fetched
    delay: float | None = None  # seconds, as it asks for


def judge_robots(host: str, found: RobotsFound, delay: float) -> Check:
    """Whether a host lets us poll; `delay` is what we keep anyway, in seconds."""
    name = f"robots {host}"
    if found.unreachable:
        advice = "wait: nothing is fetched while it cannot be read (RFC 9309 §2.3.1.4)"
        return failed(name, "its robots.txt cannot be read", advice)
    if found.refused:
        advice = "respect it: look for a feed or another section (`scraper sources discover URL`)"
        return failed(name, f"does not allow {', '.join(found.refused)}", advice)
    if found.delay and found.delay > delay:
        return ok(name, f"allows it, with {found.delay:g} s between requests")
    return ok(name, "allows it")


@dataclass(frozen=True, slots=True)
class SourceFound:
    """What a source's URLs gave: entries and sitemaps listed, and what failed."""

    urls: int
    entries: int
    lists: int  # sitemaps that an index names; they are not read
    failures: tuple[str, ...] = ()


def judge_source(name: str, found: SourceFound) -> Check:
    """Whether a source can be read and understood."""
    check = f"source {name}"
    advice = (
        f"`scraper sources check {name}` says more; `scraper sources discover URL` finds others"
    )
    if len(found.failures) == found.urls:
        return failed(check, "; ".join(found.failures), advice)
    listed = f"{found.entries} articles listed" if found.entries else "nothing is listed"
    if found.lists:
        listed = f"an index of {found.lists} sitemaps"
    if found.failures:
        return warning(check, f"{listed}, but {'; '.join(found.failures)}", advice)
    if not (found.entries or found.lists):
        return warning(check, listed, advice)
    return ok(check, listed)


def judge_ignored_robots(host: str) -> Check:
    """A host whose robots.txt is not asked for."""
    advice = "set robots = true in [fetch], unless its operator agreed"
    return warning(f"robots {host}", "its robots.txt is not obeyed", advice)
