"""What a takedown must not take from others, and must not leave behind."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from scraper.archive.archive import Archive
from scraper.archive.folders import Folders
from scraper.archive.manifest import days, read_all
from scraper.archive.raw import Kept, Raw
from scraper.archive.warc import payload_digest, read_record
from scraper.model import RevisionSettings
from scraper.service.context import Service
from scraper.service.keeping.compose import Draft
from scraper.service.upkeep.exporting import Selection, choose
from scraper.service.upkeep.finding import locate
from scraper.service.upkeep.forgetting import Takeout, forget, plan
from scraper.service.upkeep.rebuilding import Origins
from scraper.service.upkeep.recovering import bring_in_line
from scraper.service.upkeep.reextracting import reread
from scraper.service.upkeep.verifying import verify
from scraper.state.database import State, open_state
from tests.archive.keeping import HOUR, NOON, draft, files_with, keep, quarantine
from tests.journey.journey import Journey


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "archive"


@pytest.fixture
def state(root: Path) -> Iterator[State]:
    with closing(open_state(root / ".scraper" / "state.sqlite")) as state:
        yield state


def take_down(root: Path, state: State, article: str) -> Takeout:
    archive = Archive(root, "tester/1")
    archive.open()
    takeout = plan(root, state, locate(root, state, (), article))
    forget(archive, state, takeout, "", NOON + 9 * HOUR)
    return takeout


def found(root: Path) -> list[tuple[str, str]]:
    return [(f.kind, f.path) for f in verify(root, lambda *_: None, patience=0).findings]


def same_page(number: int, of: Draft, hours: int) -> Draft:
    """Another article whose page is the very one of the first, received later."""
    other = draft(number, f"第{number}篇", "三人受伤。", hours=hours)
    (capture,) = of.captures
    headers = (("Content-Type", "text/html"), ("X-Answer", str(number)))
    again = replace(capture, at=other.captures[0].at, headers=headers)
    return replace(other, captures=(again,))


# -- what others need ------------------------------------------------------------------------------


def test_a_payload_that_another_article_refers_to_is_kept_for_it(root: Path, state: State) -> None:
    first = draft(1, "旧桥动工", "三人受伤。")
    keep(root, first, same_page(2, first, 1), same_page(3, first, 2))
    takeout = take_down(root, state, "story-1")
    assert [kept.article for kept in takeout.spared] == ["story-2"]
    digest = payload_digest(first.captures[0].payload)
    holder = state.records.with_payload("https://news.example.com/1", digest)
    assert holder is not None
    assert (holder.article, holder.kind, holder.at) == ("story-2", "response", NOON + HOUR)
    read = read_record(root / holder.file, holder.offset)
    assert read.payload == first.captures[0].payload
    assert ("X-Answer", "2") in read.headers
    assert found(root) == []


def test_where_another_holds_it_already_nothing_is_recorded_anew(root: Path, state: State) -> None:
    first = draft(1, "旧桥动工", "三人受伤。")
    keep(root, first, same_page(2, first, 1))
    take_down(root, state, "story-1")
    keep(root, replace(first, captures=()), same_page(3, first, 3))
    takeout = take_down(root, state, "story-3")
    assert takeout.spared == ()


def test_what_was_spared_can_be_exported_and_read_anew(
    root: Path, state: State, tmp_path: Path
) -> None:
    first = draft(1, "旧桥动工", "三人受伤。")
    keep(root, first, same_page(2, first, 1))
    take_down(root, state, "story-1")
    chosen = [one.head.kind for one in choose(root, Selection(frozenset({"story-2"})))]
    assert chosen == ["response", "request", "revisit", "request"]
    journey = Journey(root, settings={"revisions": RevisionSettings(enabled=False)})
    verdicts: list[str] = []

    async def work(service: Service) -> None:
        verdicts.extend([one.verdict async for one in reread(service, ["story-2"])])

    journey.with_service(work)
    assert verdicts != ["unrecorded"]


# -- what nobody noted -----------------------------------------------------------------------------


def stray(root: Path, number: int) -> None:
    """A record whose line in the manifest a crash cut off."""
    one = draft(number, "题", "三人受伤，没有记下。", hours=2)
    raw = Raw(root, Folders(root), "tester/1")
    raw.open()
    raw.append([Kept(one.captures[0], one.article.id)], NOON + 2 * HOUR)


@pytest.mark.parametrize("later", [False, True])
def test_records_without_a_line_are_taken_out_too(root: Path, state: State, later: bool) -> None:
    keep(root, draft(1, "旧桥动工", "三人受伤。"), draft(2, "另一篇", "正文。"))
    stray(root, 1)
    if later:
        keep(root, draft(3, "第三篇", "正文。", hours=3))
    assert files_with(root, "没有记下")
    take_down(root, state, "story-1")
    assert files_with(root, "三人受伤") == []
    assert found(root) == []
    for name in ("story-2", "story-3") if later else ("story-2",):
        (row,) = state.records.of(name)
        assert read_record(root / row.file, row.offset).article == name


def test_only_records_without_a_line_are_enough(root: Path, state: State) -> None:
    keep(root, replace(draft(1, "旧桥动工", "三人受伤。"), captures=()), draft(2, "二", "正文。"))
    stray(root, 1)
    take_down(root, state, "story-1")
    assert files_with(root, "三人受伤") == []


# -- what came back --------------------------------------------------------------------------------


def test_what_came_back_into_quarantine_is_known_and_can_be_forgotten_again(
    root: Path, state: State
) -> None:
    keep(root, draft(7, "旧桥动工", "三人受伤。"))
    take_down(root, state, "story-7")
    quarantine(root, 7)
    known = state.articles.get("story-7")
    assert known is not None
    assert known.status == "quarantined"
    assert state.forgotten.get("story-7") is None
    takeout = take_down(root, state, "story-7")
    assert takeout.files == ("_quarantine/story-7.md",)
    assert not (root / takeout.files[0]).exists()
    assert state.forgotten.get("story-7")
    assert state.articles.get("story-7") is None
    assert found(root) == []


def test_the_next_start_looks_for_records_where_they_are_by_now(root: Path, state: State) -> None:
    keep(
        root, draft(1, "旧桥动工", "三人受伤。"), draft(2, "二", "正文。"), draft(3, "三", "正文。")
    )
    take_down(root, state, "story-1")
    archive = Archive(root, "tester/1")
    archive.open()
    for _ in range(2):
        bring_in_line(archive, state, Origins({}, {}), (0.0, NOON))
        assert [len(state.records.of(f"story-{n}")) for n in (1, 2, 3)] == [0, 1, 1]
    state.records.remove("story-3")
    bring_in_line(archive, state, Origins({}, {}), (0.0, NOON))
    (row,) = state.records.of("story-3")
    assert read_record(root / row.file, row.offset).article == "story-3"


def test_what_came_back_is_not_forgotten_again_by_the_next_start(root: Path, state: State) -> None:
    keep(root, draft(1, "旧桥动工", "三人受伤。"), draft(2, "另一篇", "正文。"))
    take_down(root, state, "story-1")
    keep(root, draft(1, "旧桥动工", "三人受伤。", hours=10))
    archive = Archive(root, "tester/1")
    archive.open()
    bring_in_line(archive, state, Origins({}, {}), (0.0, NOON))
    known = state.articles.get("story-1")
    assert known is not None
    assert known.status == "archived"
    assert len(days(root)) == 1
    assert [e.event for e in read_all(root)].count("forgotten") == 1
