"""`extract --manifest`: many saved pages in several processes, the answers in their order."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from scraper.cli.exits import Exit
from scraper.cli.pages import read_page, task_for
from scraper.cli.presentation import as_json
from scraper.cli.session import Session
from scraper.errors import ConfigurationError, PageError
from scraper.model import NotArticle
from scraper.service.workers import Workers

AHEAD = 4  # pages in hand for each process: enough that none waits, few enough to hold


@dataclass(frozen=True, slots=True)
class _Line:
    id: str
    file: Path
    url: str


def extract_manifest(
    session: Session, manifest: Path, jobs: int | None, site_name: str | None
) -> Exit:
    """Extract every page that the manifest names; one line of JSON for each line."""
    lines = list(_read(manifest))
    return asyncio.run(_extract_all(session, lines, Workers(jobs), site_name))


def _read(manifest: Path) -> Iterator[_Line]:
    """The manifest's lines. Raises ConfigurationError naming the first bad one."""
    for number, text in enumerate(manifest.read_text("utf-8").splitlines(), 1):
        if not text.strip():
            continue
        try:
            row = json.loads(text)
            yield _Line(str(row["id"]), manifest.parent / row["file"], str(row.get("url") or ""))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            expected = 'expected {"id", "file", "url"} in JSON'
            raise ConfigurationError(f"{manifest}:{number}: {expected} ({error!r})") from error


async def _extract_all(
    session: Session, lines: list[_Line], workers: Workers, site_name: str | None
) -> Exit:
    trouble = False
    slots = asyncio.Semaphore(workers.count * AHEAD)

    async def answer(line: _Line) -> dict[str, object]:
        try:
            return await _answer(session, line, workers, site_name)
        except (PageError, ConfigurationError, OSError) as error:
            return {"id": line.id, "error": str(error)}
        finally:
            slots.release()

    async def start(line: _Line) -> "asyncio.Task[dict[str, object]]":
        await slots.acquire()
        return asyncio.create_task(answer(line))

    try:
        waiting: list[asyncio.Task[dict[str, object]]] = []
        for line in lines:
            waiting.append(await start(line))
            while waiting and waiting[0].done():
                trouble |= _print(waiting.pop(0).result())
        for task in waiting:
            trouble |= _print(await task)
    finally:
        workers.close()
    return Exit.TROUBLE if trouble else Exit.DONE


async def _answer(
    session: Session, line: _Line, workers: Workers, site_name: str | None
) -> dict[str, object]:
    page = read_page(line.file.read_bytes(), line.url)
    task = task_for(session, page, site_name, page.url or await workers.claimed_url(page))
    found = await workers.extract(task)
    if isinstance(found, NotArticle):
        return {"id": line.id, "error": f"not an article ({found.kind}): {found.reason}"}
    if found.doubt:
        session.output.problem(f"{line.id}: {found.doubt}; plain text", "quarantined")
    return {"id": line.id, "article": as_json(found)}


def _print(row: dict[str, object]) -> bool:
    click.echo(json.dumps(row, ensure_ascii=False))
    return "error" in row
