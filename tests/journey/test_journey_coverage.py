"""While nobody polled, a list rolled over: the site's sitemaps tell what was missed."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scraper.archive.manifest import Event, read_all
from scraper.model import CoverageSettings
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


def test_what_was_missed_while_nobody_polled_is_archived(china: Journey, replica: Replica) -> None:
    assert len(china.documents()) == 30
    since = china.once().clock.now()
    section = {s["id"] for s in stories(replica) if s["path"].startswith("/realtime/china/")}
    assert len(section) > 90
    assert set(china.documents()) == section
    assert missing(china) == {}
    (gap,) = gaps(china)
    assert (gap.source, gap.standing) == ("china", "filled")
    assert gap.found == len(section) - 60
    assert since - gap.ends < timedelta(minutes=2)
    assert gap.reason.startswith("not polled since")


def test_a_list_that_reaches_back_leaves_no_gap(journey: Journey, replica: Replica) -> None:
    times = [datetime.fromisoformat(s["published_iso"]) for s in stories(replica)]
    journey.add(replica.url + "/realtime/china")
    for now in times[29::20]:
        move(journey, replica, now)
        journey.once()
    assert gaps(journey) == []
    assert len(journey.documents()) > 90
