"""`backfill`: days filled by hand, shown first, in part, again; and the map of what is covered."""

import json
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import scraper.config.sites
from scraper.cli import heatmap
from scraper.protocol.coverage import Tally
from scraper.protocol.gaps import Span
from tests.conftest import Run
from tests.site_replica import Replica

PROFILES = Path(scraper.config.sites.__file__).parent / "sites"
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.fixture
def site(china: Replica, tmp_path: Path) -> Replica:
    """The replica, with a profile that names the replica's sitemap."""
    profile = (PROFILES / "zaobao.toml").read_text("utf-8")
    sites = tmp_path / "config" / "sites"
    sites.mkdir()
    named = profile.replace("https://www.zaobao.com.sg/sitemap.xml", f"{china.url}/sitemap.xml")
    (sites / "zaobao.toml").write_text(named, "utf-8")
    china.forget_requests()
    return china


def day_of(story: str) -> str:
    return f"{story[5:9]}-{story[9:11]}-{story[11:13]}"


def days(replica: Replica, count: int) -> tuple[list[str], str, str]:
    """The stories of some days, at least `count`, and the first and last of the days."""
    by_day = Counter(day_of(story) for story in replica.truth())
    first, *rest = sorted(by_day)[3:]
    chosen, total = [first], by_day[first]
    for day in rest:
        if total >= count:
            break
        chosen.append(day)
        total += by_day[day]
    stories = [story for story in replica.truth() if chosen[0] <= day_of(story) <= chosen[-1]]
    return sorted(stories), chosen[0], chosen[-1]


def events(text: str, *kinds: str) -> list[dict[str, Any]]:
    found = (json.loads(line) for line in text.splitlines())
    return [event for event in found if event["event"] in kinds]


def ids(found: Iterable[dict[str, Any]]) -> list[str]:
    return sorted(event["id"] for event in found)


def test_days_are_shown_filled_in_part_and_to_the_end(site: Replica, scraper: Run) -> None:
    stories, first, last = days(site, 4)
    gone = stories[0]
    site.control("fault", match=gone, kind="status:410", times=None)
    call = ("--json", "backfill", "china", "--from", first, "--to", last)

    shown = scraper(*call, "--preview")
    assert shown.returncode == 0, shown.stderr
    assert ids(events(shown.stdout, "missing")) == stories
    assert not any("/story" in request["path"] for request in site.requests())

    part = scraper(*call, "--limit", "1")
    assert part.returncode == 0, part.stderr
    (facts,) = events(part.stdout, "backfill")
    assert (facts["new"], facts["left_out"]) == (len(stories), len(stories) - 1)
    assert len(events(part.stdout, "article")) == 1

    rest = scraper(*call)
    assert rest.returncode == 1  # one of them is gone
    done = events(part.stdout + rest.stdout, "article")
    assert ids(done) == stories
    assert [e["id"] for e in done if e["outcome"] != "archived"] == [gone]

    site.forget_requests()
    again = scraper(*call)
    assert again.returncode == 0
    assert events(again.stdout, "article") == []
    assert f"{gone}: " in again.stderr
    assert "given up: HTTP 410" in again.stderr
    assert not any("/story" in request["path"] for request in site.requests())


def test_mistakes_are_named_before_anything_is_asked(site: Replica, scraper: Run) -> None:
    for arguments, said in (
        (("nobody", "--from", "2021-01-01", "--to", "2021-01-02"), "no such source: nobody"),
        (("china", "--from", "2021-01-02", "--to", "2021-01-01"), "is before --from 2021-01-02"),
        (("china", "--from", "yesterday", "--to", "2021-01-01"), "'yesterday'"),
        (("china",), "--from"),
    ):
        answer = scraper("backfill", *arguments)
        assert answer.returncode == 2
        assert said in answer.stderr
    assert site.requests() == []


def test_a_sitemap_that_cannot_be_read_is_a_failure(site: Replica, scraper: Run) -> None:
    site.control("fault", match="sitemap", kind="status:404", times=None)
    answer = scraper("backfill", "china", "--from", "2021-01-01", "--to", "2021-01-02")
    assert answer.returncode == 1
    assert "/sitemap.xml: HTTP 404" in answer.stderr


def test_coverage_shows_what_is_missing_and_why(site: Replica, scraper: Run) -> None:
    site.control("fault", match="story20", kind="status:410", times=2)
    scraper("once")
    answer = scraper("--json", "status", "--coverage", "china")
    (facts,) = events(answer.stdout, "coverage")
    assert facts.keys() >= {"source", "shares", "missed", "hours", "gaps"}
    missing = events(answer.stdout, "missing")
    assert [(event["status"], event["reason"]) for event in missing] == [
        ("given_up", "HTTP 410")
    ] * 2
    text = scraper("status", "--coverage").stdout
    assert "china   24h" in text
    assert heatmap.LEGEND in text
    assert f"given up    {missing[0]['id']}  HTTP 410" in text


# -- the map ---------------------------------------------------------------------------------------


def drawn(*tallies: Tally, gaps: Iterable[Span] = ()) -> list[str]:
    found = list(heatmap.lines(tallies, list(gaps), NOON, colour=False))
    assert len(found) == 1 + heatmap.DAYS
    return found


def at(hours: int, listed: int, archived: int, *, whole_day: bool = False) -> Tally:
    return Tally("a", NOON + timedelta(hours=hours), whole_day, listed, archived)


def test_an_hour_is_a_character_and_a_day_has_its_numbers() -> None:
    today, yesterday = drawn(at(0, 4, 4), at(-1, 4, 1), at(-2, 4, 2), at(-3, 4, 3), at(-36, 9, 9))[
        1:3
    ]
    assert today == "2026-03-04  ·········▓▒░█···········    10/16"
    assert yesterday == "2026-03-03  █·······················      9/9"


def test_a_story_without_an_hour_counts_in_its_day() -> None:
    assert drawn(at(-12, 2, 1, whole_day=True))[1] == f"2026-03-04  {'·' * 24}      1/2"


def test_hours_in_which_nobody_looked_are_marked() -> None:
    gap = Span(NOON - timedelta(hours=2), NOON - timedelta(minutes=30))
    assert drawn(at(-2, 1, 1), gaps=[gap])[1] == f"2026-03-04  {'·' * 10}█?{'·' * 12}      1/1"


def test_the_hours_stand_below_their_numbers() -> None:
    ruler, *_ = drawn()
    assert [ruler.index(hour) - 12 for hour in ("00", "06", "12", "18")] == [0, 6, 12, 18]


def test_colour_changes_nothing_else() -> None:
    plain = list(heatmap.lines([at(0, 2, 1)], [], NOON, colour=False))
    coloured = list(heatmap.lines([at(0, 2, 1)], [], NOON, colour=True))
    assert "\x1b[33m▒\x1b[0m" in coloured[1]
    assert [line.replace("\x1b[33m", "").replace("\x1b[0m", "") for line in coloured] == plain


def test_no_share_is_rounded_up_to_all() -> None:
    assert heatmap.percentages({"24h": 0.999, "7d": 1.0}) == "24h 99 %   7d 100 %   30d -"
