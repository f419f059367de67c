"""Healthy sources beside a hostile one: nobody waits for longer than one deadline."""

import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hostile.program import Program, Run
from tests.hostile.rounds import STORY, feed_of, healthy, key
from tests.hostile.site import Act, Site, Visit, listening

pytestmark = pytest.mark.alone

DEADLINE = 2.0
COUNT = 99
HOSTILE = "hostile"


def never_answers(visit: Visit) -> None:
    visit.wait()


def drips(visit: Visit) -> None:
    visit.begin("Content-Length: 1000")
    visit.drip(b"x" * 1000)


Poll = Callable[[Act | None], tuple[Run, dict[str, Site]]]


@pytest.fixture
def poll(tmp_path: Path, clean_environment: dict[str, str]) -> Poll:
    """Poll the healthy sources, and one that behaves as given."""

    def run(act: Act | None) -> tuple[Run, dict[str, Site]]:
        program = Program(tmp_path, clean_environment)
        sites = {f"healthy {number}": healthy(f"healthy {number}") for number in range(COUNT)}
        sites[HOSTILE] = healthy(HOSTILE)
        if act:
            sites[HOSTILE].routes["/feed"] = act
        for name, site in sites.items():
            program.add(key(name), f"{site.origin}/feed")
        program.configure(delay="0s", timeout=f"{DEADLINE:g}s", retries=0)
        with contextlib.ExitStack() as stack:
            for site in sites.values():
                stack.enter_context(listening(site))
            return program.run("once"), sites

    return run


@pytest.mark.parametrize("act", [never_answers, drips])
def test_ninety_nine_sources_are_not_held_up_by_a_hostile_one(act: Act, poll: Poll) -> None:
    run, sites = poll(act)
    polls = [line.facts["name"] for line in run.sources.values()]
    assert len(polls) == COUNT + 1
    assert polls.index(HOSTILE) > COUNT // 2  # all of them, where the machine has the time
    outcomes = {name: line.facts["outcome"] for name, line in run.sources.items()}
    assert outcomes.pop(HOSTILE) == "failed"
    assert set(outcomes.values()) == {"changed"}

    asked, told = sites[HOSTILE].asked_for("/feed")[0].at, run.sources[HOSTILE].at
    assert told < asked + DEADLINE + 1
    stories = {url.removesuffix(STORY): line for url, line in run.articles.items()}
    assert {line.facts["outcome"] for line in stories.values()} == {"archived"}
    assert len(stories) == COUNT

    # how long a story waits from the poll that named it: the hostile poll, and its like of stories
    work = max(line.at for line in stories.values()) - max(line.at for line in run.sources.values())
    for name in map("healthy {}".format, range(COUNT)):
        listed, archived = run.sources[key(name)].at, stories[sites[name].origin].at
        assert archived - listed < DEADLINE + 1 + work
    assert run.seconds < 2 * (DEADLINE + 1) + 10


def test_a_server_that_flaps_is_asked_again_within_the_run(program: Program) -> None:
    def flap(visit: Visit) -> None:
        visit.reply(200 if visit.nth == 2 else 502, feed_of(visit.origin + STORY))

    site = healthy("flaps")
    site.routes["/feed"] = flap
    program.add("flaps", f"{site.origin}/feed")
    program.configure(delay="0s", retries=1)
    with listening(site):
        run = program.run("once")
    assert run.code == 0, run.errors
    assert run.summary["articles"] == {"archived": 1}
    assert len(site.asked_for("/feed")) == 2
