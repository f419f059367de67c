from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.articles.dates import EARLIEST, Moment, read_moment, start_of

SINGAPORE = "Asia/Singapore"
NOON = datetime(2021, 11, 13, 12, tzinfo=UTC)  # 20:00 in Singapore


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]  # year, month, day first


@pytest.mark.parametrize(
    "text",
    [
        "2021-11-13T20:00:00+08:00",
        "2021-11-13T12:00:00Z",
        "2021-11-13T12:00Z",
        "2021-11-13t12:00:00z",
        "2021-11-13T12:00:00.000Z",
        "2021-11-13T12:00:00.123456789Z",
        "2021-11-13T20:00:00+0800",
        "2021-11-13T07:00:00-05:00",
        "2021-11-13 20:00:00 +08:00",
        "2021-11-13 07:00:00 -05:00",
        "2021-11-13 07:00:00 -0500",
        "  2021-11-13T12:00:00+00:00\n",
    ],
)
def test_an_offset_is_heeded_whatever_the_zone(text: str) -> None:
    found = read_moment(text, "America/New_York")
    assert found
    assert found.instant.replace(microsecond=0) == NOON
    assert (found.precision, found.instant.tzinfo) == ("instant", UTC)


@pytest.mark.parametrize(
    "text", ["2021-11-13 12:00:00 UTC", "2021-11-13 12:00 GMT", "2021-11-13T12:00:00 Z"]
)
def test_a_zone_by_name_is_heeded(text: str) -> None:
    assert read_moment(text, SINGAPORE) == Moment(NOON)


@pytest.mark.parametrize(
    "text",
    [
        "2021-11-13T20:00:00",
        "2021-11-13 20:00",
        "2021-11-13 20:00:00",
        "2021/11/13 20:00",
        "2021.11.13 20:00",
        "2021年11月13日 20:00",
        "2021年11月13日20:00",
        "2021年11月13日 星期六 20:00",
        "2021年11月13日（星期六）20时00分",
        "2021 年 11 月 13 日 20：00",
        "2021-11-13 8:00 PM",
        "2021年11月13日 08:00 p.m.",
        "2021年11月13日 下午8:00",
        "2021年11月13日 晚上8时00分",
        "发布 / 2021年11月13日 08:00 PM",
        "更新时间：2021-11-13 20:00:00 来源：本报",
        "11/13/2021 - 20:00",
        "11/13/2021 08:00 PM",
    ],
)
def test_a_time_without_offset_is_local(text: str) -> None:
    assert read_moment(text, SINGAPORE) == Moment(NOON)


@pytest.mark.parametrize(
    ("text", "hour", "minute"),
    [
        ("2022年03月15日 11:29 PM", 23, 29),
        ("2022年03月15日 11:29 AM", 11, 29),
        ("2022年03月15日 12:29 AM", 0, 29),
        ("2022年03月15日 12:29 PM", 12, 29),
        ("2022年3月15日 下午3:05", 15, 5),
        ("2022年3月15日 上午3:05", 3, 5),
        ("2022年3月15日 凌晨12:30", 0, 30),
        ("2022年3月15日 中午12:10", 12, 10),
        ("2022年3月15日 傍晚6时30分", 18, 30),
        ("2022年3月15日 下午3点05分", 15, 5),
        ("2022年3月15日 下午15:05", 15, 5),
        ("03/15/2022 - 11:29", 11, 29),
        ("2022-03-15 23:59:58", 23, 59),
    ],
)
def test_the_hour_of_the_day(text: str, hour: int, minute: int) -> None:
    found = read_moment(text, "UTC")
    assert found
    assert found.instant.replace(second=0) == utc(2022, 3, 15, hour, minute)
    assert found.precision == "instant"


def test_seconds_are_kept() -> None:
    assert read_moment("2022-03-15 23:59:58", "UTC") == Moment(utc(2022, 3, 15, 23, 59, 58))
    assert read_moment("2022年3月15日 23时59分58秒", "UTC") == Moment(utc(2022, 3, 15, 23, 59, 58))


@pytest.mark.parametrize(
    "text",
    ["2021-11-13", "2021年11月13日", "2021/11/13", "11/13/2021", "发布于2021年11月13日，记者"],
)
def test_a_date_alone_is_a_day_that_begins_in_its_zone(text: str) -> None:
    assert read_moment(text, SINGAPORE) == Moment(utc(2021, 11, 12, 16), "day")
    assert read_moment(text, SINGAPORE) == start_of(date(2021, 11, 13), SINGAPORE)


def test_local_time_follows_the_zones_summer_time() -> None:
    assert read_moment("2021-07-01 12:00", "Europe/Berlin") == Moment(utc(2021, 7, 1, 10))
    assert read_moment("2021-12-01 12:00", "Europe/Berlin") == Moment(utc(2021, 12, 1, 11))


@pytest.mark.parametrize(
    "value", [1636804800, 1636804800.0, 1636804800000, "1636804800", "1636804800000"]
)
def test_unix_time_in_seconds_and_milliseconds(value: object) -> None:
    assert read_moment(value, SINGAPORE) == Moment(NOON)


def test_a_number_is_taken_for_seconds_until_the_year_5000() -> None:
    assert read_moment(9e10, "UTC") == Moment(datetime.fromtimestamp(9e10, UTC))
    assert read_moment(2e12, "UTC") == Moment(datetime.fromtimestamp(2e9, UTC))


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        False,
        0,
        -1,
        631151999,  # a second before 1990
        float("nan"),
        float("inf"),
        1e300,
        pytest.param(10**400, id="an integer beyond any float"),
        [],
        {},
        b"2021-11-13",
    ],
)
def test_what_is_no_time_is_none(value: object) -> None:
    assert read_moment(value, SINGAPORE) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "昨天",
        "20:00",
        "11月13日",
        "13 Nov",
        "2021",
        "20211113",
        "1636804",
        "123456789012345",
        "2021-13-01",
        "2021-02-30",
        "2021-02-30T10:00:00Z",
        "2021-11-13T25:00",
        "2021-11-13T20:61",
        "31/12/2021",
        "0001-01-01",
        "1970-01-01T00:00:00Z",
        "1989-12-31",
        "9999-12-31T23:59:59-12:00",
        "0001-01-01T00:00:00+14:00",
        "2021-11-1399",
        pytest.param("x" * 10_000, id="long"),
    ],
)
def test_what_names_no_day_is_none(text: str) -> None:
    assert read_moment(text, SINGAPORE) is None


def test_the_earliest_moment_is_plausible() -> None:
    assert read_moment("1990-01-01T00:00:00Z", SINGAPORE) == Moment(EARLIEST)


@given(st.text() | st.integers() | st.floats(), st.sampled_from(["UTC", SINGAPORE, "Asia/Tokyo"]))
def test_whatever_the_value_a_moment_is_plausible_and_in_utc(value: object, zone: str) -> None:
    found = read_moment(value, zone)
    if found:
        assert found.instant >= EARLIEST
        assert found.instant.tzinfo is UTC


@given(
    st.datetimes(datetime(1991, 1, 1), datetime(2099, 12, 31)),  # noqa: DTZ001  # local
    st.sampled_from(["%Y-%m-%dT%H:%M:%S", "%Y年%m月%d日 %H:%M:%S", "%m/%d/%Y - %H:%M:%S"]),
)
def test_a_written_local_time_reads_back(local: datetime, layout: str) -> None:
    found = read_moment(local.strftime(layout), "UTC")
    assert found == Moment(local.replace(microsecond=0, tzinfo=UTC))


# -- English ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "November 13, 2021 20:00",
        "Nov 13, 2021 8:00 PM",
        "Nov. 13th, 2021, 8:00 p.m",
        "Published 13 November 2021 at 20:00",
        "13-Nov-2021 20:00:00",
        "Sat, 13 Nov 2021 12:00:00 GMT",
        "Sat, 13 Nov 2021 20:00:00 +0800",
        "Sat, 13 Nov 2021 07:00:00 -05:00",
        "NOVEMBER 13 2021 12:00 UTC",
    ],
)
def test_an_english_date_names_its_month(text: str) -> None:
    assert read_moment(text, SINGAPORE) == Moment(NOON)


@pytest.mark.parametrize(
    "text",
    ["13 November 2021", "Nov 13, 2021", "Nov 13, 2021 8:00 PM EST", "13 Nov 2021 23:00 IST"],
)
def test_an_english_day_and_a_time_in_a_zone_that_is_several_give_the_day(text: str) -> None:
    assert read_moment(text, SINGAPORE) == start_of(date(2021, 11, 13), SINGAPORE)


@pytest.mark.parametrize(
    "text",
    ["Mayor 6, 2024", "1 Marchand 2024", "Feb 30, 2024", "May 6", "13 Nov 2021 12:00 -9959"],
)
def test_what_only_looks_like_an_english_date_gives_nothing(text: str) -> None:
    assert read_moment(text, SINGAPORE) is None
