"""A glance sees what a reader sees, whatever the document holds."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.errors import DocumentError
from scraper.markdown import glance as module
from scraper.markdown.document import render
from scraper.markdown.glance import glance, look
from scraper.model import Document

PLAIN = Document(
    "桥上的灯",
    datetime(2024, 5, 6, 4, 0, tzinfo=UTC),
    "联合早报",
    "https://news.example.com/a?b=1&c=2#d",
    ("山城新闻", "早报"),
    ("山城新闻",),
    "正文。\n\n---\n\n二段。",
    {"story_id": "story20240506-1", "description": "一：二", "revision": 3, "sha256": "a" * 64},
)
TEXT = st.text(max_size=20)
EXTRA = st.fixed_dictionaries(
    {},
    optional={
        "story_id": st.one_of(TEXT, st.from_regex(r"[0-9a-f]{16}", fullmatch=True)),
        "description": TEXT,
        "keywords": st.lists(TEXT, max_size=3),
        "revision": st.integers(0, 99),
        "sha256": st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
    },
)


def test_a_document_as_we_write_it_needs_no_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(module, "read")
    seen = glance(render(PLAIN))
    assert (seen.title, seen.url, seen.tags) == (PLAIN.title, PLAIN.url, PLAIN.tags)
    assert (seen.published, seen.body) == (PLAIN.published, PLAIN.body)
    assert (seen.story_id, seen.revision, seen.sha256) == ("story20240506-1", 3, "a" * 64)


@pytest.mark.parametrize(
    "changes",
    [
        {"title": 'a "b" \\ c'},
        {"tags": ("no", "12")},
        {"url": "https://e.example/a:"},
        {"extra": {"story_id": "0123456789012345", "sha256": "1" * 64}},
        {"extra": {"story_id": "no", "sha256": ""}},
        {"extra": {"revision": "x", "story_id": None}},
        {"extra": {}},
    ],
)
def test_other_documents_are_read_in_full(changes: dict[str, object]) -> None:
    text = render(replace(PLAIN, **changes))  # type: ignore[arg-type]  # of a test's choice
    assert glance(text) == look(text)


@pytest.mark.parametrize("value", ["story_id: no", "story_id: 12", "revision: 01", "revision: x"])
def test_what_others_wrote_is_read_as_yaml_means_it(value: str) -> None:
    text = render(replace(PLAIN, extra={"revision": 2})).replace("revision: 2", value)
    assert glance(text) == look(text)


@given(TEXT, TEXT, st.lists(st.one_of(TEXT, st.just("早报")), max_size=2), EXTRA)
def test_a_glance_and_a_look_agree(
    title: str, path: str, tags: list[str], extra: dict[str, object]
) -> None:
    url = f"https://e.example/{path}"
    text = render(replace(PLAIN, title=title, url=url, tags=tuple(tags), extra=extra))
    try:
        seen = look(text)
    except DocumentError:
        with pytest.raises(DocumentError):
            glance(text)
    else:
        assert glance(text) == seen


def test_what_is_no_document_is_refused() -> None:
    with pytest.raises(DocumentError):
        glance("no document")
