"""When the network is taken to be down."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.protocol.outage import Reach, Silence, is_down, listen

REACH: st.SearchStrategy[Reach] = st.sampled_from(["answered", "broken", "silent", "local"])


def hear(*events: tuple[str, Reach]) -> Silence:
    silence = Silence()
    for host, reach in events:
        silence = listen(silence, host, reach)
    return silence


@pytest.mark.parametrize(
    ("events", "down"),
    [
        ([], False),
        ([("a", "local")], False),
        ([("a", "silent"), ("a", "silent")], False),
        ([("a", "silent"), ("b", "local")], True),
        ([("a:80", "silent"), ("a:81", "silent")], False),
        ([("a", "silent"), ("c", "answered"), ("b", "silent")], False),
        ([("a", "silent"), ("b", "silent"), ("b", "answered")], False),
        ([("a", "silent"), ("b", "broken")], False),
        ([("a", "silent"), ("b", "silent"), ("c", "broken")], True),
    ],
)
def test_two_hosts_in_a_row_and_no_answer(events: list[tuple[str, Reach]], *, down: bool) -> None:
    assert is_down(hear(*events), is_lone=False) is down


@pytest.mark.parametrize(
    ("events", "down"),
    [
        ([], False),
        ([("a", "local")], True),
        ([("a", "silent")], False),
        ([("a", "local"), ("a", "silent")], False),
        ([("a", "local"), ("a", "answered")], False),
        ([("a", "silent"), ("b", "silent")], True),
    ],
)
def test_a_host_that_is_all_there_is(events: list[tuple[str, Reach]], *, down: bool) -> None:
    assert is_down(hear(*events), is_lone=True) is down


@given(st.lists(st.tuples(st.sampled_from("abc"), REACH)), st.booleans())
def test_an_answer_always_ends_it(events: list[tuple[str, Reach]], is_lone: bool) -> None:
    assert not is_down(hear(*events, ("a", "answered")), is_lone=is_lone)
