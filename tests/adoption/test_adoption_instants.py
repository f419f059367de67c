"""The rule by which the instants of an older archive are judged."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.adoption.instants import Judged, Stated, judge, proven

EIGHT, SIXTEEN = timedelta(hours=8), timedelta(hours=16)
DAY = date(2021, 1, 21)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def stated(number: str, made: str = "", day: date | None = DAY) -> Stated:
    return Stated(at(made or number), at(number), day, "Asia/Singapore" if day else "")


def test_an_instant_that_nothing_speaks_against_stands() -> None:
    right = stated("2021-01-21T09:00")
    assert judge(right) == Judged(at("2021-01-21T09:00"))
    assert proven(right) is None


def test_an_instant_on_the_day_after_its_ids_is_corrected_by_the_zones_offset() -> None:
    # the seed: 04:00 on the 14th in Singapore, for a story of the 13th
    seed = stated("2021-11-13T20:00", "2021-11-13T13:30:24.123", date(2021, 11, 13))
    assert judge(seed) == Judged(at("2021-11-13T12:00"), EIGHT)


def test_an_instant_after_the_posts_making_is_corrected_where_one_error_explains_it() -> None:
    early = stated("2021-01-21T02:00", "2021-01-20T18:30")  # 16 h less were the day before
    assert proven(early) == EIGHT
    assert judge(early) == Judged(at("2021-01-20T18:00"), EIGHT)


def test_twice_the_offset_is_believed_where_the_clamp_rules_out_once() -> None:
    late = stated("2021-01-21T19:00", "2021-01-21T03:30")
    assert proven(late) == SIXTEEN
    assert judge(late) == Judged(at("2021-01-21T03:00"), SIXTEEN)


def test_twice_the_offset_is_believed_where_the_id_rules_out_once() -> None:
    late = stated("2021-01-22T01:30")
    assert proven(late) == SIXTEEN
    assert judge(late).instant == at("2021-01-21T09:30")


def test_neighbours_decide_between_two_errors() -> None:
    both = stated("2021-01-21T18:00")
    assert proven(both) is None
    assert judge(both) == Judged(at("2021-01-21T10:00"), EIGHT)
    assert judge(both, {SIXTEEN}) == Judged(at("2021-01-21T02:00"), SIXTEEN)
    found = judge(both, {EIGHT, SIXTEEN})
    assert (found.late, found.doubt) == (EIGHT, "the feed may have been late by 16 hours as well")


def test_the_clamp_alone_corrects_and_leaves_a_doubt_between_two_errors() -> None:
    found = judge(stated("2021-01-21T15:00", "2021-01-21T08:00"))
    assert (found.instant, found.late) == (at("2021-01-21T07:00"), EIGHT)
    assert found.doubt


def test_an_instant_that_may_be_right_is_flagged_among_posts_that_are_proven_late() -> None:
    found = judge(stated("2021-01-21T09:00"), {EIGHT})
    assert (found.instant, found.late) == (at("2021-01-21T09:00"), timedelta(0))
    assert found.doubt == "the feed was late on these days"
    assert not judge(stated("2021-01-20T17:00"), {EIGHT}).doubt  # eight hours less: the day before


@pytest.mark.parametrize("number", ["2021-01-25T09:00", "2021-01-18T09:00"])
def test_an_instant_that_no_error_explains_is_flagged(number: str) -> None:
    found = judge(stated(number))
    assert found.instant == at(number)
    assert found.doubt == "no known error of the feed makes its day that of its id"


def test_without_a_day_in_the_id_only_the_clamp_speaks() -> None:
    assert judge(stated("2021-01-21T09:00", day=None)) == Judged(at("2021-01-21T09:00"))
    found = judge(stated("2021-01-21T09:00", "2021-01-21T08:15", None))
    assert found == Judged(at("2021-01-21T08:15"), doubt="the feed dated it after it was archived")


def test_a_post_without_a_number_has_its_date() -> None:
    assert judge(Stated(at("2019-08-01T13:38:21"))) == Judged(at("2019-08-01T13:38:21"))


def test_a_number_before_the_date_is_no_clamp_and_flagged() -> None:
    found = judge(stated("2021-01-21T09:00", "2021-01-21T10:00"))
    assert found.instant == at("2021-01-21T10:00")
    assert found.doubt


def test_a_site_on_utc_has_no_offset_to_be_late_by() -> None:
    there = Stated(at("2021-01-22T01:00"), at("2021-01-22T01:00"), DAY, "UTC")
    assert judge(there).doubt
    assert judge(Stated(at("2021-01-21T01:00"), None, DAY, "UTC")) == Judged(at("2021-01-21T01:00"))


def test_the_last_instant_that_there_is_is_flagged_where_its_day_cannot_be_told() -> None:
    last = Stated(datetime.max.replace(tzinfo=UTC), None, DAY, "Asia/Singapore")
    assert judge(last).doubt


INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2022, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(
    INSTANTS, st.sampled_from([timedelta(0), EIGHT, SIXTEEN]), st.timedeltas(timedelta(0), EIGHT)
)
def test_a_corrected_instant_keeps_its_ids_day_and_is_never_after_the_posts_making(
    true: datetime, late: timedelta, lag: timedelta
) -> None:
    number, seen = true + late, true + lag
    day = (true + EIGHT).date()
    found = judge(Stated(min(seen, number), number, day, "Asia/Singapore"), {late} - {timedelta(0)})
    assert (found.instant + EIGHT).date() == day
    assert found.instant <= max(seen, number)
    if late and seen < number and not found.doubt:
        assert found.late in (late, EIGHT)
