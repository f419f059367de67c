"""Pictures of a site that shows them on its own pages only, kept beside the articles."""

import asyncio
import hashlib
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from scraper.archive.manifest import read_all
from scraper.markdown.document import read, sha256_of_body
from scraper.markdown.pictures import pictures_of
from scraper.service import daemon
from scraper.service.context import Service
from scraper.service.crawling.articles import archive as archive_article
from scraper.service.crawling.articles import ask_for
from scraper.service.crawling.picturing import save_pictures
from scraper.service.upkeep.finding import locate
from scraper.service.upkeep.forgetting import forget, plan
from scraper.service.upkeep.verifying import verify
from scraper.service.watching.health import Pulse
from tests.journey.journey import Journey
from tests.site_replica import Replica

_LINK = re.compile(r"(?:\.\./)+assets/[0-9a-f/]+\.[a-z]+")


def saving(journey: Journey, replica: Replica, **settings: Any) -> Journey:
    journey.settings = {"pictures": "save", **settings}
    journey.add(replica.url + "/rsshub/zaobao/realtime/china?limit=10")
    return journey.once()


def shown(root: Path) -> dict[Path, list[Path]]:
    """The pictures that each document of an archive names, as a reader on disk finds them."""
    return {
        file: [file.parent / link for link in _LINK.findall(file.read_text("utf-8"))]
        for file in root.rglob("*.md")
    }


def assets(root: Path) -> list[Path]:
    return sorted(file for file in (root / "assets").rglob("*") if file.is_file())


def findings(root: Path) -> list[str]:
    found = verify(root, lambda *_: None, patience=0).findings
    return [f"{finding.kind} {finding.path}: {finding.detail}" for finding in found]


def asked_for_pictures(replica: Replica) -> list[dict[str, Any]]:
    return [r for r in replica.requests() if re.match(r"/(s3|image|sites/default)", r["path"])]


@pytest.mark.parametrize("body", ["markdown", "html"])
def test_the_folder_can_be_read_offline(journey: Journey, replica: Replica, body: str) -> None:
    saving(journey, replica, body=body)
    truth = replica.truth()
    documents = journey.documents()
    assert len(documents) > 5
    asked = asked_for_pictures(replica)
    assert asked
    assert all(request["status"] == 200 for request in asked)
    assert all(request["headers"]["accept"].startswith("image/") for request in asked)
    pages = {request["headers"]["referer"].partition("?")[0] for request in asked}
    assert all(page.rpartition("/")[2] in truth for page in pages)
    assert len({request["path"] for request in asked}) == len(asked)

    places = shown(journey.root)
    assert {place.resolve() for links in places.values() for place in links} == set(
        map(Path.resolve, assets(journey.root))
    )
    for name, document in documents.items():
        assert pictures_of(document.body) == ()
        assert document.extra["sha256"] == sha256_of_body(document.body)
        assert "revision" not in document.extra
        visible = truth[name]["images"]
        assert document.extra.get("image", "https://").startswith("http") or not visible  # type: ignore[attr-defined]
    for file in assets(journey.root):
        assert hashlib.sha256(file.read_bytes()).hexdigest() == file.stem
        assert file.parent.name == file.stem[:2]
    assert findings(journey.root) == []


def test_what_is_kept_is_fetched_once_and_survives_the_loss_of_the_state(
    journey: Journey, replica: Replica
) -> None:
    saving(journey, replica)
    before = journey.files()
    for file in (journey.root / ".scraper").glob("state.sqlite*"):
        file.unlink()
    replica.forget_requests()
    journey.once()
    assert asked_for_pictures(replica) == []
    assert journey.files() == before
    assert findings(journey.root) == []


def test_an_edit_keeps_its_pictures_and_so_does_the_text_before_it(
    journey: Journey, replica: Replica
) -> None:
    saving(journey, replica)
    open_ = {n: d for n, d in journey.documents().items() if "paywalled" not in d.extra}
    name, document = next((n, d) for n, d in open_.items() if "assets/" in d.body)
    replica.control("edit", id=name, append_paragraph="更正：有误。")
    replica.forget_requests()
    journey.with_service(lambda service: _look(service, name))
    assert [event.outcome for event in journey.articles()] == ["updated"], journey.articles()
    changed = journey.documents()[name]
    assert changed.extra["revision"] == 2
    assert _LINK.findall(changed.body) == _LINK.findall(document.body)
    assert asked_for_pictures(replica) == []
    (earlier,) = journey.root.glob("_revisions/**/*.md")
    assert len(shown(journey.root)[earlier]) == len(_LINK.findall(document.body))
    assert all(place.is_file() for place in shown(journey.root)[earlier])
    kept = read(earlier.read_text("utf-8"))
    assert kept.extra["sha256"] == sha256_of_body(kept.body)
    assert findings(journey.root) == []


async def _look(service: Service, name: str) -> None:
    record = await service.disk.run(service.state.articles.get, name)
    assert record
    await archive_article(service, ask_for(service.crawl, record.url, record.source))
    await save_pictures(service, asyncio.Event())


def test_a_picture_that_is_refused_delays_no_article_and_is_given_up_at_last(
    journey: Journey, replica: Replica
) -> None:
    replica.control("fault", match="^/(s3|image|sites)", kind="status:403", times=None)
    saving(journey, replica)
    assert len(journey.articles("archived")) == len(journey.files()) > 5
    assert assets(journey.root) == []
    before = journey.files()
    urls = {url for document in journey.documents().values() for url in pictures_of(document.body)}
    journey.sources.clear()
    for _ in range(3):
        journey.clock.ahead += timedelta(days=1)
        journey.once()
    counts: list[dict[str, int]] = []
    journey.with_service(lambda service: _count(service, counts))
    assert counts == [{"given_up": len(urls)}]
    assert journey.files().keys() == before.keys()

    replica.control("faults/clear")
    journey.with_service(_retry)
    journey.once()
    assert assets(journey.root)
    assert not [d for d in journey.documents().values() if pictures_of(d.body)]
    assert findings(journey.root) == []


def test_the_daemon_saves_pictures_beside_its_other_work(
    journey: Journey, replica: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daemon, "PICTURE_SECONDS", 0.1)
    journey.settings = {"pictures": "save"}
    journey.add(replica.url + "/rsshub/zaobao/realtime/china?limit=10")

    async def work(service: Service) -> None:
        running = daemon.Daemon(service, 5.0, Pulse())
        task = asyncio.create_task(running.run())
        async with asyncio.timeout(60):
            while not any(shown(journey.root).values()):  # noqa: ASYNC110  # its own tasks do it
                await asyncio.sleep(0.05)
        running.stop()
        await task

    journey.with_service(work)
    assert findings(journey.root) == []


async def _count(service: Service, into: list[dict[str, int]]) -> None:
    into.append(await service.disk.run(service.state.pictures.counts))


async def _retry(service: Service) -> None:
    await service.disk.run(service.state.pictures.retry, None, service.now())


def test_what_is_forgotten_takes_along_its_pictures_and_no_others(
    journey: Journey, replica: Replica
) -> None:
    saving(journey, replica)
    places = shown(journey.root)
    name, document = next((n, d) for n, d in journey.documents().items() if "assets/" in d.body)
    (file,) = (f for f in places if document.url in f.read_text("utf-8"))
    others = {place.resolve() for f, links in places.items() if f != file for place in links}
    mine = {place.resolve() for place in places[file]}
    journey.sources.clear()
    journey.with_service(lambda service: _forget(service, name))
    assert not file.exists()
    left = set(map(Path.resolve, assets(journey.root)))
    assert left == others
    assert mine - others
    assert findings(journey.root) == []
    journey.once()
    assert set(map(Path.resolve, assets(journey.root))) == left


async def _forget(service: Service, name: str) -> None:
    def work() -> None:
        archive, state = service.keeper.archive, service.state
        takeout = plan(archive.root, state, locate(archive.root, state, (), name))
        forget(archive, state, takeout, "", service.now())

    await service.disk.run(work)


def test_a_picture_has_its_event_and_its_record(journey: Journey, replica: Replica) -> None:
    saving(journey, replica)
    events = [event for event in read_all(journey.root) if event.event == "picture"]
    kept = [event for event in events if "url" in event.about]
    rewritten = [event for event in events if "url" not in event.about]
    assert len({event.about["url"] for event in kept}) == len(kept)
    assert all(
        len(event.records) == 1 and event.files[0].path.startswith("assets/") for event in kept
    )
    assert {event.files[0].path for event in rewritten} <= journey.files().keys()
