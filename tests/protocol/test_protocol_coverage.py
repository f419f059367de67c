"""What was listed against what is archived: by hour, by source, over a day, a week and a month."""

from datetime import UTC, datetime, timedelta

from scraper.protocol.coverage import Row, Tally, by_day, share_since, shares, tally

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
HOUR = int(NOON.timestamp()) // 3600


def row(status: str, number: int = 1, hour: int = 0, *, day: bool = False, of: str = "a") -> Row:
    return Row(of, HOUR + hour, day, status, number)


def test_an_hour_has_what_was_listed_what_is_archived_and_why_the_rest_is_not() -> None:
    rows = [row("archived", 3), row("given_up"), row("pending", 2), row("archived", hour=1)]
    first, second = tally(rows)
    assert first == Tally(
        "a", NOON, whole_day=False, listed=6, archived=3, missing={"given_up": 1, "pending": 2}
    )
    assert second == Tally("a", NOON + timedelta(hours=1), whole_day=False, listed=1, archived=1)
    assert (first.share, second.share) == (0.5, 1.0)


def test_sources_and_days_without_an_hour_stand_apart() -> None:
    rows = [row("archived"), row("archived", day=True), row("archived", of="b")]
    assert [(one.source, one.whole_day) for one in tally(rows)] == [
        ("a", False),
        ("a", True),
        ("b", False),
    ]


def test_what_was_listed_a_moment_ago_does_not_count() -> None:
    rows = [row("archived"), row("pending", 3), row("pending", 2, hour=1)]
    fresh = [row("pending", 1), row("pending", 2, hour=1), row("pending", hour=9)]
    (one,) = tally(rows, fresh)
    assert (one.listed, one.missing) == (3, {"pending": 2})


def test_an_hour_in_which_nothing_is_listed_is_whole() -> None:
    assert Tally("a", NOON, whole_day=False).share == 1.0


def test_a_share_is_of_the_hours_since_and_of_the_days_that_had_not_ended() -> None:
    rows = [
        row("archived", 3, hour=-30),  # too long ago
        row("given_up", 1, hour=-50, day=True),  # ended two hours before
        row("given_up", 1, hour=-24),
        row("archived", 2, hour=-40, day=True, of="b"),
        row("archived", 2, hour=-1),
    ]
    since = NOON - timedelta(hours=24)
    assert share_since(tally(rows), since) == {"a": 2 / 3, "b": 1.0}
    assert share_since(tally(rows), since, least_missing=1) == {"a": 2 / 3}
    assert share_since(tally(rows), since, least_missing=2) == {}


def test_the_windows_are_a_day_a_week_and_a_month() -> None:
    rows = [row("archived"), row("pending", hour=-3 * 24), row("skipped", 2, hour=-20 * 24)]
    rows += [row("archived", hour=-20 * 24, of="b"), row("archived", hour=-40 * 24, of="c")]
    assert shares(tally(rows), NOON) == {
        "a": {"24h": 1.0, "7d": 0.5, "30d": 0.25},
        "b": {"30d": 1.0},
    }


def test_days_come_newest_first_with_their_hours() -> None:
    rows = [row("archived", hour=n) for n in (0, 1, 11, 12)]
    days = by_day(tally(rows))
    assert [day.day for day in days] == [5, 4]
    assert [one.at.hour for one in days[datetime(2026, 3, 4, tzinfo=UTC)]] == [23, 13, 12]
