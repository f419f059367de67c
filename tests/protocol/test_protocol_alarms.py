"""What is told of conditions, decided without sending anything."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.protocol.alarms import (
    HOUR,
    MAX_WAITING,
    AlertSettings,
    Book,
    Message,
    look,
    only_for,
    refused,
    taken,
    to_tell,
    told,
    waiting_for,
    write_down,
)
from scraper.protocol.conditions import Condition, Severity

NOW = datetime(2024, 5, 6, 4, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CALM = timedelta(minutes=10)
SETTINGS = AlertSettings()
FAILING = Condition("source:a:failing", "failing", "a", "a cannot be polled", "HTTP 503")
DISK = Condition("disk:low", "disk", "", "the disk is full", "free space")


class Watch:
    """A look every minute; remembers what was told, and when."""

    def __init__(self, settings: AlertSettings = SETTINGS) -> None:
        self.settings = settings
        self.now = NOW
        self.book = Book()
        self.told: list[tuple[datetime, str, str]] = []

    def look(self, *conditions: Condition, minutes: float = 1) -> list[str]:
        """What is told at a look, so many minutes after the last one."""
        self.now += minutes * MINUTE
        self.book = look(self.book, self.now, conditions, self.settings.remind)
        found = to_tell(self.book, self.now, self.settings)
        if found:
            self.book = told(self.book, self.now, found)
            self.book = write_down(self.book, Message(self.now, "title", "body"), ())
        self.told += [(self.now, a.change, a.standing.condition.key) for a in found]
        return [a.change for a in found]

    def looks(self, number: int, *conditions: Condition) -> list[str]:
        return [change for _ in range(number) for change in self.look(*conditions)]


def test_a_trouble_is_told_once_and_so_is_its_end() -> None:
    watch = Watch()
    assert watch.looks(30, FAILING) == ["begun"]
    assert watch.looks(30) == ["ended"]
    assert watch.looks(3000) == []
    assert watch.book == Book()


def test_what_holds_at_one_look_only_is_not_told() -> None:
    watch = Watch()
    assert [watch.look(FAILING), watch.look()] == [[], []]
    assert watch.looks(9) == []


def test_what_is_known_to_hold_for_a_while_is_told_at_the_first_look() -> None:
    watch = Watch()
    assert watch.look(replace(FAILING, since=NOW - 5 * MINUTE)) == ["begun"]
    assert watch.book.standings[FAILING.key].since == NOW - 5 * MINUTE


def test_what_may_pass_by_itself_is_told_when_it_has_held_for_its_wait() -> None:
    watch = Watch()
    slow = replace(FAILING, wait=CALM)
    assert watch.looks(10, slow) == []
    assert watch.look(slow) == ["begun"]


def test_an_end_is_told_when_it_has_lasted_for_the_condition_s_calm() -> None:
    watch = Watch()
    calm = replace(FAILING, calm=CALM)
    assert watch.looks(2, calm) == ["begun"]
    assert watch.looks(9) == []
    assert watch.look(calm) == []  # it is there again: nothing was over
    assert watch.looks(10) == []
    assert watch.looks(1) == ["ended"]


def test_looks_that_lie_far_apart_need_two_to_believe_an_end() -> None:
    watch = Watch()
    watch.looks(2, FAILING)
    assert watch.look(minutes=600) == []
    assert watch.look(minutes=600) == ["ended"]


def test_what_comes_back_again_and_again_is_told_ever_less_often() -> None:
    watch = Watch()
    for _ in range(200):
        watch.looks(2, FAILING)
        watch.looks(12)
    begun = [at for at, change, _ in watch.told if change == "begun"]
    assert len(begun) <= 2
    watch.looks(3000)
    assert watch.look(FAILING) == []
    assert watch.look(FAILING) == ["begun"]  # long after, it is no relapse any more


def test_a_relapse_is_told_and_needs_a_longer_calm() -> None:
    watch = Watch()
    assert [*watch.looks(3, FAILING), *watch.looks(11)] == ["begun", "ended"]
    assert watch.looks(3, FAILING) == ["begun"]
    assert watch.looks(20) == []
    assert watch.looks(1) == ["ended"]
    assert watch.book.standings[FAILING.key].relapses == 1


def test_what_lasts_is_told_again_once_a_day() -> None:
    watch = Watch()
    assert watch.looks(2, FAILING) == ["begun"]
    assert watch.looks(24 * 60 - 1, FAILING) == []
    assert watch.look(FAILING) == ["lasting"]
    assert watch.looks(24 * 60, FAILING) == ["lasting"]


def test_what_gets_worse_is_told_again() -> None:
    watch = Watch()
    watch.looks(2, FAILING)
    dead = replace(FAILING, severity=Severity.CRITICAL)
    assert watch.looks(5, dead) == ["worse"]
    assert watch.looks(5, FAILING) == []
    assert watch.looks(5, dead) == []


def test_of_what_another_is_the_cause_of_nothing_is_told() -> None:
    watch = Watch()
    silent = replace(FAILING, silenced=True)
    assert watch.looks(3000, silent) == []
    assert watch.looks(1, FAILING) == ["begun"]
    assert watch.looks(3000, silent) == []
    assert watch.looks(11) == ["ended"]


def test_the_end_of_mere_news_is_not_told() -> None:
    watch = Watch()
    news = replace(FAILING, ends=False)
    assert watch.looks(3000, news) == ["begun"]
    assert watch.looks(3) == []
    assert watch.book == Book()


def test_an_hour_has_so_many_messages_and_the_rest_goes_into_the_next() -> None:
    watch = Watch(AlertSettings(per_hour=2))
    all_of_them = [replace(FAILING, key=str(number)) for number in range(5)]
    for number in range(1, 6):
        watch.looks(3, *all_of_them[:number])
    assert [key for _, _, key in watch.told] == ["0", "1"]
    assert watch.looks(60, *all_of_them) == ["begun"] * 3
    assert len({at for at, _, key in watch.told if key in "234"}) == 1


@pytest.mark.parametrize("ahead", [timedelta(days=365), timedelta(minutes=5)])
def test_a_clock_that_was_ahead_silences_nothing(ahead: timedelta) -> None:
    watch = Watch()
    watch.now += ahead
    watch.looks(2, FAILING)
    watch.look()
    watch.now -= ahead
    assert watch.looks(12) == ["ended"]
    assert watch.looks(2, DISK) == ["begun"]


def test_a_clock_that_was_ahead_does_not_put_off_what_lasts() -> None:
    watch = Watch()
    watch.now += timedelta(days=365)
    watch.looks(2, FAILING)
    watch.now -= timedelta(days=365)
    assert watch.looks(24 * 60 + 1, FAILING) == ["lasting"]


KEYS = ("a", "b", "c")
MOMENTS = st.lists(
    st.tuples(st.sets(st.sampled_from(KEYS)), st.integers(1, 40), st.booleans()), max_size=25
)


@settings(deadline=None)  # hundreds of looks in each
@given(MOMENTS, st.integers(1, 3))
def test_whatever_happens_no_trouble_is_told_twice_and_each_has_its_end(
    moments: Sequence[tuple[Iterable[str], int, bool]], per_hour: int
) -> None:
    watch = Watch(AlertSettings(per_hour=per_hour))
    for keys, times, critical in moments:
        severity = Severity.CRITICAL if critical else Severity.WARNING
        conditions = [replace(FAILING, key=k, calm=CALM, severity=severity) for k in keys]
        watch.looks(times, *conditions)
    for _ in range(99):
        watch.look(minutes=30)
    for key in KEYS:
        changes = [change for _, change, of in watch.told if of == key and change != "worse"]
        episodes = [change for change in changes if change != "lasting"]
        assert episodes == ["begun", "ended"] * (len(episodes) // 2)
        heard = [at for at, change, of in watch.told if of == key and change == "lasting"]
        assert all(b - a >= SETTINGS.remind for a, b in itertools.pairwise(heard))
    moments_told = sorted({at for at, *_ in watch.told})
    for at in moments_told:
        assert sum(at - HOUR < other <= at for other in moments_told) <= per_hour


# -- who has taken it ------------------------------------------------------------------------------

FIRST, SECOND = Message(NOW, "first", "1"), Message(NOW + MINUTE, "second", "2")


def both() -> Book:
    return write_down(write_down(Book(), FIRST, ("x", "y")), SECOND, ("x", "y"))


def titles(book: Book, target: str, now: datetime = NOW) -> list[str]:
    return [message.title for message in waiting_for(book, target, now)]


def test_a_message_waits_for_each_target_until_that_has_taken_it() -> None:
    book = both()
    book = taken(book, "x", waiting_for(book, "x", NOW))
    assert (titles(book, "x"), titles(book, "y")) == ([], ["first", "second"])
    late = NOW + timedelta(days=3)
    assert titles(look(book, late, (), SETTINGS.remind), "y", late) == ["first", "second"]
    book = taken(book, "y", waiting_for(book, "y", NOW))
    assert look(book, late, (), SETTINGS.remind) == Book()


def test_what_one_target_refuses_meanwhile_does_not_keep_it_from_another() -> None:
    book = both()
    handed = waiting_for(book, "x", NOW)
    book = taken(refused(book, "y", NOW), "x", handed)
    assert titles(book, "x") == []


def test_a_target_that_refuses_is_tried_again_ever_later() -> None:
    book, now, waits = both(), NOW, []
    for _ in range(9):
        book = refused(book, "x", now)
        start = now
        while not titles(book, "x", now):
            now += MINUTE
        waits.append((now - start) / MINUTE)
    assert waits == [1, 2, 4, 8, 16, 32, 64, 64, 64]
    assert titles(book, "y") == ["first", "second"]
    assert titles(refused(Book(), "x", now), "x", now) == []


def test_a_clock_that_was_ahead_does_not_keep_a_message_back() -> None:
    book = refused(both(), "x", NOW + timedelta(days=365))
    assert titles(book, "x", NOW) == ["first", "second"]


def test_what_waits_for_a_target_that_is_not_configured_any_more_is_dropped() -> None:
    book = only_for(both(), ("y",))
    assert (titles(book, "x"), titles(book, "y")) == ([], ["first", "second"])


def test_a_target_that_takes_nothing_fills_no_disk() -> None:
    book = Book()
    for number in range(MAX_WAITING + 5):
        book = write_down(book, replace(FIRST, title=str(number)), ("x",))
    kept = look(book, NOW, (), SETTINGS.remind).messages
    assert [message.title for message in kept] == [str(n) for n in range(5, MAX_WAITING + 5)]
