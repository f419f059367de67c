"""The rhythm of looking again: within its bounds, slower with age, nearer after a change."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scraper.model import RevisionSettings
from scraper.protocol.recheck import (
    DOUBTED,
    JITTER,
    jitter_of,
    may_revise,
    next_check,
    sooner,
)

NOON = datetime(2024, 5, 6, 12, tzinfo=UTC)
DEFAULT = RevisionSettings()
ages = st.timedeltas(timedelta(0), timedelta(days=400))
jitters = st.floats(0, 1, exclude_max=True)


@st.composite
def settings(draw: st.DrawFn) -> RevisionSettings:
    first = draw(st.timedeltas(timedelta(minutes=1), timedelta(days=1)))
    longest = first + draw(st.timedeltas(timedelta(0), timedelta(days=60)))
    until = draw(st.timedeltas(timedelta(0), timedelta(days=300)))
    return RevisionSettings(
        first=first, longest=longest, until=until, share=draw(st.floats(0.01, 10))
    )


@given(ages, settings(), jitters)
def test_a_wait_keeps_within_its_bounds(
    age: timedelta, chosen: RevisionSettings, jitter: float
) -> None:
    due = next_check(NOON - age, NOON, chosen, jitter)
    if due is not None:
        assert chosen.first <= due - NOON <= chosen.longest
        assert due <= NOON - age + chosen.until


@given(ages, ages, settings(), jitters)
def test_an_older_article_is_never_looked_at_sooner(
    one: timedelta, other: timedelta, chosen: RevisionSettings, jitter: float
) -> None:
    younger, older = sorted((one, other))
    late = next_check(NOON - older, NOON, chosen, jitter)
    early = next_check(NOON - younger, NOON, chosen, jitter)
    assert late is None or (early is not None and early <= late)


@given(ages)
def test_jitter_makes_a_wait_longer_by_a_tenth_at_most(age: timedelta) -> None:
    early = next_check(NOON - age, NOON, DEFAULT, 0.0)
    late = next_check(NOON - age, NOON, DEFAULT, 0.999)
    if early and late:
        assert timedelta(0) <= late - early <= (early - NOON) * JITTER


def test_waits_are_a_share_of_the_age() -> None:
    waits = [
        next_check(NOON - age, NOON, DEFAULT, 0.0)
        for age in (timedelta(minutes=1), timedelta(hours=2), timedelta(days=90))
    ]
    assert [due - NOON for due in waits if due] == [
        timedelta(minutes=10),
        timedelta(hours=1),
        timedelta(days=30),
    ]


def test_an_article_is_followed_about_25_times_by_default() -> None:
    at: datetime | None = NOON
    looks = 0
    while at is not None and (at := next_check(NOON, at, DEFAULT, 0.5)):
        looks += 1
    assert 20 <= looks <= 30


def test_nothing_is_looked_at_again_when_it_is_too_old() -> None:
    assert next_check(NOON - timedelta(days=181), NOON, DEFAULT, 0.0) is None
    assert next_check(NOON - timedelta(days=179), NOON, DEFAULT, 0.0) is None


def test_an_unknown_date_and_one_to_come_count_as_now() -> None:
    first = NOON + DEFAULT.first
    assert next_check(None, NOON, DEFAULT, 0.0) == first
    assert next_check(NOON + timedelta(days=3), NOON, DEFAULT, 0.0) == first


def test_what_is_in_doubt_is_looked_at_within_half_a_day_and_when_the_host_allows() -> None:
    soon = NOON + timedelta(hours=1)
    assert sooner(soon, NOON, DOUBTED) == soon
    assert sooner(NOON + timedelta(days=9), NOON, DOUBTED) == NOON + DOUBTED
    assert sooner(None, NOON, DOUBTED) == NOON + DOUBTED
    assert sooner(soon, NOON, DOUBTED, timedelta(hours=20)) == NOON + timedelta(hours=20)


@given(st.text(st.characters()))
def test_an_articles_jitter_is_its_own(article_id: str) -> None:
    assert 0 <= jitter_of(article_id) < 1
    assert jitter_of(article_id) == jitter_of(article_id)


def test_a_day_has_so_many_revisions_and_the_next_day_as_many_again() -> None:
    assert may_revise(None, 0, NOON, 1)
    assert may_revise(NOON, 3, NOON, 4)
    assert not may_revise(NOON, 4, NOON + timedelta(hours=11), 4)
    assert may_revise(NOON, 4, NOON + timedelta(hours=12), 4)
