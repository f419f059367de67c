"""While nobody polled, a list rolled over: the site's sitemaps tell what was missed."""

import shutil
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scraper.archive.manifest import Event, read_all
from scraper.model import CoverageSettings
from scraper.service.context import Service
from scraper.service.crawling.covering import coverage
from scraper.state.database import State, open_state
from scraper.state.gaps import Gap
from tests.journey.journey import Journey
from tests.site_replica import Replica

STORY = "/realtime/china/story{:%Y%m%d}-{}"


def opened_state(journey: Journey) -> State:
    return open_state(journey.root / ".scraper" / "state.sqlite", read_only=True)


def gaps(journey: Journey) -> list[Gap]:
    with closing(opened_state(journey)) as state:
        return state.gaps.latest()


def missing(journey: Journey) -> dict[str, str]:
    """The reason of every missing article, as the state has it."""
    with closing(opened_state(journey)) as state:
        return {record.id: record.reason for record in state.coverage.missing()}


def told(journey: Journey) -> list[Event]:
    return [event for event in read_all(journey.root) if event.event == "missing"]


def stories(replica: Replica) -> list[dict[str, Any]]:
    return sorted(replica.truth().values(), key=lambda story: story["published_iso"])


def move(journey: Journey, replica: Replica, now: datetime) -> None:
    """Both clocks, to the same time."""
    replica.control("clock", now=now.isoformat())
    journey.clock.ahead = now - datetime.now(UTC)


@pytest.fixture
def china(journey: Journey, replica: Replica) -> Journey:
    """The section, polled when it had its first thirty stories; then the others came."""
    first, *_, last = (datetime.fromisoformat(s["published_iso"]) for s in stories(replica)[29:])
    journey.settings["coverage"] = CoverageSettings(budget=1000)
    # robots.txt names the replica's sitemap; the profile the real one
    journey.sites = {"zaobao": replace(journey.sites["zaobao"], sitemaps=())}
    journey.add(replica.url + "/realtime/china")
    move(journey, replica, first)
    journey.once()
    move(journey, replica, last)
    return journey


def lose_state(journey: Journey) -> None:
    """What may be lost at any time: the next start rebuilds it from the files."""
    shutil.rmtree(journey.root / ".scraper")


def test_every_story_is_archived_or_in_the_ledger_which_outlives_the_state(
    china: Journey, replica: Replica
) -> None:
    section = {s["id"] for s in stories(replica) if s["path"].startswith("/realtime/china/")}
    new = sorted(section - set(china.documents()))
    for story, fault in ((new[0], "status:410"), (new[1], "status:503"), (new[-1], "status:404")):
        replica.control("fault", match=story, kind=fault, times=None)
    china.once()
    assert set(china.documents()) == section - {new[0], new[1], new[-1]}
    (gap,) = gaps(china)
    assert (gap.source, gap.standing, gap.found) == ("china", "filled", len(section) - 60)
    assert gap.reason == "not polled"
    ledger = missing(china)
    assert ledger.keys() == {new[0], new[1], new[-1]}
    assert ledger[new[0]] == "HTTP 410"
    lines = told(china)
    with closing(opened_state(china)) as state:
        before = {record.id: record for record in state.coverage.missing()}
        share = coverage(state, china.clock.now())
    published = datetime.fromisoformat(stories(replica)[-1]["published_iso"])
    hour = published.replace(minute=0, second=0) - timedelta(hours=24)
    latest = {
        s["id"]
        for s in stories(replica)
        if datetime.fromisoformat(s["published_iso"]) >= hour and s["id"] in section
    }
    assert new[-1] in latest
    assert share == {"china": 1 - 1 / len(latest)}

    lose_state(china)
    china.with_service(nothing)
    assert missing(china).keys() == ledger.keys()
    with closing(opened_state(china)) as state:
        for record in state.coverage.missing():
            known = before[record.id]
            assert (record.status, record.url, record.source, record.first_seen) == (
                known.status,
                known.url,
                known.source,
                known.first_seen,
            )
        assert coverage(state, china.clock.now()) == share
    china.with_service(nothing)
    assert told(china) == lines  # each article and reason once

    replica.control("faults/clear")
    china.clock.ahead += timedelta(days=1)
    china.once()
    assert missing(china).keys() == {new[0]}
    lose_state(china)
    china.with_service(nothing)
    assert missing(china) == {new[0]: "HTTP 410"}


async def nothing(_service: Service) -> None:
    pass
