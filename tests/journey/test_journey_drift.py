"""Pages and lists that turn into something else, on a site of our own and on the replica."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from scraper.articles.drift import UNLIKE
from scraper.feeds.tally import MINIMUM
from scraper.model import ArticleEvent, Source
from scraper.service.context import Service
from scraper.service.crawling.articles import drain
from scraper.service.crawling.polling import poll
from scraper.service.run import wanted
from scraper.service.upkeep.reextracting import chosen, reread, rewrite
from scraper.service.watching.drifting import drifting, strange_lists
from scraper.state.measures import Drifting
from scraper.state.tallies import StrangeList
from tests.articles.news import paragraphs
from tests.fetch.conftest import Server
from tests.journey.journey import Journey
from tests.site_replica import Replica

PUBLISHED = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=5)
NOTICE = [
    "为了向您提供更好的服务，本网站使用小型文本文件记录您的偏好，并据此分析访问情况、改进页面的内容与速度。",
    "继续浏览本网站即表示您同意我们按照隐私政策处理您的资料，您可以随时在浏览器的设置里更改或者撤回这一同意。",
    "如果您对资料的使用有任何疑问，请通过页面底部的联络方式写信给我们，我们会在十个工作日之内给您答复。",
    "本声明适用于本网站的所有频道、专题和移动应用，并会随着服务的变化而更新，更新之后的版本自公布之日起生效。",
]


class Paper:
    """A site with one feed, whose pages a test writes."""

    def __init__(self, journey: Journey, server: Server) -> None:
        self.journey = journey
        self.server = server
        self.rng = random.Random(7)
        self.numbers: list[int] = []
        journey.add(server.url("/feed"), name="news", site=None)

    def publish(self, count: int, *lines: str, links: bool = False) -> list[str]:
        """So many new pages of these lines, or of their own; their addresses."""
        new = range(len(self.numbers), len(self.numbers) + count)
        self.numbers += new
        for number in new:
            self.write(number, lines or paragraphs(self.rng, self.rng.randint(4, 12)), links=links)
        self.show(self.numbers[-30:])
        return [self.server.url(f"/a/{number}") for number in new]

    def write(self, number: int, lines: Sequence[str], *, links: bool = False) -> None:
        inner = (f'<a href="/l/{n}">{x}</a>' if links else x for n, x in enumerate(lines))
        body = "".join(f"<p>{line}</p>" for line in inner)
        page = (
            f"<html><head><title>山城消息第{number}则</title>"
            '<meta property="og:type" content="article">'
            f'<meta property="article:published_time" content="{PUBLISHED:%FT%TZ}"></head>'
            f"<body><article><h1>山城消息第{number}则</h1>{body}</article></body></html>"
        )
        self.server.answer(f"/a/{number}", page.encode(), Content_Type="text/html; charset=utf-8")

    def show(self, numbers: Sequence[int], title: str = "山城消息第{}则") -> None:
        items = "".join(
            f"<item><title>{title.format(n)}</title><link>/a/{n}</link>"
            f"<pubDate>{format_datetime(PUBLISHED, usegmt=True)}</pubDate></item>"
            for n in numbers
        )
        feed = f"<rss version='2.0'><channel>{items}</channel></rss>"
        self.server.answer("/feed", feed.encode(), Content_Type="application/rss+xml")

    def once(self, outcome: str = "quarantined") -> list[ArticleEvent]:
        return self.journey.once().articles(outcome)


@pytest.fixture
def paper(journey: Journey, server: Server) -> Paper:
    """A site of which forty usual articles are archived."""
    made = Paper(journey, server)
    for _ in range(2):
        made.publish(20)
        assert len(made.once("archived")) == 20
    return made


def seen(journey: Journey) -> tuple[list[Drifting], list[StrangeList]]:
    found: list[tuple[list[Drifting], list[StrangeList]]] = []

    async def look(service: Service) -> None:
        state, sources = service.state, service.crawl.sources
        found.append(
            await service.disk.run(
                lambda: (drifting(state, sources), strange_lists(state, sources))
            )
        )

    journey.with_service(look)
    return found[0]


def quarantined(root: Path) -> int:
    return len(list(root.glob("_quarantine/*.md")))


def test_the_same_notice_on_each_page_goes_into_quarantine_until_there_are_articles_again(
    paper: Paper, journey: Journey
) -> None:
    paper.publish(12, *NOTICE)
    events = paper.once()
    assert len(events) == 10  # of the first two nothing tells that they are alike
    assert all(event.reason.startswith(f"{UNLIKE}: 100% of its text") for event in events)
    assert quarantined(journey.root) == 10
    ((one,), _) = seen(journey)
    assert (one.source, one.generation) == ("news", "generic")
    assert "articles are in quarantine" in one.what

    for number in range(40, 52):
        paper.write(number, paragraphs(paper.rng, 8))
    for _ in range(2):
        paper.publish(15)
        assert paper.once() == []
    assert seen(journey) == ([], [])
    again = {event.id for event in journey.once().articles("archived")}
    assert again == {event.id for event in events}
    assert quarantined(journey.root) == 0


def test_a_person_decides_upon_a_page_in_quarantine(paper: Paper, journey: Journey) -> None:
    paper.publish(3, *paragraphs(random.Random(3), 30), links=True)
    held = [event.id for event in paper.once()]
    assert len(held) == 3

    async def retry(service: Service, ids: list[str] | None) -> None:
        await service.disk.run(service.state.articles.retry, ids, service.now())
        due = await wanted(service)
        await drain(service, due, asyncio.Event(), insist=ids is not None)

    journey.with_service(lambda service: retry(service, None))
    assert len(journey.articles("quarantined")) == 3  # all of it is judged as before
    journey.with_service(lambda service: retry(service, held[:1]))
    (event,) = journey.articles()
    assert (event.id, event.outcome) == (held[0], "archived")
    assert quarantined(journey.root) == 2
    assert not (journey.root / "_quarantine" / f"{held[0]}.md").exists()


def test_reading_the_records_anew_releases_nothing_by_statistics(
    paper: Paper, journey: Journey
) -> None:
    paper.publish(3, *paragraphs(random.Random(3), 30), links=True)
    held = {event.id for event in paper.once()}
    before = journey.files()

    async def anew(service: Service) -> None:
        ids = await service.disk.run(chosen, service, [])
        found = [one async for one in reread(service, ids)]
        unread = {one.article.id for one in found if one.verdict == "unread"}
        assert unread == held
        assert {one.verdict for one in found} == {"unread", "same"}
        await rewrite(service, found)

    journey.with_service(anew)
    assert journey.files() == before
    assert quarantined(journey.root) == 3


def test_a_page_that_turned_into_a_notice_never_replaces_the_text(
    paper: Paper, journey: Journey
) -> None:
    paper.publish(4, *NOTICE)
    paper.once()
    before = journey.files()
    for number in range(30, 40):
        paper.write(number, NOTICE * 3)
    journey.clock.ahead += timedelta(days=2)
    reasons = [event.reason for event in paper.once("unchanged")]
    assert len([reason for reason in reasons if UNLIKE in reason]) == 10
    assert journey.files() == before


def test_a_list_that_is_not_what_it_was_is_told_once_and_its_entries_are_taken(
    journey: Journey, server: Server
) -> None:
    paper = Paper(journey, server)

    async def polls(service: Service) -> None:
        source = journey.sources["news"]
        for _ in range(MINIMUM):
            paper.publish(1)
            paper.show(range(len(paper.numbers) - 30, len(paper.numbers)))
            assert (await poll(service, source)).notice == ""
        paper.show([99])
        few = await poll(service, source)
        assert (few.outcome, few.new) == ("changed", 1)
        assert "looks strange: it lists far fewer entries than usual" in few.notice
        await is_strange(service, source)
        paper.show([98])
        assert (await poll(service, source)).notice == ""  # told already
        assert (await poll(service, source)).outcome == "unchanged"
        await is_strange(service, source)  # as before
        paper.show(range(30))
        await poll(service, source)
        assert await service.disk.run(strange_lists, service.state, journey.sources) == []

    async def is_strange(service: Service, source: Source) -> None:
        (one,) = await service.disk.run(strange_lists, service.state, journey.sources)
        assert (one.source, one.url) == ("news", source.urls[0])

    journey.with_service(polls)


# -- the replica -----------------------------------------------------------------------------------


def test_nothing_of_an_undisturbed_site_is_unlike_its_others(
    journey: Journey, replica: Replica
) -> None:
    journey.add(replica.url + "/sitemap.xml")
    journey.once()
    assert journey.articles("quarantined") == []
    assert len(journey.files()) == 120
    assert seen(journey) == ([], [])


def test_a_redesign_that_the_profile_knows_is_no_trouble_and_one_that_it_does_not_is_one(
    journey: Journey, replica: Replica
) -> None:
    stories = sorted(replica.truth().values(), key=lambda story: story["published_iso"])
    journey.add(replica.url + "/sitemap.xml")
    site = journey.sites["zaobao"]
    for until, edition in ((54, "sg2020"), (79, "sg2025")):
        replica.control("edition", edition=edition)
        replica.control("clock", now=stories[until]["published_iso"])
        journey.once()
        assert journey.articles("quarantined") == []
        assert seen(journey) == ([], [])

    known = tuple(markup for markup in site.generations if markup.name != "sg2025")
    journey.sites = {"zaobao": replace(site, generations=known)}
    replica.control("clock", now=stories[-1]["published_iso"])
    journey.once()
    assert journey.articles("quarantined") == []
    ((one,), _) = seen(journey)
    assert (one.source, one.generation) == ("china", "generic")
    assert one.what == "its articles were read by the rule profile, the latest by generic"


@pytest.fixture
def walled(journey: Journey, replica: Replica) -> Journey:
    """A source of which seventy stories are archived, and forty more are listed."""
    stories = sorted(replica.truth().values(), key=lambda story: story["published_iso"])
    journey.add(replica.url + "/rsshub/zaobao/realtime/china?limit=120")
    replica.control("clock", now=stories[69]["published_iso"])
    journey.once()
    assert len(journey.files()) > 60
    replica.control("clock", now=stories[-1]["published_iso"])
    return journey


def test_a_wall_in_place_of_all_stories_is_archived_nowhere(
    walled: Journey, replica: Replica
) -> None:
    replica.control("fault", match="story20", kind="login_wall", times=None)
    before = walled.files()
    walled.once()
    assert walled.articles("archived") == []
    assert walled.files() == before


def test_shells_in_place_of_all_stories_leave_the_feeds_texts_and_a_trend(
    walled: Journey, replica: Replica
) -> None:
    replica.control("fault", match="story20", kind="html_instead", times=None)
    walled.once()
    assert len(walled.articles("archived")) > 30
    ((one,), _) = seen(walled)
    assert (one.source, one.generation) == ("china", "feed")
