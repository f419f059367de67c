"""What is remembered of a URL after each kind of answer, and what is asked the next time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from scraper.model import Child, Entry, Feed, NotModified, Page, Source, Validators
from scraper.protocol.freshness import FULL_EVERY
from scraper.service.crawling import reading
from scraper.service.crawling.lists import MAX_CHILDREN, choose_children
from scraper.service.crawling.reading import MOVED_AFTER, Reading
from scraper.state.resources import Resource

NOW = datetime(2024, 5, 6, 4, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)
URL = "https://news.example.com/list"
NEW = "https://new.example.com/list"
MARKS = Validators('"1"', "Mon, 06 May 2024 04:00:00 GMT")
KNOWN = Resource(
    URL, "news", MARKS, "digest", NOW, entries=3, validated_url=URL, full_at=NOW, feed_format="rss"
)
MOVED = replace(KNOWN, moved_to=NEW, moved_seen=MOVED_AFTER)


def page(url: str = URL, validators: Validators = MARKS) -> Page:
    return Page(url, b"x", validators=validators)


# -- validators ------------------------------------------------------------------------------------


def test_they_are_sent_until_it_is_time_for_a_full_answer() -> None:
    assert reading.conditions(KNOWN, LATER) == MARKS
    assert reading.conditions(KNOWN, NOW + FULL_EVERY) == Validators()
    assert reading.conditions(replace(KNOWN, digest=""), LATER) == Validators()


def test_a_304_keeps_what_came_with_it_and_where() -> None:
    newer = replace(MARKS, last_modified="Mon, 06 May 2024 05:00:00 GMT")
    record = reading.confirmed(KNOWN, NotModified(NEW, newer), LATER)
    assert (record.validators, record.validated_url) == (newer, NEW)
    assert (record.checked_at, record.full_at) == (LATER, NOW)


@pytest.mark.parametrize(
    ("record", "answer", "digest", "kept"),
    [
        (KNOWN, page(), "other", MARKS),
        (KNOWN, page(validators=Validators()), "other", Validators()),
        # the same content under the same validator: they are not honoured
        (KNOWN, page(), "digest", Validators()),
        (KNOWN, page(validators=replace(MARKS, last_modified="x")), "digest", Validators()),
        (replace(KNOWN, validators=Validators("", "x")), page(validators=Validators("", "x")),
         "digest", Validators()),
        # and they stay away until the content changes
        (replace(KNOWN, validators=Validators()), page(), "digest", Validators()),
        (replace(KNOWN, validators=Validators()), page(), "other", MARKS),
        # explained: another validator, another place, or nothing was asked on condition
        (KNOWN, page(validators=Validators('"2"')), "digest", Validators('"2"')),
        (KNOWN, page(NEW), "digest", MARKS),
        (replace(KNOWN, full_at=NOW - FULL_EVERY), page(), "digest", MARKS),
    ],
)  # fmt: skip
def test_validators_that_are_not_honoured_are_dropped(
    record: Resource, answer: Page, digest: str, kept: Validators
) -> None:
    after = reading.received(record, answer, digest, LATER)
    assert after.validators == kept
    assert (after.validated_url, after.full_at, after.digest) == (answer.url, LATER, digest)


def test_no_304_confirms_what_was_not_understood() -> None:
    after = reading.doubted(KNOWN, LATER)
    assert (after.validators, after.digest, after.entries) == (Validators(), "", 3)
    assert reading.asks_in_full(after, LATER)
    empty = reading.learned(KNOWN, Feed("rss"), LATER)
    assert "lists nothing any more" in empty.failure
    assert empty.resource
    assert (empty.resource.validators, empty.resource.digest) == (Validators(), "")


def test_a_list_that_was_not_taken_to_its_end_is_read_again_as_if_for_the_first_time() -> None:
    feed = Feed("rss", (Entry("https://news.example.com/1", "1"),))
    taken = reading.learned(replace(KNOWN, lastmod_read="2024"), feed, LATER)
    again = reading.unfinished(taken).resource
    assert again
    assert (again.digest, again.full_at, again.lastmod_read) == ("", None, "")
    assert reading.conditions(again, LATER) == Validators()
    assert reading.unfinished(Reading(URL)) == Reading(URL)


# -- moves -----------------------------------------------------------------------------------------


def test_a_move_is_trusted_after_three_polls_in_a_row() -> None:
    record = KNOWN
    for seen in range(1, MOVED_AFTER + 2):
        assert reading.starts(record, LATER) == ((URL,) if seen <= MOVED_AFTER else (NEW, URL))
        record = reading.follow_move(record, URL, NEW)
        assert record.moved_seen == min(seen, MOVED_AFTER)
    assert reading.is_moved(record)


def test_another_target_begins_anew_and_an_answer_of_its_own_ends_it() -> None:
    other = reading.follow_move(MOVED, URL, "https://third.example/list")
    assert (other.moved_to, other.moved_seen) == ("https://third.example/list", 1)
    healed = reading.follow_move(MOVED, URL, "")
    assert (healed.moved_to, healed.moved_seen) == ("", 0)


def test_what_the_new_address_says_is_no_vote() -> None:
    assert reading.follow_move(MOVED, NEW, "https://third.example/list") == MOVED


@pytest.mark.parametrize(
    "record", [replace(MOVED, full_at=NOW - FULL_EVERY), replace(MOVED, digest="")]
)
def test_the_configured_address_is_asked_first_once_a_day_and_when_nothing_was_understood(
    record: Resource,
) -> None:
    assert reading.starts(record, NOW) == (URL, NEW)


# -- gone ------------------------------------------------------------------------------------------


def test_a_url_is_gone_since_the_first_410_and_back_with_any_answer() -> None:
    once = reading.gone(KNOWN, NOW)
    assert reading.gone(once, LATER).gone_at == NOW
    assert reading.received(once, page(), "digest", LATER).gone_at is None
    assert reading.confirmed(once, NotModified(URL), LATER).gone_at is None


# -- the sitemaps of an index ----------------------------------------------------------------------


def child(number: int, lastmod: str = "") -> Child:
    return Child(f"https://news.example.com/{number}.xml", lastmod)


def read(of: Child, minutes: int = 0, **known: object) -> Resource:
    record = Resource(of.url, "news", lastmod_read=of.lastmod, checked_at=NOW)
    known["checked_at"] = NOW + timedelta(minutes=minutes)
    return replace(record, **known)  # type: ignore[arg-type]  # its fields


SOURCE = Source("news", "山城新闻", (URL,))


def test_the_newest_sitemaps_are_read_first_and_the_rest_another_time() -> None:
    many = tuple(child(n, f"2024-{n:04}") for n in range(200))
    first = choose_children(many, [])
    assert first == tuple(reversed(many))[:MAX_CHILDREN]
    assert (
        choose_children(many, [read(c) for c in first])
        == tuple(reversed(many[: 200 - MAX_CHILDREN]))[:MAX_CHILDREN]
    )


def test_sitemaps_without_a_date_take_turns() -> None:
    many = tuple(child(n) for n in range(MAX_CHILDREN + 2))
    asked = choose_children(many, [read(c, n) for n, c in enumerate(many[:-1])])
    assert asked[0] == many[-1]  # never read
    assert asked[1] == many[0]  # longest ago
    assert len(asked) == MAX_CHILDREN


def test_a_sitemap_that_is_gone_is_asked_for_again_when_its_index_says_that_it_changed() -> None:
    dated, silent = child(1, "2024"), child(2)
    known = [read(dated, gone_at=NOW), read(silent, gone_at=NOW)]
    assert choose_children((dated, silent), known) == ()
    assert choose_children((child(1, "2025"), silent), known) == (child(1, "2025"),)


def test_what_is_remembered_of_a_url_names_its_source() -> None:
    assert reading.remembered(None, SOURCE, URL, "2024") == Resource(
        URL, "news", lastmod_read="2024"
    )
