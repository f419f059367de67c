"""Every way to misbehave: what comes of it, what is said, how soon, and what is left behind."""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from tests.hostile.catalogue import GROUPS, WAYS, ways_of
from tests.hostile.program import Program
from tests.hostile.rounds import HEALTHY, STAND, STORY, Rounds, among, key
from tests.hostile.way import DEADLINE

pytestmark = pytest.mark.alone

LEFT = {"deferred": "pending", "failed": "given_up"}
SOURCES = sorted(WAYS)
PAGES = sorted(name for name, way in WAYS.items() if way.article)
AGAIN = sorted(name for name, way in WAYS.items() if way.again)


Among = Callable[[str], Rounds]


@pytest.fixture(scope="session")
def rounds(tmp_path_factory: pytest.TempPathFactory, clean_environment: dict[str, str]) -> Among:
    """What came of the ways of a group; they are tried once, for all the tests here."""
    made: dict[str, Rounds] = {}

    def get(group: str) -> Rounds:
        if group not in made:
            program = Program(tmp_path_factory.mktemp("rounds"), clean_environment)
            made[group] = among(ways_of(group), program)
        return made[group]

    return get


def check_reason(reason: str, says: tuple[str, ...]) -> None:
    """What an operator reads: one line, not long, with nothing of a crash nor of a terminal's."""
    assert [part for part in says if part not in reason] == [], reason
    assert reason.isprintable()
    assert 0 < len(reason) < 400
    assert not re.search(r"Traceback|Error\b|unexpected", reason), reason


def archived_from(files: tuple[str, ...], origin: str) -> list[str]:
    return [text for text in files if f"from: {origin}/" in text]


def test_there_are_many_ways() -> None:
    assert len(WAYS) >= 100
    assert len(PAGES) >= 60


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_that(name: str, rounds: Among) -> None:
    way = WAYS[name]
    made = rounds(way.group)
    site, line = made.sources[name], made.first.run.sources[key(name)]
    facts = line.facts
    assert facts["outcome"] == way.source, facts
    assert made.seconds(site, line) < way.seconds
    if way.source == "failed":
        check_reason(facts["reason"], (f"{site.origin}/feed: ", *way.says))
    assert len(archived_from(made.first.files, site.origin)) == (way.source != "failed")
    if way.requests:
        assert len(site.asked_for("/feed")) == way.requests


@pytest.mark.parametrize("name", SOURCES)
def test_the_state_of_a_source_that(name: str, rounds: Among) -> None:
    way = WAYS[name]
    failed, first = way.source == "failed", rounds(way.group).first
    told, state = first.run.sources[key(name)].facts, first.status.sources[key(name)].facts
    assert {k: state[k] for k in ("outcome", "failures", "archived", "entries", "pending")} == {
        "outcome": way.source,
        "failures": int(failed),
        "archived": int(not failed),
        "entries": int(not failed),
        "pending": 0,
    }
    assert (told.get("reason") or "").startswith(state["reason"] or "")  # a notice may follow
    assert state["next_poll"] == told["next_check"]
    if state["next_poll"]:  # a source that is gone for good need not have one
        assert state["next_poll"] > state["last_poll"]
    assert bool(state["last_success"]) is not failed
    assert bool(state["failing_since"]) is failed


@pytest.mark.parametrize("name", PAGES)
def test_a_page_that(name: str, rounds: Among) -> None:
    way = WAYS[name]
    made = rounds(way.group)
    site, url = made.pages[name], made.page_url(name)
    line = made.first.run.articles[url]
    assert line.facts["outcome"] == way.article, line.facts
    assert line.facts["source"] == STAND
    assert made.seconds(site, line) < way.seconds
    archived = archived_from(made.first.files, site.origin)
    if way.article == "archived":
        check_archived(archived, name)
    else:
        assert archived == []
        check_reason(line.facts["reason"], way.article_says)
        check_state(made.first.troubled().get(url), line.facts)
    if way.requests:
        assert len(site.asked_for(STORY)) == way.requests


def check_archived(files: list[str], name: str) -> None:
    (text,) = files
    assert f"{name}：大桥关闭" in text
    assert text.endswith(f"完，{name}。\n")


def check_state(state: dict[str, Any] | None, told: dict[str, Any]) -> None:
    """What is left of it: the reason, and when it is tried again, where it is."""
    if told["outcome"] == "skipped":
        assert state is None  # respected, and no trouble
        return
    assert state
    assert state["status"] == LEFT[told["outcome"]]
    assert state["reason"] == told["reason"]
    if told["outcome"] == "deferred":
        assert (state["attempts"], state["due"]) == (1, told["due"])


@pytest.mark.parametrize("name", AGAIN)
def test_a_second_poll_of_a_source_that(name: str, rounds: Among) -> None:
    way = WAYS[name]
    made = rounds(way.group)
    site, second = made.sources[name], made.second
    assert second.run.sources[key(name)].facts["outcome"] == way.again
    state = second.status.sources[key(name)].facts
    assert (state["archived"], state["pending"]) == (1, 0)
    assert state["failures"] == (way.again == "failed")
    assert state["last_success"]
    assert archived_from(second.files, site.origin)


# -- everybody else --------------------------------------------------------------------------------


@pytest.mark.parametrize("group", GROUPS)
def test_the_healthy_are_archived_whatever_happens_beside_them(group: str, rounds: Among) -> None:
    made = rounds(group)
    run = made.first.run
    for name in (*HEALTHY, STAND):
        assert run.sources[key(name)].facts["outcome"] == "changed"
    own = [line.facts["outcome"] for url, line in run.articles.items() if made.stand.origin in url]
    assert own == ["archived"] * 3


@pytest.mark.parametrize("group", GROUPS)
def test_a_run_among_all_of_them_ends_as_promised(group: str, rounds: Among) -> None:
    run, ways = rounds(group).first.run, ways_of(group)
    outcomes = Counter(way.source for way in ways.values())
    assert run.code == 1
    assert run.lines[-1].facts["event"] == "summary"
    assert run.summary["sources"] == outcomes + Counter(changed=len(HEALTHY) + 1)
    assert run.summary["articles"].keys() <= {"archived", "deferred", "failed", "skipped"}
    assert "Traceback" not in run.errors
    failed = [key(name) for name, way in ways.items() if way.source == "failed"]
    assert [name for name in failed if f"{name}: " not in run.errors] == []


def test_nothing_is_asked_for_that_a_feed_s_entities_name(rounds: Among) -> None:
    made = rounds(WAYS["names an address in an entity"].group)
    site = made.sources["names an address in an entity"]
    assert {seen.path for seen in site.requests} == {"/robots.txt", "/feed", STORY}
    files = archived_from(made.first.files, made.sources["names a file in an entity"].origin)
    assert "localhost" not in "".join(files)


@pytest.mark.parametrize("group", GROUPS)
def test_every_request_says_who_asks(group: str, rounds: Among) -> None:
    made = rounds(group)
    sites = (*made.sources.values(), *made.pages.values(), made.stand)
    (agent,) = {seen.headers.get("user-agent", "") for site in sites for seen in site.requests}
    assert "https://example.org" in agent


@pytest.mark.parametrize("group", GROUPS)
def test_a_run_takes_a_deadline_for_the_polls_and_one_for_the_pages(
    group: str, rounds: Among
) -> None:
    work = 10  # seconds, generously, to start and to read the pages on a loaded machine
    assert rounds(group).first.run.seconds < 2 * (DEADLINE + 1) + work
