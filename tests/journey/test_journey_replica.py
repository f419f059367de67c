"""Against the replica of the site: what is archived equals what was published."""

from typing import Any

import pytest

from scraper.model import Document
from tests.journey.journey import Journey, read_back
from tests.site_replica import Replica

EDITIONS = ("sg2013", "sg2020", "hk2022", "hk2025", "sg2025", "mixed")
WAYS = ("/rsshub/zaobao/realtime/china", "/feeds/china.atom", "/feeds/china.json", "/sitemap.xml")


def differences(document: Document, story: dict[str, Any]) -> list[str]:
    """In what a document differs from the truth of its story."""
    seen = read_back(document.body)
    visible = story["paragraphs"][: story["visible_paragraphs"]]
    addresses = [address for address, _ in seen.pictures]
    images = story["images"] if not story["locked"] else story["images"][: len(addresses)]
    checks = {
        "title": document.title == story["title"],
        "published": f"{document.published:%Y-%m-%dT%H:%M:%SZ}" == story["published_iso"],
        "author": document.author == story["author"],
        "url": document.url == "https://www.zaobao.com" + story["path"],
        "paragraphs": list(seen.paragraphs) == visible,
        "pictures": len(addresses) == len(images)
        and all(i["key"] in a or i["digest"] in a for i, a in zip(images, addresses, strict=True)),
        "captions": [caption for _, caption in seen.pictures] == [i["caption"] for i in images],
        "paywalled": bool(document.extra.get("paywalled")) == story["locked"],
    }
    return [name for name, equal in checks.items() if not equal]


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_story_of_a_section_page_is_archived_as_it_was_published(
    edition: str, journey: Journey, replica: Replica
) -> None:
    replica.control("edition", edition=edition)
    journey.add(replica.url + "/realtime/china")
    journey.once()
    documents, truth = journey.documents(), replica.truth()
    assert len(documents) == 30
    assert [poll.outcome for poll in journey.polls()] == ["changed"]
    wrong = {i: found for i, d in documents.items() if (found := differences(d, truth[i]))}
    assert {i: found for i, found in wrong.items() if found} == {}


@pytest.mark.parametrize("way", WAYS)
def test_feeds_and_sitemaps_lead_to_the_same_articles(
    way: str, journey: Journey, replica: Replica
) -> None:
    journey.add(replica.url + way)
    journey.once()
    documents, truth = journey.documents(), replica.truth()
    assert len(documents) == (50 if "sitemap" not in way else len(truth))
    wrong = {i: found for i, d in documents.items() if (found := differences(d, truth[i]))}
    assert {i: found for i, found in wrong.items() if found} == {}


def test_several_ways_to_one_section_archive_each_story_once(
    journey: Journey, replica: Replica
) -> None:
    journey.add(replica.url + "/realtime/china", *(replica.url + way for way in WAYS))
    journey.once()
    stories = [event.id for event in journey.articles("archived")]
    assert len(stories) == len(set(stories)) == len(replica.truth()) == len(journey.files())
    pages = [r["path"] for r in replica.requests() if "/story20" in r["path"]]
    assert len(pages) == len(set(pages)) == len(stories)
