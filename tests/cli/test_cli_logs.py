"""A log line is one line, whatever a site says, and has none of our secrets in it."""

import json
import logging
import re
import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.cli import logs
from scraper.cli.logs import hide_secrets, json_line, one_line, start_logging, without_secrets
from scraper.cli.output import Output
from scraper.model import ArticleEvent, Source, SourceEvent

HOSTILE = "a\x1b[2J\r\nb\x9b31m\u202ec\u2066d\x00e\u2028f\x7f"
BIDI = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
SECRETIVE = Source(
    "china",
    "t",
    ("https://news.example/feed",),
    headers={"X-Key": "s3cret-header", "Accept": "short"},
    cookies={"session": "s3cret/cookie"},
    credentials="reader:s3cret-password",
    proxy="http://user:s3cret-proxy@10.0.0.1:3128",
)


def is_safe(text: str) -> bool:
    return not any(
        unicodedata.category(char) in ("Cc", "Zl", "Zp") or unicodedata.bidirectional(char) in BIDI
        for char in text
    )


@pytest.fixture(autouse=True)
def _no_secrets_left() -> Iterator[None]:
    yield
    logs._secrets.clear()


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    root = logging.getLogger()
    before = root.handlers[:]
    yield capsys
    root.handlers[:] = before


def log_of(event: SourceEvent | ArticleEvent, form: str, capsys: pytest.CaptureFixture[str]) -> str:
    start_logging("debug", form)
    output = Output(as_json=False, quiet=False)
    output.logging = True
    output.event(event)
    return capsys.readouterr().err


@given(st.text())
def test_any_text_is_one_safe_line(text: str) -> None:
    assert is_safe(one_line(text))


@given(st.dictionaries(st.text(), st.text()))
def test_json_is_safe_to_print_and_loses_nothing(facts: dict[str, str]) -> None:
    line = json_line(facts)
    assert is_safe(line)
    assert json.loads(line) == facts
    line.encode()  # no lone surrogate


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize(
    "event",
    [
        SourceEvent("china", "failed", reason=HOSTILE),
        ArticleEvent("archived", HOSTILE, "https://a/", path=f"_posts/{HOSTILE}.md", seconds=1.0),
        ArticleEvent("failed", "x", f"https://a/{HOSTILE}", reason=HOSTILE),
    ],
)
def test_a_hostile_event_is_one_line(
    event: SourceEvent | ArticleEvent, form: str, lines: pytest.CaptureFixture[str]
) -> None:
    (line,) = log_of(event, form, lines).splitlines()
    assert is_safe(line)


def test_a_line_says_what_of_which_source_why_and_how_long(
    lines: pytest.CaptureFixture[str],
) -> None:
    event = ArticleEvent(
        "deferred", "story1", "https://a/1", source="china", reason="HTTP 503", seconds=1.234
    )
    text = log_of(event, "text", lines)
    wanted = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ warning deferred  story1 of china: "
    assert re.search(wanted + r"https://a/1: HTTP 503 \[1\.23 s\]$", text.rstrip())
    facts = json.loads(log_of(event, "json", lines))
    assert facts.pop("time")
    assert facts.pop("message").startswith("deferred  story1")
    assert facts == {
        "level": "warning",
        "event": "article",
        "outcome": "deferred",
        "id": "story1",
        "url": "https://a/1",
        "source": "china",
        "reason": "HTTP 503",
        "seconds": 1.234,
    }


def test_secrets_are_hidden_wherever_they_come_back(lines: pytest.CaptureFixture[str]) -> None:
    hide_secrets([SECRETIVE])
    basic = "cmVhZGVyOnMzY3JldC1wYXNzd29yZA=="
    echoed = f"s3cret-header s3cret/cookie s3cret%2Fcookie s3cret-password {basic} s3cret-proxy"
    event = ArticleEvent("failed", echoed, f"https://u:pw@a/?key={echoed}", reason=echoed)
    for form in ("text", "json"):
        line = log_of(event, form, lines)
        assert "s3cret" not in line
        assert basic not in line
        assert "u:pw" not in line
    Output(as_json=False, quiet=False).problem(echoed)
    assert "s3cret" not in lines.readouterr().err


def test_a_short_value_is_no_secret_that_could_be_told_apart() -> None:
    hide_secrets([SECRETIVE])
    assert without_secrets("in short, https://a/x@b:c") == "in short, https://a/x@b:c"


def test_an_error_is_logged_in_one_line_and_traced_when_debugging(
    lines: pytest.CaptureFixture[str],
) -> None:
    hide_secrets([SECRETIVE])

    def fail() -> None:
        raise ValueError("bad\n\x1b[1ms3cret-header")

    for level, many in (("info", False), ("debug", True)):
        start_logging(level, "text")
        try:
            fail()
        except ValueError:
            logging.getLogger("scraper.test").exception("china: unexpected")
        said = lines.readouterr().err
        assert "china: unexpected: ValueError: bad" in said.splitlines()[0]
        assert (len(said.splitlines()) > 1) == many
        assert "s3cret" not in said
        assert "\x1b" not in said
