"""Thirty days of real sections, with every trouble that such services have: all of it is told."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.fetch.conftest import Server
from tests.journey.month import EVERY, HOUR, START, Month, month
from tests.site_replica import Replica, serving

SOON = 2 * EVERY + EVERY  # two intervals, and the look that comes after the poll


@pytest.fixture(scope="module")
def whole_replica(shared: Path) -> Iterator[Replica]:
    """All of its stories, in several sections."""
    with serving("--spread-sections", "50") as replica:
        yield replica


@pytest.fixture
def days(tmp_path: Path, whole_replica: Replica, server: Server) -> Iterator[Month]:
    whole_replica.control("reset")
    with month(tmp_path / "archive", whole_replica, server) as found:
        yield found


def check_all_are_accounted_for(days: Month) -> None:
    archived, missing = days.accounted()
    lost = {i: s["path"] for i, s in days.expected().items() if i not in archived | missing.keys()}
    assert lost == {}


def check_told(days: Month, what: str, begins: datetime, ends: datetime) -> None:
    """Once at its begin, within two intervals, and once at its end; nothing else of it."""
    (begun, begun_at), (over, over_at) = days.changes()[what]
    assert (begun, over) == ("New", "Over")
    assert begins <= begun_at <= begins + SOON
    assert ends <= over_at <= ends + timedelta(hours=7)  # what fails long is asked less often


def test_days_without_trouble_are_archived_whole_and_nobody_is_told_anything(days: Month) -> None:
    days.at(0.3, lambda: days.replica.control("edition", edition="sg2025"))
    days.go(0.8)
    assert days.told == []
    assert days.expected()
    check_all_are_accounted_for(days)
    assert len(days.accounted()[1]) == 0


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_thirty_days_of_troubles(days: Month) -> None:
    redesign = days.fault(4, 10, r"^/realtime/china(\?|$)", "html_instead")
    dead = days.fault(7, 48, r"^/realtime/world(\?|$)", "status:404")
    outage = days.fault(11, 12, ".*", "reset")
    wall = days.fault(21, 72, r"/story20", "login_wall")
    stale = days.at(14, lambda: setattr(days.bulletin, "frozen_at", days.now))
    days.at(18, lambda: setattr(days.bulletin, "frozen_at", None))
    days.off.append((START + timedelta(days=26), START + timedelta(days=26.4)))
    for day, edition in ((2, "hk2022"), (9, "sg2020"), (20, "hk2025")):
        days.at(day, partial(days.replica.control, "edition", edition=edition))
    days.go(30)

    check_all_are_accounted_for(days)
    host = days.replica.url.removeprefix("http://")
    check_told(days, "china gives something else than a list", redesign, redesign + 10 * HOUR)
    check_told(days, "world cannot be polled", dead, dead + 48 * HOUR)
    check_told(days, f"{host} is down", outage, outage + 12 * HOUR)
    # a day of silence is more than a feed's that has a story each three hours
    silent = stale + 24 * HOUR
    check_told(days, "bulletin lists nothing new", silent, stale + 96 * HOUR)
    walled = {w: told for w, told in days.changes().items() if "cannot be archived" in w}
    for (begun, begun_at), (over, over_at) in walled.values():  # as soon as there are five stories
        assert (begun, over) == ("New", "Over")
        assert wall <= begun_at <= wall + 72 * HOUR <= over_at <= wall + 108 * HOUR
    assert "china: most of its new articles cannot be archived" in walled
    assert len(days.changes()) == 4 + len(walled)
