"""Feeds of other projects' suites: what they state, and where and why ours is told otherwise.

Each table of differences is complete: a case that begins to agree, or to differ, fails its test.
"""

import calendar
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from scraper.errors import FeedError
from scraper.feeds import syndication
from scraper.feeds.context import Context
from scraper.feeds.formats import parse
from scraper.feeds.plain import plain
from scraper.model import Feed
from scraper.protocol.urls import canonical
from tests.feeds import feedparser_suite, miniflux_suite

NOW = datetime(2026, 1, 1, 4, 0, tzinfo=UTC)
CONTEXT = Context(None, "UTC", NOW)
Table = dict[str, set[str]]  # names of cases by the reason why they differ


@pytest.fixture
def suites(shared: Path) -> Path:
    return shared / "corpus/suites"


def names(table: Table) -> set[str]:
    return set().union(*table.values())


def read(case: feedparser_suite.Case | miniflux_suite.Case) -> Feed | FeedError:
    try:
        return parse(case.page, CONTEXT)
    except FeedError as error:
        return error


# -- feedparser ------------------------------------------------------------------------------------

BROKEN = "not well-formed and without entries: nobody can tell that it is whole"
OLD = "CDF of 1997, without entries"
UTF_32 = "UTF-32, which no browser reads either (WHATWG Encoding §4.1)"
REFUSED: Table = {
    BROKEN: {
        "encoding/bozo_invalid-bytes-with-bom.xml",
        "entities/160.xml",
        "entities/732.xml",
        "entities/8216.xml",
        "entities/8217.xml",
        "entities/8220.xml",
        "entities/8221.xml",
        "entities/9830.xml",
        "entities/attr_amp.xml",
        "entities/query_variable_feed.xml",
        "illformed/aaa_illformed.xml",
        "illformed/rss_empty_document.xml",
        "illformed/undeclared_namespace.xml",
    },
    UTF_32: {
        "encoding/utf-32be-autodetect.xml",
        "encoding/utf-32be-bom.xml",
        "encoding/utf-32be.xml",
        "encoding/utf-32le-autodetect.xml",
        "encoding/utf-32le-bom.xml",
        "encoding/utf-32le.xml",
        "encoding/utf_32.xml",
    },
    OLD: {
        "wellformed/cdf/channel_abstract_map_description.xml",
        "wellformed/cdf/channel_abstract_map_tagline.xml",
        "wellformed/cdf/channel_href_map_link.xml",
        "wellformed/cdf/channel_href_map_links.xml",
        "wellformed/cdf/channel_lastmod.xml",
        "wellformed/cdf/channel_lastmod_parsed.xml",
        "wellformed/cdf/channel_title.xml",
    },
}

NAMES = "HTML 5 gives these names to other characters than HTML 4 did"
COMMENT = "a comment that is not closed lasts to the end (HTML §13.2.5.45)"
DECLARED = "entities that a feed declares are not expanded: bombs are made of them"
OPAQUE = "an id is no address to be resolved (RFC 4287 §4.2.6)"
LOCATION = "Content-Location is no base any more (RFC 7231 appendix B)"
FEEDPARSER_DIFFERS: Table = {
    NAMES: {
        "entities/lang.xml",
        "entities/rang.xml",
    },
    COMMENT: {
        "wellformed/sanitize/xml_malicious_comment.xml",
    },
    DECLARED: {
        "wellformed/rss/entity_in_doctype.xml",
    },
    OPAQUE: {
        "wellformed/base/http_entry_id_base_content_location.xml",
        "wellformed/base/http_entry_id_base_docuri.xml",
    },
    LOCATION: {
        "wellformed/base/http_item_link_base_content_location.xml",
    },
}


def test_feedparsers_files_are_read_and_the_rest_is_refused_for_a_reason(suites: Path) -> None:
    answers = {case.name: read(case) for case in feedparser_suite.cases(suites / "feedparser")}
    refused = {name for name, answer in answers.items() if isinstance(answer, FeedError)}
    assert refused == names(REFUSED)
    assert len(answers) == 2106


def test_feedparsers_files_give_the_titles_links_ids_and_dates_that_they_state(
    suites: Path,
) -> None:
    agreed: Counter[str] = Counter()
    differs = set()
    for case in feedparser_suite.cases(suites / "feedparser"):
        for stated in case.statements:
            found, meant = _in_our_words(case, stated)
            agreed[stated.field] += found == meant
            if found != meant:
                differs.add(case.name)
    assert differs == names(FEEDPARSER_DIFFERS)
    assert agreed == {"title": 395, "url": 17, "published": 14, "id": 15}


def _in_our_words(
    case: feedparser_suite.Case, stated: feedparser_suite.Statement
) -> tuple[Any, Any]:
    """What was read and what is meant, in the form that the model allows.

    Items are read before those without an address are dropped, as most of the suite's are.
    """
    parsed = syndication._parse_feed(case.text, case.page.url)
    if stated.entry is None:
        return plain(str(parsed.feed.get("title") or "")), plain(stated.value)
    item = parsed.entries[stated.entry]
    entry = syndication._entry(item, CONTEXT)
    match stated.field:
        case "title":
            return entry.title, plain(stated.value)
        case "url":
            listed = parse(case.page, CONTEXT).entries
            return (listed[stated.entry].url if listed else entry.url), canonical(stated.value)
        case "published":
            return entry.published, datetime.fromtimestamp(calendar.timegm(stated.value), UTC)
        case _:
            return item.get("id"), stated.value


# -- miniflux --------------------------------------------------------------------------------------

TITLE = "a title that is not there is not made up: the article's page has one"
ADDRESS = "no address of its own: the home page, a sound file or a mailbox is no article"
TWICE = "two entries with one address are one article"
ABOUT = "rdf:about is the item's address, not the home page (RSS 1.0 §5.5)"
FORMAT = "without version and items it is no JSON Feed; miniflux only names the format here"
MINIFLUX_DIFFERS: Table = {
    TITLE: {
        "atom/TestParseAtom03WithoutEntryTitleButWithLink",
        "atom/TestParseAtom03WithoutEntryTitleButWithSummary",
        "atom/TestParseAtom03WithoutEntryTitleButWithXMLContent",
        "atom/TestParseAtom03WithoutFeedTitle",
        "atom/TestParseEntryWithEmptyXHTMLTitle",
        "atom/TestParseEntryWithoutTitleButWithSummary",
        "atom/TestParseEntryWithoutTitleButWithURL",
        "atom/TestParseEntryWithoutTitleButWithXHTMLContent",
        "atom/TestParseFeedWithoutTitle",
        "json/TestParseFeedWithoutTitle",
        "json/TestParseItemWithMissingTitleUsesURLFallback",
        "json/TestParseJsonFeedVersion1",
        "rdf/TestParseRDFFeedWithEmptyTitle",
        "rss/TestParseEntryWithRelativeURL",
        "rss/TestParseEntryWithoutTitleAndDescription",
        "rss/TestParseEntryWithoutTitleButWithDescription",
        "rss/TestParseFeedWithoutTitle",
    },
    ADDRESS: {
        "atom/TestParseEntryWithIDAsURL",
        "json/TestParseItemTitleWithXMLTags",
        "json/TestParseItemWithMissingTitleUsesContentTextFallback",
        "json/TestParseItemWithMissingTitleUsesHTMLFallback",
        "json/TestParseItemWithMissingTitleUsesSummaryFallback",
        "json/TestParseItemWithTooLongUnicodeTitle",
        "rss/TestParseEntriesWithDuplicateGUIDAndNoLink",
        "rss/TestParseEntryWithoutLink",
        "rss/TestParseEntryWithoutLinkAndWithEnclosureURLs",
        "rss/TestParseEntryWithoutLinkAndWithoutGUID",
    },
    FORMAT: {
        "json/TestParseNullJSONFeed",
        "parser/TestDetectJSON",
        "parser/TestDetectJSONSmallerThanBuffer",
        "parser/TestDetectJSONWithWhitespaceSmallerThanBuffer",
        "parser/TestDetectUnknown",
    },
    TWICE: {
        "rss/TestParseEntriesWithDuplicateGUIDAndDistinctLinks",
    },
    ABOUT: {
        "rdf/TestParseItemWithoutLink",
    },
}


def test_minifluxs_feeds_give_what_they_state(suites: Path) -> None:
    agreed: Counter[str] = Counter()
    differs: set[str] = set()
    for case in miniflux_suite.cases(suites / "miniflux"):
        feed = read(case)
        if isinstance(feed, FeedError):
            agreed["refused"] += case.fails
            differs |= set() if case.fails else {case.name}
            continue
        for stated in case.statements:
            found, meant = _minifluxs(feed, stated)
            agreed[stated.field] += found == meant
            differs |= {case.name} if found != meant else set()
    assert differs == names(MINIFLUX_DIFFERS)
    assert agreed == {"entries": 68, "title": 45, "url": 35, "published": 3, "refused": 5}


def _minifluxs(feed: Feed, stated: miniflux_suite.Statement) -> tuple[Any, Any]:
    if stated.field == "entries":
        return len(feed.entries), stated.value
    if stated.entry is None:
        return feed.title, plain(str(stated.value))
    if stated.entry >= len(feed.entries):
        return None, stated.value
    found = getattr(feed.entries[stated.entry], stated.field)
    match stated.field:
        case "url":
            return found, canonical(str(stated.value))
        case "title":
            return found, plain(str(stated.value))
        case _:
            return found, stated.value
