"""Sources and stories that fail: one clear line each, and everything else is archived."""

import socket
from datetime import timedelta
from typing import Any

import pytest

from scraper.service.context import Service
from scraper.service.crawling.articles import archive, ask_for
from tests.journey.journey import Journey
from tests.site_replica import Replica


def listed(replica: Replica) -> list[dict[str, Any]]:
    stories = sorted(replica.truth().values(), key=lambda s: s["published_iso"], reverse=True)
    return stories[:30]


def test_html_where_a_feed_was_expected_fails_the_source(
    journey: Journey, replica: Replica
) -> None:
    journey.add(replica.url + "/rss/realtime/china", name="trap")
    journey.add(replica.url + "/realtime/china")
    journey.once()
    trap = next(poll for poll in journey.polls() if poll.name == "trap")
    assert trap.outcome == "failed"
    assert "HTML" in trap.reason
    assert "/rss/realtime/china" in trap.reason
    assert len(journey.files()) == 30


def test_a_host_that_is_down_fails_its_source_only(journey: Journey, replica: Replica) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    journey.add(f"http://127.0.0.1:{port}/realtime/china", name="down")
    journey.add(replica.url + "/realtime/china")
    journey.once()
    down = next(poll for poll in journey.polls() if poll.name == "down")
    assert down.outcome == "failed"
    assert f"127.0.0.1:{port}" in down.reason
    assert len(journey.files()) == 30


def test_one_working_way_is_enough_for_a_source(journey: Journey, replica: Replica) -> None:
    journey.add(replica.url + "/rss/realtime/china", replica.url + "/realtime/china")
    poll = journey.once().polls()[0]
    assert poll.outcome == "changed"
    assert "/rss/realtime/china" in poll.reason
    assert len(journey.files()) == 30


@pytest.mark.parametrize("status", [404, 503])
def test_a_listed_story_that_is_not_there_yet_is_put_off_and_archived_later(
    status: int, journey: Journey, replica: Replica
) -> None:
    story = listed(replica)[3]["id"]
    replica.control("fault", match=story, kind=f"status:{status}", times=2)
    journey.add(replica.url + "/realtime/china")
    journey.once()
    (event,) = journey.articles("deferred")
    assert event.id == story
    assert str(status) in event.reason
    assert len(journey.files()) == 29

    assert journey.once().articles() == []  # not before its time
    journey.clock.ahead += timedelta(minutes=6)
    assert [e.outcome for e in journey.once().articles()] == ["deferred"]
    journey.clock.ahead += timedelta(minutes=6)
    assert journey.once().articles() == []  # the second wait is longer than the first
    journey.clock.ahead += timedelta(minutes=6)
    assert [e.id for e in journey.once().articles("archived")] == [story]


def test_a_story_that_stays_away_is_given_up(journey: Journey, replica: Replica) -> None:
    story = listed(replica)[0]["id"]
    replica.control("fault", match=story, kind="status:404", times=None)
    journey.add(replica.url + "/realtime/china")
    outcomes = [e.outcome for e in journey.once().articles() if e.id == story]
    for _ in range(15):
        journey.clock.ahead += timedelta(days=1, minutes=1)
        outcomes += [e.outcome for e in journey.once().articles()]
    assert outcomes == ["deferred"] * 9 + ["failed"]


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("unrelated", "redirected"),
        ("200soft", "error page"),
    ],
)
def test_a_page_that_is_not_the_story_is_not_archived(
    kind: str, word: str, journey: Journey, replica: Replica
) -> None:
    story = listed(replica)[5]["id"]
    journey.add(replica.url + "/realtime/china")
    replica.control("withdraw", id=story, status=kind)

    async def ask(service: Service) -> None:
        await archive(
            service, ask_for(service.crawl, f"{replica.url}/realtime/china/{story}", "china")
        )

    journey.with_service(ask)
    (event,) = journey.articles()
    assert event.outcome == "deferred"
    assert word in event.reason
    assert journey.files() == {}


def test_a_login_wall_is_not_archived(journey: Journey, replica: Replica) -> None:
    story = listed(replica)[7]["id"]
    replica.control("fault", match=story, kind="login_wall", times=None)
    journey.add(replica.url + "/realtime/china")
    journey.once()
    (event,) = journey.articles("deferred")
    assert event.id == story
    assert "login" in event.reason
    assert len(journey.files()) == 29


@pytest.mark.parametrize("kind", ["reset", "truncate", "empty200", "gzip_bomb:64", "redirect_loop"])
def test_a_broken_answer_puts_one_story_off_and_no_other(
    kind: str, journey: Journey, replica: Replica
) -> None:
    story = listed(replica)[2]["id"]
    replica.control("fault", match=story, kind=kind, times=None)
    journey.add(replica.url + "/realtime/china")
    journey.once()
    assert [event.id for event in journey.articles("deferred")] == [story]
    assert len(journey.files()) == 29


def test_a_wrong_charset_in_the_header_does_not_spoil_the_text(
    journey: Journey, replica: Replica
) -> None:
    replica.control("fault", match="story20", kind="wrong_charset:gb2312", times=None)
    journey.add(replica.url + "/realtime/china")
    truth = replica.truth()
    documents = journey.once().documents()
    assert {i: d.title for i, d in documents.items()} == {i: truth[i]["title"] for i in documents}
    assert len(documents) == 30


def test_a_list_that_turns_empty_is_a_failure(journey: Journey, replica: Replica) -> None:
    journey.add(replica.url + "/realtime/china")
    journey.once()
    replica.control("clock", now="2019-01-01T00:00:00Z")
    (poll,) = journey.once().polls()
    assert poll.outcome == "failed"
    assert "/realtime/china" in poll.reason
