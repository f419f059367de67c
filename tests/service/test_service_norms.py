"""Drafts beside their source's others: judged in their order, learned, and left to a person."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from scraper.archive.archive import Archive
from scraper.archive.manifest import read_all
from scraper.articles.drift import UNLIKE
from scraper.articles.measures import Noted
from scraper.model import ArchiveSettings, Article, ArticleEvent, Entry, Source, Validators
from scraper.service.disk import Disk
from scraper.service.keeping.compose import Draft
from scraper.service.keeping.keeper import Keeper
from scraper.service.keeping.norms import AGAIN, SOURCES, Norms, source_of
from scraper.service.watching.drifting import drifting
from scraper.state.database import State, open_state
from tests.articles.news import NOON, article, stories

SOURCE = Source("news", "山城新闻", ("https://news.example/",))
NOTICE = ("我们使用小甜饼来改善您的体验。", "继续浏览即表示您同意我们的使用条款与隐私政策。")


class Kept:
    """An archive that drafts are kept in, one at a time or all at once."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def keep(self, drafts: Sequence[Draft]) -> list[ArticleEvent]:
        return asyncio.run(self._keep(drafts))

    async def _keep(self, drafts: Sequence[Draft]) -> list[ArticleEvent]:
        disk, archive = Disk(), Archive(self.root, "tester/1")
        await disk.run(archive.open)
        state = await disk.run(open_state, self.root / "state.sqlite")
        try:
            keeper = Keeper(ArchiveSettings(self.root), archive, state, disk)
            return await disk.run(keeper.write, drafts)
        finally:
            await disk.run(state.close)
            disk.close()

    def state(self) -> State:
        return open_state(self.root / "state.sqlite", read_only=True)

    def latest(self, source: str = "news") -> list[Noted]:
        return self.state().measures.latest(source)


def draft(made: Article, source: Source | None = SOURCE, *, insisted: bool = False) -> Draft:
    entry = Entry(made.url, made.id, made.title)
    return Draft(made, entry, source, None, Validators(), NOON, insisted=insisted)


def usual(number: int, seed: int = 1) -> list[Draft]:
    made = stories(seed)
    return [draft(next(made)) for _ in range(number)]


def notices(numbers: Iterable[int]) -> list[Draft]:
    return [draft(article(f"notice-{number}", *NOTICE)) for number in numbers]


def outcomes(events: Iterable[ArticleEvent]) -> list[str]:
    return [event.outcome for event in events]


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    """An archive with forty usual articles of one source."""
    made = Kept(tmp_path)
    assert set(outcomes(made.keep(usual(40)))) == {"archived"}
    return made


def test_those_of_one_batch_are_judged_beside_each_other(kept: Kept) -> None:
    events = kept.keep(notices(range(6)))
    assert outcomes(events) == ["archived"] * 2 + ["quarantined"] * 4
    assert all(event.reason.startswith(UNLIKE) for event in events[2:])
    assert UNLIKE in (kept.root / "_quarantine/notice-5.md").read_text("utf-8")
    assert [bool(one.unlike) for one in kept.latest()[-6:]] == [False] * 2 + [True] * 4


def test_garbage_never_becomes_the_usual(kept: Kept) -> None:
    kept.keep(notices(range(300)))
    (event,) = kept.keep(notices([300]))
    assert event.outcome == "quarantined"
    assert kept.keep(usual(1, seed=2))[0].outcome == "archived"
    (one,) = drifting(kept.state(), {"news": SOURCE})
    assert "are in quarantine" in one.what
    assert drifting(kept.state(), {}) == []  # of no source that is configured any more


def test_when_all_is_well_again_what_was_held_is_tried_again(kept: Kept) -> None:
    kept.keep(notices(range(12)))
    odd = replace(notices([50])[0].article, doubt="needed more than 5 s")
    kept.keep([draft(odd)])
    kept.keep(usual(15, seed=2))
    assert kept.state().articles.pending(NOON) == []
    kept.keep(usual(10, seed=3))
    assert drifting(kept.state(), {"news": SOURCE}) == []
    again = {pending.entry.id for pending in kept.state().articles.pending(NOON)}
    assert again == {f"notice-{number}" for number in range(2, 12)}

    late = [replace(one, fetched_at=NOON + AGAIN * 2) for one in notices(range(20, 40))]
    kept.keep([replace(one, fetched_at=NOON) for one in late[:10]])
    kept.keep(late[10:])
    kept.keep([replace(one, fetched_at=NOON + AGAIN * 2) for one in usual(30, seed=4)])
    assert len(kept.state().articles.pending(NOON + AGAIN * 2)) == 10 + 10  # not the early ones


def test_what_a_person_wants_is_archived_and_leaves_quarantine(kept: Kept) -> None:
    kept.keep(notices(range(3)))
    wanted = replace(notices([2])[0], insisted=True)
    (event,) = kept.keep([wanted])
    assert event.outcome == "archived"
    assert not (kept.root / "_quarantine/notice-2.md").exists()
    assert [line.event for line in read_all(kept.root)][-2:] == ["archived", "released"]
    assert kept.latest()[-1].unlike == ""

    (again,) = kept.keep(notices([2]))  # looked at again, unchanged
    assert (again.outcome, again.reason) == ("unchanged", "")
    edited = draft(article("notice-2", *NOTICE, "另有一行。", title="notice-2"))
    assert kept.keep([edited])[0].outcome == "updated"


def test_what_turned_into_something_else_never_replaces_a_text(kept: Kept) -> None:
    kept.keep(notices(range(3)))
    first = usual(1)[0].article
    turned = replace(first, **{name: getattr(article("x", *NOTICE * 9), name) for name in TEXTS})
    (event,) = kept.keep([draft(turned)])
    assert event.outcome == "unchanged"
    assert event.reason.startswith(UNLIKE)
    assert event.reason.endswith("the text that is archived stays")


TEXTS = ("text", "html", "markdown")


def test_what_is_in_doubt_anyway_says_nothing_of_its_source(kept: Kept) -> None:
    odd = replace(notices([0])[0].article, doubt="needed more than 5 s")
    (event,) = kept.keep([draft(odd)])
    assert event.reason == "needed more than 5 s"
    assert len(kept.latest()) == 40


def test_an_article_that_was_asked_for_by_hand_is_compared_with_its_sites(kept: Kept) -> None:
    made = draft(next(stories(5)), None)
    assert source_of(made) == "news.example"
    kept.keep([made])
    assert len(kept.latest("news.example")) == 1


def test_locked_stories_have_a_history_of_their_own(kept: Kept) -> None:
    made = stories(6, paywalled=True)
    kept.keep([draft(next(made)) for _ in range(35)])
    kept.keep(usual(300, seed=7))
    bare = article("bare", *next(made).text.split("\n"), paywalled=True, byline="", description="")
    bare = replace(bare, keywords=(), precision="day")
    (event,) = kept.keep([draft(bare)])
    assert "it has no byline" in event.reason


def test_many_sources_take_turns_in_memory(tmp_path: Path) -> None:
    state = open_state(tmp_path / "state.sqlite")
    norms, made = Norms(state), stories(8)
    names = [f"s{number}" for number in range(SOURCES + 5)]
    drafts = [draft(next(made), replace(SOURCE, name=name)) for name in (*names, *names)]
    norms.learn(norms.judged(drafts))
    assert len(norms._pasts) == SOURCES
    for name in names:
        assert len(state.measures.latest(name)) == 2
        assert norms._past(name) == state.measures.latest(name)
    state.close()


def test_memory_holds_what_the_state_holds(kept: Kept) -> None:
    state = open_state(kept.root / "state.sqlite")
    norms = Norms(state)
    for drafts in (usual(230, seed=3), notices(range(60)), notices(range(3)), usual(9, seed=4)):
        norms.learn(norms.judged(drafts))
    known = [(one.article, one.unlike) for one in state.measures.latest("news")]
    assert [(one.article, one.unlike) for one in norms._past("news")] == known
    state.close()
