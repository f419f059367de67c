"""Pictures that are saved: what is refused, what is shared, what a crash leaves. A real server."""

import asyncio
import io
import struct
import zlib
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from scraper.archive.manifest import Manifest, read_all
from scraper.archive.store import Store
from scraper.archive.versions import versions_of
from scraper.errors import ArchiveError
from scraper.markdown.document import read
from scraper.service.context import Service
from scraper.service.crawling.articles import ask_for, drain
from scraper.service.crawling.picturing import save_pictures
from scraper.service.upkeep.reextracting import reread, rewrite
from scraper.service.upkeep.verifying import verify
from scraper.state.checks import Checks
from scraper.state.pictures import LostPicture, Pictures
from tests.fetch.conftest import Exchange, Server
from tests.journey.journey import Journey

LINE = "处的小城沿河路灯昨晚全部换成了暖色，散步的人比平日多了一倍，糖水摊十一点才收。"


def raster(kind: str = "PNG", colour: str = "navy", **options: Any) -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(held, kind, **options)
    return held.getvalue()


def bomb(side: int) -> bytes:
    """A PNG of side × side pixels, all of them black, in a few kilobytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checked = kind + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    row = zlib.compressobj(9)
    packed = b"".join(row.compress(bytes(1 + side // 8)) for _ in range(side)) + row.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n"
    return start + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


class Press:
    """A site whose stories show what a test says, and an archive that saves pictures."""

    def __init__(self, server: Server, journey: Journey) -> None:
        self.server, self.journey = server, journey
        journey.settings = {"pictures": "save"}
        self.root = journey.root

    def story(self, name: str, *pictures: str, text: str = "") -> str:
        shown = "".join(f'<figure><img src="{url}" alt="桥"></figure>' for url in pictures)
        words = "".join(f"<p>{number}{name}{LINE}</p>" for number in "甲乙丙丁戊己")
        head = '<meta property="article:published_time" content="2024-05-06T08:30:00+08:00">'
        page = (
            f'<html><head><meta charset="utf-8"><title>河边的灯{name}</title>{head}</head><body>'
            f"<article><h1>河边的灯{name}</h1>{shown}{words}<p>{text}</p></article></body></html>"
        )
        return self.server.answer(f"/{name}", page.encode(), Content_Type="text/html")

    def fetch(self, *urls: str) -> "Press":
        """Archive these pages, then save the pictures whose turn it is."""

        async def work(service: Service) -> None:
            await drain(service, [ask_for(service.crawl, url) for url in urls], asyncio.Event())
            await save_pictures(service, asyncio.Event())

        self.journey.with_service(work)
        return self

    def ask(self, question: Callable[[Service], Any]) -> Any:
        """What the state says, asked in the disk's thread."""
        answers: list[Any] = []

        async def work(service: Service) -> None:
            answers.append(await service.disk.run(question, service))

        self.journey.with_service(work)
        return answers[0]

    def assets(self) -> dict[str, bytes]:
        files = (file for file in (self.root / "assets").rglob("*") if file.is_file())
        return {file.relative_to(self.root).as_posix(): file.read_bytes() for file in files}

    def body(self, name: str) -> str:
        (text,) = (t for t in self.journey.files().values() if f"甲{name}".encode() in t)
        return read(text.decode()).body

    def findings(self) -> list[str]:
        return [str(found) for found in verify(self.root, lambda *_: None, patience=0).findings]


@pytest.fixture
def press(server: Server, journey: Journey) -> Press:
    return Press(server, journey)


@pytest.mark.parametrize(
    ("kind", "extension"),
    [("JPEG", "jpg"), ("PNG", "png"), ("GIF", "gif"), ("WEBP", "webp"), ("AVIF", "avif")],
)
def test_a_picture_is_kept_as_it_came_and_named_by_its_real_type(
    press: Press, kind: str, extension: str
) -> None:
    data = raster(kind)
    url = press.server.answer("/a.bmp", data, Content_Type="application/octet-stream")
    press.fetch(press.story("one", url))
    assert list(press.assets().values()) == [data]
    (path,) = press.assets()
    assert path.endswith(f".{extension}")
    assert f"![桥](../../../{path})" in press.body("one")
    assert press.findings() == []
    (seen,) = (seen for seen in press.server.requests if seen.path == "/a.bmp")
    assert seen.headers["referer"] == press.server.url("/one")


def test_one_picture_under_several_addresses_in_several_articles_is_stored_once(
    press: Press,
) -> None:
    data = raster()
    small = press.server.answer("/small.png", data)
    large = press.server.answer("/large.png?w=700&h=(1)", data)
    press.fetch(press.story("one", small, large), press.story("two", small))
    (path,) = press.assets()
    assert press.body("one").count(f"](../../../{path})") == 2
    assert press.body("two").count(f"](../../../{path})") == 1
    assert press.server.paths.count("/small.png") == 1
    press.fetch(press.story("three", large))
    assert press.body("three").count(f"](../../../{path})") == 1
    assert [p for p in press.server.paths if p.startswith("/large")] == ["/large.png?w=700&h=(1)"]
    assert press.findings() == []


HOSTILE: dict[str, tuple[bytes, str, str]] = {
    "a page": (b"<!DOCTYPE html><script>alert(1)</script>", "image/jpeg", "is no JPEG"),
    "a torn JPEG": (raster("JPEG", quality=95)[:-300], "image/jpeg", "cannot be decoded"),
    "a bomb": (bomb(30_000), "image/png", "has 30,000 × 30,000 pixels, more than"),
    "an SVG with a script": (
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        "image/svg+xml",
        "is no JPEG",
    ),
    "nothing": (b"", "image/jpeg", "is no JPEG"),
    "a header alone": (b"\x89PNG\r\n\x1a\n", "image/png", "cannot be decoded"),
    "TIFF called WebP": (raster("TIFF"), "image/webp", "is no JPEG"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_picture_is_refused_and_the_article_stays(press: Press, name: str) -> None:
    data, media_type, reason = HOSTILE[name]
    bad = press.server.answer("/bad", data, Content_Type=media_type)
    good = press.server.answer("/good.png", raster())
    press.fetch(press.story("one", bad, good))
    assert len(press.assets()) == 1
    assert f"![桥]({bad})" in press.body("one")
    assert press.body("one").count("../assets/") == 1
    for _ in range(3):
        press.journey.clock.ahead += timedelta(days=1)
        press.fetch()
    (lost,) = press.ask(lambda service: service.state.pictures.lost(9))
    assert (lost.url, lost.reason.partition(") ")[0]) == (bad, f"what came ({media_type}")
    assert reason in lost.reason
    asked = press.server.paths.count("/bad")
    press.journey.clock.ahead += timedelta(days=30)
    press.fetch()
    assert press.server.paths.count("/bad") == asked == 4
    assert press.findings() == []


def test_a_body_without_end_and_one_that_is_too_large_are_given_up_at_once(press: Press) -> None:
    def drone(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n")
        while not press.server.closing.is_set():
            exchange.send(b"x" * 65_536)

    press.journey.settings["picture_max_bytes"] = 5_000
    endless = press.server.on("/endless.png", drone)
    large = press.server.answer("/large.png", raster() + b"x" * 5_000)
    press.fetch(press.story("one", endless, large))
    assert press.assets() == {}
    lost = press.ask(lambda service: service.state.pictures.lost(9))
    assert {p.url: p.reason for p in lost} == dict.fromkeys(
        (endless, large), "answer larger than 5,000 bytes"
    )
    assert press.findings() == []


def test_robots_txt_is_obeyed(press: Press) -> None:
    press.server.answer("/robots.txt", b"User-agent: *\nDisallow: /private\n")
    url = press.server.answer("/private/a.png", raster())
    press.fetch(press.story("one", url))
    assert "/private/a.png" not in press.server.paths
    (lost,) = press.ask(lambda service: service.state.pictures.lost(9))
    assert isinstance(lost, LostPicture)
    assert "robots.txt" in lost.reason


def test_a_missing_picture_is_fetched_later(press: Press) -> None:
    url = press.server.answer("/a.png", status=404)
    press.fetch(press.story("one", url), press.story("two", url))
    assert press.ask(lambda service: service.state.pictures.counts()) == {"pending": 1}
    press.server.answer("/a.png", raster())
    press.fetch()
    assert press.assets() == {}
    press.journey.clock.ahead += timedelta(minutes=10)
    press.fetch()
    (path,) = press.assets()
    assert path in press.body("one")
    assert path in press.body("two")
    assert press.ask(lambda service: service.state.pictures.lacking(["one"])) == set()


def test_a_file_that_its_owner_edited_keeps_its_links(press: Press) -> None:
    url = press.server.answer("/a.png", status=503)
    press.fetch(press.story("one", url))
    (file,) = press.root.glob("_posts/**/*.md")
    edited = file.read_text("utf-8").replace("甲one", "甲one（按）")
    file.write_text(edited, "utf-8")
    press.server.answer("/a.png", raster())
    press.journey.clock.ahead += timedelta(hours=1)
    press.fetch()
    assert len(press.assets()) == 1
    assert file.read_text("utf-8") == edited


def test_pictures_come_late_and_are_no_version_of_the_text(press: Press) -> None:
    url = press.server.answer("/a.png", status=503)
    page = press.story("one", url)
    press.fetch(page)
    (archived,) = (event for event in read_all(press.root) if event.event == "archived")
    press.server.answer("/a.png", raster())
    press.journey.clock.ahead += timedelta(hours=1)
    press.fetch()
    press.story("one", url, text="更正：有误。")
    press.journey.clock.ahead += timedelta(hours=1)
    press.fetch(page)
    (path,) = press.root.glob("_posts/**/*.md")
    name = path.relative_to(press.root).as_posix()
    events = [event for event in read_all(press.root) if event.id == archived.id]
    first, second = versions_of(press.root, name, events)
    assert (first.at, first.edited, second.edited) == (archived.at, False, False)
    assert "../../../../assets/" in first.document.body
    assert "](../../../assets/" in second.document.body
    assert press.findings() == []


def test_reading_the_records_anew_keeps_the_links(press: Press) -> None:
    url = press.server.answer("/a.png", raster())
    moved = press.story("two", url)
    press.server.answer("/one", status=302, Location=moved)
    press.fetch(press.server.url("/one"))
    before = press.journey.files()

    async def work(service: Service) -> None:
        ids = await service.disk.run(service.state.articles.readable)
        found = [one async for one in reread(service, ids)]
        assert [(one.verdict, one.reason) for one in found] == [("same", "")]
        await rewrite(service, found)

    press.journey.with_service(work)
    assert press.journey.files() == before


class KilledError(ArchiveError):
    """The moment at which the program would have been killed."""


def test_what_was_archived_with_links_gets_its_pictures_when_it_is_read_anew(press: Press) -> None:
    url = press.server.answer("/a.png", raster())
    press.journey.settings["pictures"] = "link"
    press.fetch(press.story("one", url))
    assert press.assets() == {}
    press.journey.settings["pictures"] = "save"

    async def work(service: Service) -> None:
        ids = await service.disk.run(service.state.articles.readable)
        await rewrite(service, [one async for one in reread(service, ids)])
        await save_pictures(service, asyncio.Event())

    press.journey.with_service(work)
    assert len(press.assets()) == press.body("one").count("../assets/") == 1


CRASHES = [
    (Store, "write", 1, "before the picture is written"),
    (Manifest, "append", 1, "before the picture's line"),
    (Pictures, "save", 0, "before the picture's row"),
    (Pictures, "unlinked", 1, "before the article is looked for"),
    (Store, "write", 2, "before the article is written anew"),
    (Manifest, "append", 2, "before the article's line"),
    (Checks, "rewritten", 0, "before the article's row"),
]


@pytest.mark.parametrize(("owner", "name", "skip", "when"), CRASHES, ids=[c[3] for c in CRASHES])
def test_a_run_that_was_killed_is_finished_by_the_next(
    press: Press, owner: type, name: str, skip: int, when: str
) -> None:
    """Whatever the disk refuses is left as by a kill at that moment."""
    url = press.server.answer("/a.png", status=503)
    press.fetch(press.story("one", url))
    press.server.answer("/a.png", raster())
    press.journey.clock.ahead += timedelta(hours=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, name, failing(getattr(owner, name), skip))
        with suppress(KilledError):
            press.fetch()
    if name == "save":
        press.server.answer("/a.png", status=404)  # its line says that it is kept
    page = press.story("one", url, text="更正：有误。")
    press.fetch(page)
    assert [event.outcome for event in press.journey.articles()] == ["updated"]
    (path,) = press.assets()
    assert path in press.body("one"), when
    assert "更正" in press.body("one")
    assert press.findings() == []
    (file,) = press.root.glob("_posts/**/*.md")
    before = file.read_bytes()
    press.journey.clock.ahead += timedelta(hours=1)
    press.fetch(page)
    assert file.read_bytes() == before
    (event,) = press.journey.articles()
    assert event.outcome == "unchanged"


def failing(work: Callable[..., Any], skip: int) -> Callable[..., Any]:
    calls = iter(range(1_000))

    def fail(*arguments: Any, **options: Any) -> Any:
        if next(calls) < skip:
            return work(*arguments, **options)
        raise KilledError

    return fail


def test_a_lost_state_knows_what_is_kept_and_wants_what_is_not(press: Press) -> None:
    kept = press.server.answer("/a.png", raster())
    missing = press.server.answer("/b.png", status=503)
    press.fetch(press.story("one", kept, missing))
    lose_state(press.root)
    press.server.answer("/b.png", raster(colour="red"))
    press.fetch()
    assert press.server.paths.count("/a.png") == 1
    assert len(press.assets()) == 2
    assert press.body("one").count("../assets/") == 2
    assert press.findings() == []


def lose_state(root: Path) -> None:
    for file in (root / ".scraper").glob("state.sqlite*"):
        file.unlink()
