"""Compressed answers of Scrapy's test suite: decoded or refused, with the memory that takes."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import brotli
import pytest

from tests.fetch.test_fetch_bodies import CODERS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")

MOST_KILOBYTES = 300_000  # of the process that fetches, all of it counted
PAGE, FEED = 74_837, 9_950  # decoded
TOO_LARGE = "answer larger than 10,000,000 bytes"
CUT = "the compressed answer ends in the middle"
EXPECTED: dict[str, tuple[str, int | str]] = {
    "html-gzip.bin": ("gzip", PAGE),
    "html-br.bin": ("br", PAGE),
    "html-rawdeflate.bin": ("deflate", 74_840),
    "html-zlibdeflate.bin": ("deflate", 74_840),
    "html-zstd-static-content-size.bin": ("zstd", PAGE),
    "html-zstd-static-no-content-size.bin": ("zstd", PAGE),
    "html-zstd-streaming-no-content-size.bin": ("zstd", PAGE),
    "html-gzip-deflate.bin": ("gzip, deflate", PAGE),
    "html-gzip-deflate-gzip.bin": ("gzip, deflate, gzip", "answer with more than 2 codings"),
    "bomb-br.bin": ("br", TOO_LARGE),
    "bomb-deflate.bin": ("deflate", TOO_LARGE),
    "bomb-gzip.bin": ("gzip", TOO_LARGE),
    "bomb-zstd.bin": ("zstd", TOO_LARGE),
    "truncated-crc-error.gz": ("gzip", CUT),
    "truncated-crc-error-short.gz": ("gzip", CUT),
    "unexpected-eof.gz": ("gzip", CUT),
    "feed-sample1.xml": ("", FEED),
    "feed-sample1.xml.gz": ("gzip", FEED),
    "feed-sample1.xml.bz2": ("bzip2", "answer with the unknown coding 'bzip2'"),
}
FETCH = """
import asyncio, json, re, sys
from scraper.fetch.fetcher import Fetcher, Request
from scraper.model import FetchSettings, Page

async def main(urls, most):
    settings = FetchSettings(
        "t/1", delay=0, retries=0, robots=False, allow_addresses=("127.0.0.0/8",), max_bytes=most
    )
    async with Fetcher(settings) as fetcher:
        for url in urls:
            outcome = await fetcher.fetch(Request(url))
            found = len(outcome.body) if isinstance(outcome, Page) else outcome.reason
            # ru_maxrss would count what the parent had when it started this process
            peak = re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]
            print(json.dumps([url.rpartition("/")[2], found, int(peak)]))

asyncio.run(main(sys.argv[2:], int(sys.argv[1])))
"""


def fetch_apart(urls: list[str], most: int = 10_000_000) -> dict[str, tuple[int | str, int]]:
    """What became of each URL in a process of its own, and its peak so far in kilobytes."""
    command = [sys.executable, "-c", FETCH, str(most), *urls]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return {name: (found, peak) for name, found, peak in rows}


@pytest.fixture
def suite(shared: Path) -> Path:
    return shared / "corpus" / "suites" / "scrapy-compressed"


def test_every_file_is_decoded_or_refused_in_bounded_memory(server: Any, suite: Path) -> None:
    files = {path.name for path in suite.iterdir()} - {"LICENSE"}
    urls = [
        server.answer(f"/{name}", (suite / name).read_bytes(), Content_Encoding=coding)
        for name, (coding, _) in EXPECTED.items()
    ]
    found = fetch_apart(urls)
    assert files == set(found)
    assert {name: result for name, (result, _) in found.items()} == {
        name: result for name, (_, result) in EXPECTED.items()
    }
    assert max(peak for _, peak in found.values()) < MOST_KILOBYTES


@pytest.mark.parametrize("coding", CODERS)
def test_a_bomb_below_the_largest_limit_costs_its_limit_and_little_more(
    server: Any, coding: str
) -> None:
    zeros = bytes(200_000_000)
    bomb = brotli.compress(zeros, quality=1) if coding == "br" else CODERS[coding](zeros)
    url = server.answer("/bomb", bomb, Content_Encoding=coding)
    found, peak = fetch_apart([url], 50_000_000)["bomb"]
    assert found == "answer larger than 50,000,000 bytes"
    assert peak < MOST_KILOBYTES
