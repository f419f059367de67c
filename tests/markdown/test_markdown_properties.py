"""Whatever an article holds, a renderer shows its text, all of it, and nothing else."""

import re
from collections.abc import Callable
from html import escape

from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.markdown.body import to_markdown

Render = Callable[[str], str]

TRICKY = "*_`[]()<>&#!|~\\{}%+-=.:;/\"'^$@?1209ax字。，“”（）€²\u3000\u00a0 \n\t\u200b😀"
WORDS = [
    "**", "__", "```", "~~~", "---", "===", "- ", "1. ", "1) ", "# ", "> ", "![", "](", "<b>",
    "</p>", "<!--", "&lt;", "&#35;", "{{", "{%", "%}", "|---|", "https://a.b/c_d_e", "[x]: y",
]  # fmt: skip
texts = st.lists(
    st.one_of(st.text(TRICKY, max_size=4), st.sampled_from(WORDS), st.text(max_size=3)), max_size=6
).map("".join)
urls = st.text("abc()<>*_[]{}|`\\ &;%字", max_size=8).map(lambda t: f"https://example.org/{t}")


def wrap(tag: str, inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return inner.map(lambda html: f"<{tag}>{html}</{tag}>")


def several(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(inner, max_size=4).map("".join)


def one_of_tags(tags: list[str], inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(lambda tag, html: f"<{tag}>{html}</{tag}>", st.sampled_from(tags), inner)


def more_inline(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    link = st.builds(lambda u, t: f'<a href="{escape(u)}">{t}</a>', urls, several(inner))
    return st.one_of(one_of_tags(["strong", "em", "b", "i", "code", "s"], several(inner)), link)


plain = texts.map(escape)
pictures = st.builds(lambda u, t: f'<img src="{escape(u)}" alt="{escape(t)}">', urls, texts)
inline = several(
    st.recursive(st.one_of(plain, plain, pictures, st.just("<br>")), more_inline, max_leaves=6)
)
cells = st.lists(one_of_tags(["td", "th"], inline), min_size=2, max_size=3).map("".join)


def more_blocks(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    item = wrap("li", several(inner))
    return st.one_of(
        wrap("blockquote", several(inner)),
        one_of_tags(["ul", "ol"], several(item)),
        wrap("figure", several(inner)),
        several(item).map(lambda items: f'<ol start="7">{items}</ol>'),
    )


blocks = several(
    st.recursive(
        st.one_of(
            one_of_tags(["p", "p", "h1", "h3", "figcaption"], inline),
            inline,
            wrap("pre", plain),
            st.just("<hr>"),
            wrap("table", several(wrap("tr", cells))),
        ),
        more_blocks,
        max_leaves=8,
    )
)


# white space, and what cannot be seen, cannot stand in HTML, or is reserved for the conversion
UNSEEN = re.compile(
    "[\\s\u200b\u2060\ufffd\x00-\x1f\x7f-\x9f\ufeff\ufdd0-\ufdef\ufffe\uffff\U000f0000-\U000f00ff]"
)


def squash(text: str) -> str:
    """What can be seen, sorted: captions may change places with pictures."""
    return "".join(sorted(UNSEEN.sub("", text)))


@settings(max_examples=40, deadline=None)
@given(html=blocks)
def test_a_reader_sees_the_text_of_the_article_and_nothing_else(
    html: str, rendered: Render, visible: Render
) -> None:
    markdown = to_markdown(html)
    assert squash(visible(rendered(markdown))) == squash(visible(html))


@settings(max_examples=60, deadline=None)
@given(html=several(wrap("p", inline)))
def test_the_text_of_paragraphs_stays_in_its_order(
    html: str, rendered: Render, visible: Render
) -> None:
    before, after = (UNSEEN.sub("", visible(h)) for h in (html, rendered(to_markdown(html))))
    assert after == before


@settings(max_examples=40, deadline=None)
@given(html=blocks)
def test_no_raw_html_and_nothing_for_liquid_comes_out(
    html: str, rendered: Render, rendered_safely: Render
) -> None:
    markdown = to_markdown(html)
    assert rendered(markdown) == rendered_safely(markdown)
    assert "{{" not in markdown
    assert "{%" not in markdown
    assert markdown == markdown.strip("\n")


@settings(max_examples=60, deadline=None)
@given(parts=st.lists(st.tuples(st.sampled_from(["", "strong", "em"]), plain), max_size=8))
def test_emphasis_never_reaches_further_than_in_the_article(
    parts: list[tuple[str, str]], rendered: Render
) -> None:
    html = "".join(f"<{tag}>{text}</{tag}>" if tag else text for tag, text in parts)
    result = rendered(to_markdown(f"<p>{html}</p>"))
    for tag in ("strong", "em"):
        shown = "".join(re.findall(f"<{tag}>(.*?)</{tag}>", result, re.DOTALL))
        meant = "".join(escape(text) for name, text in parts if name == tag)
        assert len(re.sub(r"<[^>]*>|\s", "", shown)) <= len(meant)


@settings(max_examples=60, deadline=None)
@given(url=urls, text=texts)
def test_a_link_leads_where_it_led(url: str, text: str, rendered: Render) -> None:
    result = rendered(to_markdown(f'<p>字<a href="{escape(url)}">x{escape(text)}</a>字</p>'))
    assert result.count("<a href=") == 1
    assert result.startswith("<p>字<a href=")
