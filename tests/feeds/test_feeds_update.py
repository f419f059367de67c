"""What a poll means: entries united, sitemaps worth asking for."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scraper.feeds.update import children_to_read, unite
from scraper.model import Child, Entry, Feed

NOON = datetime(2024, 5, 6, 4, 0, tzinfo=UTC)


def entry(number: int, **known: object) -> Entry:
    base: dict[str, object] = {"url": f"https://e.example/{number}", "id": str(number)}
    return Entry(**(base | known))  # type: ignore[arg-type]  # the fields of the class


def test_what_one_list_leaves_empty_the_next_fills() -> None:
    first = entry(1, title="甲")
    second = entry(1, title="乙", summary="丙", content="丁", author="戊", published=NOON)
    (united,) = unite([("a", Feed("rss", (first,))), ("b", Feed("atom", (second,)))]).entries
    assert united == entry(1, title="甲", summary="丙", content="丁", author="戊", published=NOON)


def test_an_article_is_missed_by_a_list_that_reaches_back_further() -> None:
    old, new = entry(1, published=NOON - timedelta(hours=2)), entry(2, published=NOON)
    older = entry(3, published=NOON - timedelta(days=1))
    united = unite([("a", Feed("rss", (old,))), ("b", Feed("rss", (new, older)))])
    assert united.missed == {"a": ("2",), "b": ("1",)}


@given(st.lists(st.lists(st.integers(0, 20))))
def test_every_article_is_there_once_in_the_order_of_its_first_sight(
    lists: list[list[int]],
) -> None:
    feeds = [(str(n), Feed("rss", tuple(map(entry, ids)))) for n, ids in enumerate(lists)]
    found = [int(e.id) for e in unite(feeds).entries]
    assert found == list(dict.fromkeys(number for ids in lists for number in ids))


def test_only_sitemaps_that_changed_or_do_not_say_are_read_again() -> None:
    children = [Child("a", "2024-01"), Child("b", "2024-03"), Child("c"), Child("d", "2024-02")]
    wanted = children_to_read(children, {"a": "2024-01", "b": "2024-02", "c": ""})
    assert [child.url for child in wanted] == ["b", "d", "c"]
