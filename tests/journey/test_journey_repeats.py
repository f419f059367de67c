"""Polling again: nothing is written, fetched or sent twice, and nothing new is overlooked."""

from datetime import datetime, timedelta

from tests.journey.journey import Journey
from tests.site_replica import Replica

EVERY_WAY = (
    "/realtime/china",
    "/rsshub/zaobao/realtime/china",
    "/feeds/china.atom",
    "/feeds/china.json",
    "/sitemap.xml",
)


def test_a_second_poll_is_answered_304_and_changes_nothing(
    journey: Journey, replica: Replica
) -> None:
    journey.add(*(replica.url + way for way in EVERY_WAY))
    before = journey.once().files()
    replica.forget_requests()
    assert journey.once().files() == before
    requests = replica.requests()
    assert {request["status"] for request in requests} == {304}
    assert not [request["path"] for request in requests if "/story20" in request["path"]]
    assert [poll.outcome for poll in journey.polls()] == ["unchanged"]
    assert journey.articles() == []


def test_a_story_that_appears_later_is_archived_alone(journey: Journey, replica: Replica) -> None:
    truth = sorted(replica.truth().values(), key=lambda story: story["published_iso"])
    newest = truth[-1]
    moment = datetime.fromisoformat(truth[-2]["published_iso"])
    replica.control("clock", now=moment.isoformat())
    journey.add(replica.url + "/realtime/china")
    before = journey.once().files()
    published = datetime.fromisoformat(newest["published_iso"])
    replica.control("clock", now=(published + timedelta(minutes=1)).isoformat())
    after = journey.once().files()
    assert [event.id for event in journey.articles("archived")] == [newest["id"]]
    assert {path: text for path, text in after.items() if path in before} == before
    assert len(after) == len(before) + 1


def test_state_that_was_deleted_leads_to_the_same_files(journey: Journey, replica: Replica) -> None:
    journey.add(replica.url + "/realtime/china")
    before = journey.once().files()
    for file in (journey.root / ".scraper").iterdir():
        file.unlink()
    assert journey.once().files() == before
    assert journey.articles() == []  # the state was rebuilt: nothing is even asked for again
