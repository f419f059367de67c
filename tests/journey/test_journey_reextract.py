"""The raw records read anew: better texts in their place, nothing asked of any server."""

from dataclasses import replace
from typing import Any

import pytest

from scraper.archive.manifest import read_all
from scraper.config.sites import load_sites
from scraper.service.context import Service
from scraper.service.upkeep.reextracting import Reread, chosen, reread, rewrite
from scraper.service.upkeep.verifying import verify
from scraper.site import Site
from tests.journey.journey import Journey
from tests.site_replica import Replica

STORIES = 8


def poorer(site: Site) -> Site:
    """A profile that misses captions and lets advertising through."""
    markups = tuple(replace(m, captions=(), figures=(), remove=()) for m in site.generations)
    return replace(site, generations=markups, remove=(), boilerplate=())


def read_anew(journey: Journey, *, write: bool) -> list[Reread]:
    found: list[Reread] = []

    async def work(service: Service) -> None:
        ids = await service.disk.run(chosen, service, [])
        found.extend([one async for one in reread(service, ids)])
        if write:
            await rewrite(service, found)

    journey.with_service(work)
    return found


@pytest.fixture
def archived(journey: Journey, replica: Replica) -> Journey:
    """Some stories, archived through a poorer profile than the one there is now."""
    replica.control("edition", edition="hk2025")
    journey.add(replica.url + "/rsshub/zaobao/realtime/china?limit=8")
    journey.sites = {"zaobao": poorer(load_sites(None)["zaobao"])}
    journey.once()
    assert len(journey.files()) == STORIES
    replica.forget_requests()
    return journey


def test_what_is_read_the_same_is_left_alone(archived: Journey, replica: Replica) -> None:
    before = archived.files()
    assert {one.verdict for one in read_anew(archived, write=True)} == {"same"}
    assert archived.files() == before
    assert replica.requests() == []


def test_a_better_profile_gives_what_the_live_site_would(
    archived: Journey, replica: Replica
) -> None:
    before = archived.files()
    archived.sites = load_sites(None)
    preview = read_anew(archived, write=False)
    assert "better" in {one.verdict for one in preview}
    assert archived.files() == before

    read_anew(archived, write=True)
    assert replica.requests() == []
    assert {one.verdict for one in read_anew(archived, write=False)} == {"same"}
    fresh = Journey(archived.root.parent / "fresh", sources=archived.sources)
    assert archived.files() == fresh.once().files()
    assert not (archived.root / "_revisions").exists()
    events = [e for e in read_all(archived.root) if e.event == "reextracted"]
    assert {e.id for e in events} == {o.article.id for o in preview if o.verdict == "better"}


def test_a_better_text_that_a_crash_left_before_its_row_is_no_owners_edit(
    archived: Journey, replica: Replica
) -> None:
    archived.sites = load_sites(None)
    better = [one for one in read_anew(archived, write=False) if one.verdict == "better"]
    for one in better:
        (archived.root / one.article.path).write_text(one.after, "utf-8")
    found = read_anew(archived, write=True)
    assert [o.article.id for o in found if o.verdict == "better"] == [o.article.id for o in better]
    assert {one.verdict for one in read_anew(archived, write=False)} == {"same"}
    assert verify(archived.root, lambda *_: None, patience=0).findings == ()


def test_an_article_without_a_record_is_named(journey: Journey, replica: Replica) -> None:
    journey.add(replica.url + "/rsshub/zaobao/realtime/china?limit=3")
    journey.settings = {"keep_raw": False}
    journey.once()
    assert {one.verdict for one in read_anew(journey, write=True)} == {"unrecorded"}
    assert not (journey.root / "_raw").exists()


def test_what_the_rules_refuse_now_stays_as_it_is(archived: Journey) -> None:
    before = archived.files()
    site = archived.sites["zaobao"]
    archived.sites = {"zaobao": replace(site, missing=("",), generations=(), lists=site.lists)}
    found = read_anew(archived, write=True)
    assert {one.verdict for one in found} <= {"unread", "better", "same"}
    unread = {one.article.path for one in found if one.verdict == "unread"}
    assert all(archived.files()[path] == before[path] for path in unread)


@pytest.mark.soak
def test_a_page_is_released_from_quarantine(journey: Journey, replica: Replica) -> None:
    journey.add(replica.url + "/sitemap.xml")
    site = load_sites(None)["zaobao"]
    undated = tuple(replace(m, published=(), embedded=None) for m in site.generations)
    story = site.story.replace("(?P<date>20\\d{6})", "20\\d{6}")
    journey.sites = {"zaobao": replace(site, generations=undated, story=story)}
    replica.control("edition", edition="sg2013")
    journey.once()
    held = [event.id for event in journey.articles("quarantined")]
    assert held
    replica.forget_requests()

    journey.sites = load_sites(None)
    found = {one.article.id: one for one in read_anew(journey, write=True)}
    assert {found[i].verdict for i in held} == {"released"}
    assert list((journey.root / "_quarantine").iterdir()) == []
    assert replica.requests() == []
    assert set(held) <= set(journey.documents())
    truth: dict[str, dict[str, Any]] = replica.truth()
    assert {journey.documents()[i].title for i in held} == {truth[i]["title"] for i in held}
