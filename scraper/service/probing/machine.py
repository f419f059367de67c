"""Looks at the machine: Python, time zones, authorities, limits, processes."""

import resource
import sys
from collections.abc import Collection
from importlib.util import find_spec
from zoneinfo import ZoneInfo

from scraper.errors import PageError
from scraper.fetch.clients import make_context
from scraper.service.diagnosis import machine
from scraper.service.diagnosis.check import Check
from scraper.service.limits import PAGE
from scraper.service.workers import Workers

_START_SECONDS = 60.0  # for a process to be started, on a slow and busy machine


def probe_machine(zones: Collection[str], hosts: int) -> list[Check]:
    """What can be found out at once. `zones` are time zones that are needed."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = sys.maxsize if soft == resource.RLIM_INFINITY else soft
    version = sys.version_info
    return [
        machine.judge_python((version.major, version.minor, version.micro)),
        machine.judge_zones([zone for zone in sorted(zones) if not _is_zone(zone)]),
        machine.judge_certificates(len(make_context().get_ca_certs())),
        machine.judge_open_files(limit, hosts),
    ]


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, KeyError, OSError):
        return False
    return True


async def probe_workers() -> Check:
    """Start a process as pages are parsed in, and let it do a little."""
    workers = Workers(1, _START_SECONDS)
    try:
        await workers.run(PAGE, len, "read")
    except (PageError, OSError, RuntimeError) as error:
        return machine.judge_workers(str(error))
    finally:
        workers.close()
    return machine.judge_workers("")


def find_missing(needs: Collection[tuple[str, str, str]]) -> list[tuple[str, str]]:
    """Of (extra, key, module) each, the extras and keys whose module is not installed."""
    return [(extra, key) for extra, key, module in needs if find_spec(module) is None]
