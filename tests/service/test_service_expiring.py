"""Raw records that outlived their keep: gone with a line in the manifest, nothing else harmed."""

import asyncio
import shutil
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scraper.archive.archive import Archive
from scraper.archive.forgetting import Eraser
from scraper.archive.manifest import Event, hash_of, read_all
from scraper.model import Retention, RevisionSettings
from scraper.service.context import Service
from scraper.service.daemon import Daemon
from scraper.service.upkeep.exporting import Selection, choose
from scraper.service.upkeep.finding import locate
from scraper.service.upkeep.forgetting import finish, forget, plan
from scraper.service.upkeep.rebuilding import Origins, Rebuilding
from scraper.service.upkeep.reextracting import reread
from scraper.service.upkeep.verifying import verify
from scraper.service.watching.health import Pulse
from scraper.state.database import open_state
from tests.journey.journey import Journey
from tests.service.archives import NOON, STATE, draft, fill, keep

FIRST, SECOND = (f"_raw/2024/2024-05-0{day}-001.warc.gz" for day in (6, 7))


@pytest.fixture
def root(journey: Journey) -> Path:
    """Three articles of one day; of the next, a revision and an answer that was the same."""
    fill(journey.root)
    keep(journey.root, [draft(1, days=1)])
    journey.settings = {"revisions": RevisionSettings(enabled=False)}
    journey.clock.ahead = NOON + timedelta(days=3) - datetime.now(UTC)
    return journey.root


def only_the_first(journey: Journey) -> None:
    age = journey.clock.now() - datetime(2024, 5, 7, 12, tzinfo=UTC)
    journey.settings["retention"] = Retention(age)


def found(root: Path) -> list[tuple[str, str]]:
    return [(f.kind, f.path) for f in verify(root, lambda *_: None, patience=0).findings]


def expired(root: Path) -> list[Event]:
    return [event for event in read_all(root) if event.event == "expired"]


def records(root: Path) -> set[str]:
    with closing(open_state(root / STATE, read_only=True)) as state:
        return {record.file for n in range(3) for record in state.records.of(f"story-{n}")}


def reread_all(journey: Journey) -> list[str]:
    verdicts: list[str] = []

    async def work(service: Service) -> None:
        ids = [f"story-{n}" for n in range(3)]
        verdicts.extend([one.verdict async for one in reread(service, ids)])

    journey.with_service(work)
    return verdicts


def test_nothing_expires_unless_asked_for(journey: Journey, root: Path) -> None:
    journey.once()
    assert (root / FIRST).exists()
    assert expired(root) == []


def test_what_expired_is_gone_with_a_line_that_says_what_it_was(
    journey: Journey, root: Path
) -> None:
    size, sha256 = (root / FIRST).stat().st_size, hash_of(root / FIRST)
    only_the_first(journey)
    journey.once()
    assert not (root / FIRST).exists()
    (event,) = expired(root)
    assert event.removed == (FIRST,)
    assert (event.about["bytes"], event.about["files"]) == (size, {FIRST: sha256})
    assert event.about["reason"].startswith("keep_raw_for = ")
    assert records(root) == {SECOND}
    assert found(root) == []
    journey.once()
    assert len(expired(root)) == 1


def test_by_size_the_oldest_go_and_empty_folders_with_them(journey: Journey, root: Path) -> None:
    journey.settings["retention"] = Retention(size=1)
    journey.once()
    assert not (root / "_raw/2024").exists()
    assert records(root) == set()
    assert found(root) == []
    keep(root, [draft(1, days=2)])
    assert found(root) == []


def test_the_state_is_rebuilt_without_them(journey: Journey, root: Path) -> None:
    only_the_first(journey)
    journey.once()
    shutil.rmtree(root / ".scraper")
    Archive(root, "tester/1").open()
    with closing(open_state(root / STATE)) as state:
        done = Rebuilding(root, state, Origins({}, {}), NOON).run()
    assert (done.articles, done.notices) == (3, [])
    assert records(root) == {SECOND}
    assert found(root) == []


def test_articles_whose_payload_expired_are_not_read_anew(journey: Journey, root: Path) -> None:
    only_the_first(journey)
    before = journey.once().files()
    assert reread_all(journey) == ["unread", "unrecorded", "unrecorded"]  # 0 has its revision's
    assert journey.files() == before


def test_exports_leave_out_what_refers_to_nothing(journey: Journey, root: Path) -> None:
    kinds = ["response", "request", "revisit", "request"]
    assert _kinds(root, "story-1") == kinds
    only_the_first(journey)
    journey.once()
    assert _kinds(root, "story-1") == []
    assert _kinds(root, "story-0") == kinds[:2]


def _kinds(root: Path, article: str) -> list[str]:
    return [one.head.kind for one in choose(root, Selection(frozenset({article})))]


def test_the_same_payload_is_kept_whole_again(journey: Journey, root: Path) -> None:
    only_the_first(journey)
    journey.once()
    keep(root, [draft(1, days=2)])
    assert _kinds(root, "story-1") == ["response", "request", "revisit", "request"]


class PowerCutError(Exception):
    pass


def cut_power(*_: object) -> None:
    raise PowerCutError


def test_what_a_kill_interrupted_the_next_start_finishes(journey: Journey, root: Path) -> None:
    only_the_first(journey)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Eraser, "erase", cut_power)
        with pytest.raises(PowerCutError):
            journey.once()
    assert (root / FIRST).exists()
    journey.settings["retention"] = Retention()
    journey.once()
    assert not (root / FIRST).exists()
    assert len(expired(root)) == 1
    assert records(root) == {SECOND}
    assert found(root) == []


def test_a_kill_before_the_line_removes_nothing(journey: Journey, root: Path) -> None:
    only_the_first(journey)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Archive, "commit", cut_power)
        with pytest.raises(PowerCutError):
            journey.once()
    journey.settings["retention"] = Retention()
    journey.once()
    assert (root / FIRST).exists()
    assert records(root) == {FIRST, SECOND}


def test_a_takedown_in_a_file_that_expired_stays_done(journey: Journey, root: Path) -> None:
    archive = Archive(root, "tester/1")
    archive.open()
    with closing(open_state(root / STATE)) as state:
        takeout = plan(root, state, locate(root, state, (), "story-1"))
        forget(archive, state, takeout, "", NOON + timedelta(days=3))
    only_the_first(journey)
    journey.once()
    with closing(open_state(root / STATE)) as state:
        assert finish(root, state) == "story-1"
    assert found(root) == []


def test_the_daemon_sees_to_it(journey: Journey, root: Path) -> None:
    only_the_first(journey)

    async def work(service: Service) -> None:
        daemon = Daemon(service, 5.0, Pulse())
        running = asyncio.create_task(daemon.run())
        async with asyncio.timeout(30):
            while (root / FIRST).exists():  # noqa: ASYNC110  # a file tells nobody
                await asyncio.sleep(0.01)
        daemon.stop()
        await running

    journey.with_service(work)
    assert len(expired(root)) == 1
