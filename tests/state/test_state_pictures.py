"""Pictures: wanted once whoever shows them, kept, given up, and let go of with their article."""

from datetime import UTC, datetime, timedelta

import pytest

from scraper.state.database import State
from scraper.state.pictures import LostPicture, Unlinked, WantedPicture

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
ONE, TWO = "https://img.example/1.jpg", "https://img.example/2.jpg"


@pytest.fixture
def shared(state: State) -> State:
    """Two articles show one picture, the first of them another one as well."""
    state.pictures.want("a", (ONE, TWO))
    state.pictures.want("b", (TWO,))
    return state


def test_a_picture_is_wanted_once_and_at_once(shared: State) -> None:
    wanted = [WantedPicture(ONE, "a", 0), WantedPicture(TWO, "a", 0)]
    assert shared.pictures.due(NOW, 9) == wanted
    assert shared.pictures.due(NOW, 1) == wanted[:1]
    assert shared.pictures.due(NOW, 9, ["b"]) == wanted[1:]
    assert shared.pictures.due(NOW, 9, []) == []
    assert shared.pictures.lacking(["a", "b", "c"]) == {"a", "b"}


def test_one_that_is_put_off_waits_and_one_that_is_given_up_is_told(shared: State) -> None:
    shared.pictures.put_off(ONE, "HTTP 503", NOW + timedelta(minutes=5), attempts=1)
    shared.pictures.give_up(TWO, "HTTP 410")
    assert shared.pictures.due(NOW, 9) == []
    assert shared.pictures.due(NOW + timedelta(minutes=5), 9) == [WantedPicture(ONE, "a", 1)]
    assert shared.pictures.lost(9) == [LostPicture(TWO, "a", "HTTP 410")]
    assert shared.pictures.counts() == {"pending": 1, "given_up": 1}
    assert shared.pictures.retry(["b"], NOW) == 1
    assert shared.pictures.retry(None, NOW) == 1
    assert shared.pictures.retry(None, NOW) == 0
    assert {wanted.attempts for wanted in shared.pictures.due(NOW, 9)} == {0}


def test_the_articles_that_show_a_kept_picture_by_address_are_known(shared: State) -> None:
    pictures = shared.pictures
    assert pictures.unlinked() == []
    pictures.save(TWO, "a", "assets/ab/abcd.jpg", "abcd")
    assert sorted(pictures.unlinked()) == ["a", "b"]
    assert pictures.saved([ONE, TWO]) == {TWO: "assets/ab/abcd.jpg"}
    pictures.note("a", Unlinked((ONE,)))
    pictures.note("b", Unlinked((TWO,), planned="ff"))
    assert pictures.unlinked() == pictures.unfinished() == ["b"]
    assert pictures.noted("b") == Unlinked((TWO,), "ff")
    pictures.note("b", Unlinked())
    assert pictures.unlinked() == pictures.unfinished() == []
    assert pictures.noted("b") == Unlinked()


def test_a_forgotten_article_leaves_what_others_show(shared: State) -> None:
    shared.pictures.forget("a", [])
    assert shared.pictures.due(NOW, 9) == [WantedPicture(TWO, "b", 0)]
    assert shared.pictures.noted("a") == Unlinked()


def test_a_removed_picture_is_wanted_again_for_those_who_show_it(shared: State) -> None:
    for url in (ONE, TWO):
        shared.pictures.save(url, "a", f"assets/{url[-5]}.jpg", "abcd")
    shared.pictures.forget("a", ["assets/1.jpg", "assets/2.jpg"])
    assert shared.pictures.due(NOW, 9) == [WantedPicture(TWO, "b", 0)]
    assert shared.pictures.counts() == {"pending": 1}


def test_a_picture_that_stays_is_nobodys(shared: State) -> None:
    shared.pictures.save(TWO, "a", "assets/2.jpg", "abcd")
    shared.pictures.forget("a", ["assets/1.jpg"])
    assert shared.pictures.saved([ONE, TWO]) == {TWO: "assets/2.jpg"}
    shared.pictures.give_up(TWO, "x")
    assert shared.pictures.lost(9) == [LostPicture(TWO, "", "x")]
