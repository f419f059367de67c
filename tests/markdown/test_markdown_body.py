"""The Markdown of article bodies: what each element becomes, and what stays text."""

import time
from collections.abc import Callable

import pytest

from scraper.markdown.body import to_markdown

Render = Callable[[str], str]


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("", ""),
        ("  \n ", ""),
        ("<!-- nothing -->", ""),
        ("<p>\u3000\u3000第一段。\u3000\u3000第二句</p>", "第一段。 第二句"),
        ("<p>a\u00a0 \n b</p><p> </p>tail", "a b\n\ntail"),
        ("<h2>标题</h2><h3> </h3><h4><b></b></h4>", "## 标题"),
        (
            "<h2>C #</h2><h2># 1. x</h2><h2>a<br>b<figure>c</figure></h2>",
            "## C \\#\n\n## # 1. x\n\n## a b c",
        ),
        ("<p>a<br>b</p>", "a  \nb"),
        ("<p><br>a<br></p>", "a"),
        ("<p>a<br><br>b</p>", "a  \nb"),
        ("<p>a</p><hr><p>b</p>", "a\n\n* * *\n\nb"),
        ("<blockquote><p>a<br>b</p><p>c</p></blockquote>", "> a  \n> b\n>\n> c"),
        ("<p>旧<del>价</del>新<s>价</s></p>", "旧价新价"),
        ("a\x00\x0b\ud800<b>\x85b</b>", "a **b**"),
        ("a\ufeffb", "a\ufeffb"),
        ("<p>\U000f002a</p>", "\ufffd"),
    ],
)
def test_blocks(html: str, markdown: str) -> None:
    assert to_markdown(html) == markdown


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("前<strong>重要。</strong>后面", "前**重要**。后面"),
        ("前<strong>“重要”</strong>后面", "前“**重要**”后面"),
        ("前<strong>——</strong>后", "前——后"),
        ("前 <strong>“重要”</strong> 后", "前 **“重要”** 后"),
        ("前<strong>€5</strong>后", "前€**5**后"),
        ("€<strong>“重要”</strong>", "€“**重要”**"),
        ("中<em> 强调 </em>文", "中 *强调* 文"),
        ("<b>a</b><b>b</b>", "**ab**"),
        ("<b>a<strong>b</strong></b>", "**ab**"),
        ("<b><i>a</i></b>", "***a***"),
        ("<b>a<i>b</i>c</b>", "**a*b*c**"),
        ("<b><i>a</i>b</b>", "**ab**"),
        ("<b>a<i>b</i></b>", "**ab**"),
        ("<i>a</i><b>b</b>", "a**b**"),
        ("<b>a</b><i>b</i>", "**a**b"),
        ("<b>a<i>b</i></b><i>c</i>", "**ab**c"),
        ("<i>a</i><b><i>b</i>c</b>", "a**bc**"),
        ("<i>a<b>b</b>c<b>d</b>e</i>", "*a**b**c**d**e*"),
        ("<b></b><i> </i>x", "x"),
        ("用<b><code>ls</code></b>时，<b><code>ls</code></b>", "用`ls`时，**`ls`**"),
        ("说<b>见<code>ls</code></b>后", "说见`ls`后"),
        ("<b>一<br>二</b>", "**一  \n二**"),
    ],
)
def test_emphasis_is_written_where_commonmark_sees_it(html: str, markdown: str) -> None:
    assert to_markdown(f"<p>{html}</p>") == markdown


def test_emphasis_reaches_into_every_paragraph_it_is_open_in() -> None:
    html = '<b><a href="https://a.b/"><p>一</p><p>二</p></a></b>'
    assert to_markdown(html) == "[**一**](https://a.b/)\n\n[**二**](https://a.b/)"


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("2021-11-13, 3.5 - 4 * 5", "2021-11-13, 3.5 - 4 * 5"),
        ("snake_case_word and __init__", "snake_case_word and \\_\\_init\\_\\_"),
        ("5*3=15", "5*3=15"),
        ("*a* 5*3", "\\*a\\* 5\\*3"),
        ("_a 1", "_a 1"),
        ("1. 一", "1\\. 一"),
        ("2020.", "2020\\."),
        ("1.5倍", "1.5倍"),
        ("12) x", "12\\) x"),
        ("- 一", "\\- 一"),
        ("-5度", "-5度"),
        ("+ x", "\\+ x"),
        ("* x", "\\* x"),
        ("***", "\\***"),
        ("_ _ _", "\\_ _ _"),
        ("===", "\\==="),
        ("---|:--", "\\---|:--"),
        ("# 话题", "\\# 话题"),
        ("#话题#", "#话题#"),
        ("> x", "\\> x"),
        ("~~~", "\\~\\~\\~"),
        ("3~5天", "3~5天"),
        ("```", "\\`\\`\\`"),
        ("a ` b", "a ` b"),
        ("&lt;b> 1 &lt; 2 &lt;3", "\\<b> 1 < 2 <3"),
        ("&lt;!-- &lt;/p> &lt;?", "\\<!-- \\</p> \\<?"),
        ("&amp;lt; &amp;#60; AT&amp;T &amp;;", "\\&lt; \\&#60; AT&T &;"),
        ("[1] x ] y [", "\\[1] x ] y ["),
        ("[a]: b", "\\[a]: b"),
        ("![a](b)", "!\\[a](b)"),
        ("C:\\x \\* \\", "C:\\x \\\\* \\\\"),
        ("a | b", "a | b"),
        ("{{ x }} {% y %} {{{ { x", "{\\{ x }} {\\% y %} {\\{\\{ { x"),
        ("https://a.b/c_d?e=f", "https://a.b/c_d?e=f"),
    ],
)
def test_text_is_escaped_where_it_would_be_markup_and_nowhere_else(
    text: str, markdown: str, rendered: Render, visible: Render
) -> None:
    html = f"<p>{text}</p>"
    assert to_markdown(html) == markdown
    assert visible(rendered(markdown)) == visible(html)


def test_lines_after_a_break_begin_no_block() -> None:
    assert to_markdown("<p>a<br>===<br>- b</p>") == "a  \n\\===  \n\\- b"


def test_a_backslash_does_not_join_what_is_written_behind_it() -> None:
    html = '<p>a\\<br>\\<b>b</b>!<a href="https://a.b/">x]</a></p>'
    assert to_markdown(html) == "a\\\\  \n\\\\**b**\\![x\\]](https://a.b/)"


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ('<a href="https://a.b/x y(1)&lt;{{`">t</a>', "[t](https://a.b/x%20y\\(1\\)%3C%7B%7B%60)"),
        ('<a href="https://a.b/?a=1&amp;amp;b">t</a>', "[t](https://a.b/?a=1\\&amp;b)"),
        ('<a href="https://a.b/"> t </a>x', "[t](https://a.b/) x"),
        ('x<a href="https://a.b/"> </a>y<a href="https://a.b/"></a>', "x y"),
        ('<a href="javascript:x">t</a><a>u</a>', "tu"),
        ('<a href="https://a.b/">1<a href="https://c.d/">2</a></a>', None),
        ('见<b><a href="https://a.b/">t</a></b>吧', "见[**t**](https://a.b/)吧"),
        (
            '<a href="https://a.b/"><img src="https://c.d/" alt="x"></a>',
            "[![x](https://c.d/)](https://a.b/)",
        ),
        ('<code>a<a href="https://a.b/">b</a></code>', "a[b](https://a.b/)"),
    ],
)
def test_links(html: str, markdown: str | None, rendered: Render) -> None:
    result = to_markdown(f"<p>{html}</p>")
    assert result == (markdown or "[1](https://a.b/)[2](https://c.d/)")
    assert "[" not in rendered(result)


def test_a_link_in_a_link_is_not_opened() -> None:
    html = '<a href="https://a.b/">1<p><a href="https://c.d/">2</a></p></a>'
    assert to_markdown(html) in (
        "[1](https://a.b/)\n\n[2](https://a.b/)",
        "[1](https://a.b/)\n\n[2](https://c.d/)",
    )


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        (
            '<figure><img src="https://a.b/1" alt="a]b"><figcaption>图<b>为</b>*港*',
            "![a\\]b](https://a.b/1)\n*图为\\*港\\**",
        ),
        (
            '<figure><figcaption>图</figcaption><img src="https://a.b/1"></figure>',
            "![](https://a.b/1)\n*图*",
        ),
        (
            '<div><img src="https://a.b/1"></div><figcaption>图<p>二</p></figcaption>',
            "![](https://a.b/1)\n*图 二*",
        ),
        (
            '<p><img src="https://a.b/1"> <br><img src="https://a.b/2"></p>',
            "![](https://a.b/1)\n\n![](https://a.b/2)",
        ),
        (
            '<figure><img src="https://a.b/1"><figcaption>一</figcaption><img src="https://a.b/2"><figcaption>二',
            "![](https://a.b/1)\n*一*\n\n![](https://a.b/2)\n*二*",
        ),
        ("<figure><figcaption>一</figcaption><p>a</p></figure>", "a\n\n*一*"),
        (
            "<figure><figcaption>一</figcaption><figcaption>二</figcaption></figure>",
            "*二*\n\n*一*",
        ),
        ("<figcaption>一</figcaption><figcaption> </figcaption>", "*一*"),
        ('<h2><img src="https://a.b/1"></h2>', "![](https://a.b/1)"),
        ('<p>字<img src="https://a.b/1" alt="x">字</p>', "字![x](https://a.b/1)字"),
        ('<img src="data:image/png,x"><img>', ""),
    ],
)
def test_pictures_and_captions(html: str, markdown: str) -> None:
    assert to_markdown(html) == markdown


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>", "- a\n- b\n  - c"),
        ("<ol start=9><li>a</li><li><p>b</p><p>c</p></li></ol>", "9. a\n\n10. b\n\n    c"),
        ("<ol start=x><li>a</li></ol>", "1. a"),
        ("<ol start=9999999990><li>a</li></ol>", "1. a"),
        ("<ol start=999999999><li>a</li></ol>", "1. a"),
        ("<ol start=0><li>a</li><li>b</li></ol>", "0. a\n1. b"),
        ("<ol><li>a</li><li></li></ol>", "1. a\n2."),
        ("<ul><li></li><li>b</li></ul>", "- b"),
        ("<ul><li></li></ul><p>a</p>", "a"),
        ("<ul><li>a<ol start=2><li>b</li></ol></li></ul>", "- a\n\n  2. b"),
        ("<ul><li>a<br>b<ul><li>c</li></ul></li></ul>", "- a  \n  b\n  - c"),
        ("<ul><li>a</li></ul><ul><li>b</li></ul><ul><li>c</li></ul>", "- a\n\n+ b\n\n- c"),
        ("<ol><li>a</li></ol><ol><li>b</li></ol>", "1. a\n\n1) b"),
        ("<ul><li>a</li></ul><ol><li>b</li></ol>", "- a\n\n1. b"),
        ("<ul>a<li>b</li><p>c</p></ul>", "- a\n\n- b\n\n  c"),
        ("<ul><li><hr></li></ul>", "- * * *"),
        ("<li>a</li><li>b</li>", "a\n\nb"),
        ("<ul><li><pre>a\n\nb</pre></li></ul>", "- ```\n  a\n\n  b\n  ```"),
    ],
)
def test_lists(html: str, markdown: str) -> None:
    assert to_markdown(html) == markdown


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<pre>\na\n  b\n\n</pre>", "```\na\n  b\n```"),
        ("<pre>a<br>b<b>c</b>d</pre>", "```\na\nbcd\n```"),
        ("<pre>````\n&lt;b>*</pre>", "`````\n````\n<b>*\n`````"),
        ("<pre> </pre>", ""),
        ('<pre>a<img src="https://a.b/1"></pre>', "```\na\n```\n\n![](https://a.b/1)"),
        ("<pre>{{ a }}\n\n  *b*</pre>", "{\\{ a }}  \n\n\u00a0\u00a0\\*b\\*"),
        ("<p><code>a`b</code> <code>`</code></p>", "``a`b`` `` ` ``"),
        ("<p><code>&lt;a_b_*</code><code> </code></p>", "`<a_b_*`"),
        ("<p><code>a</code><code>b<br>c<code>d</code><b>e</b></code></p>", "`ab cde`"),
        ("<p><code>{{ x }}</code> ` x</p>", "{\\{ x }} ` x"),
        ("<p>` <code>x</code></p>", "\\` `x`"),
        ("<p>a<pre>b</pre></p>", "a\n\n```\nb\n```"),
        ("<figcaption><pre>b</pre></figcaption>", "*b*"),
    ],
)
def test_code(html: str, markdown: str) -> None:
    assert to_markdown(html) == markdown


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("m<sup>2</sup>", "m²"),
        ("10<sup>-3</sup>", "10⁻³"),
        ("H<sub>2</sub>O", "H₂O"),
        ("x<sup>中</sup>", "x^(中)"),
        ("x<sub>中_</sub>", "x\\_(中\\_)"),
        ("x<sup> </sup><sup>2<sub>3</sub></sup>", "x ²³"),
        ('x<sup><a href="https://a.b/">[1]</a></sup>', "x^([\\[1\\]](https://a.b/))"),
        ('x<sup><a href="https://a.b/">1</a></sup>', "x[¹](https://a.b/)"),
    ],
)
def test_superscripts_and_subscripts(html: str, shown: str) -> None:
    assert to_markdown(f"<p>{html}</p>") == shown


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        (
            "<table><caption>表</caption><tr><th>a|b<th>c<tr><td>1<br>2<p>3</p><td><code>x|y</code>",
            "*表*\n\n| a\\|b | c |\n| --- | --- |\n| 1 2 3 | `x\\|y` |",
        ),
        (
            "<table><tr><th rowspan=2>a<th colspan=2>b<tr><td>c<td>d<tr><td>e</table>",
            "| a | b |  |\n| --- | --- | --- |\n|  | c | d |\n| e |  |  |",
        ),
        (
            "<table><tr><td>a<td rowspan=3>b<tr><td>c<tr><td>d<td colspan=zz>e</table>",
            "| a | b |  |\n| --- | --- | --- |\n| c |  |  |\n| d |  | e |",
        ),
        ("<table><tr><td>a<br>b</td></tr></table>", "a  \nb"),
        ("<table><tr><td>a<td><table><tr><td>- b<td>c", "a\n\n| - b | c |\n| --- | --- |"),
        ("<table><tr><td><td></tr></table>x", "x"),
        ("<table>x<tr><td>a<td>b</table>", "x\n\n| a | b |\n| --- | --- |"),
        ("<table><td>a<td>b</table>", "| a | b |\n| --- | --- |"),
        ("<td>a</td><tr><td>b</td></tr>", "a\n\nb"),
    ],
)  # fmt: skip
def test_tables(html: str, markdown: str) -> None:
    assert to_markdown(html) == markdown


def test_a_table_that_would_be_mostly_empty_is_given_as_paragraphs() -> None:
    long_row = "<tr>" + "<td>- a</td>" * 1000 + "</tr>"
    assert to_markdown(f"<table>{long_row}{'<tr><td>b</td></tr>' * 500}</table>").startswith(
        "\\- a"
    )
    wide = "<td colspan=50 rowspan=50>x</td>" * 50
    assert to_markdown(f"<table><tr>{wide}</tr></table>") == "\n\n".join(["x"] * 50)


@pytest.mark.parametrize(
    "tag", ["blockquote", "ul><li", "span", "b", "sup", "table><tr><td", "pre"]
)
def test_nesting_beyond_reason_loses_its_frame_but_no_text(
    tag: str, rendered: Render, visible: Render
) -> None:
    markdown = to_markdown(f"<{tag}>字" * 5_000)
    assert visible(rendered(markdown)).count("字") == 5_000


def test_closing_tags_of_dropped_elements_are_dropped_with_them() -> None:
    html = "<em>" * 1000 + "x" + "</em>" * 1001 + "</blockquote><p>y</p>"
    assert to_markdown(html) == "*x*\n\ny"


def test_lists_stay_within_what_renderers_follow(rendered: Render) -> None:
    html = rendered(to_markdown("<ul><li>字" * 30))
    assert html.count("<ul>") == 8
    assert html.count("字") == 30


@pytest.mark.parametrize(
    "html",
    [
        "<p>" + "\n" * 20_000 + "x</p>",
        "<p>" + "字" * 3_500_000 + "</p>",
        "<p>" + "<b>x。</b>y<em>z</em>" * 5_000,
        "<p>" + "- " * 200_000,
        "<p>" + "` " * 50_000,
        "<p>" + "{" * 50_000,
        "<p>" + "&amp;" * 50_000,
        "<p>" + "[" * 50_000,
        "<p>" + "<a href='http://x'>[</a>" * 5_000,
        "<p>x<![>y<![CDATA[z]]><?php?>",
        "<p>" + "\u3000" * 100_000 + "x",
    ],
    ids=lambda html: html[:16].strip(),
)
def test_hostile_bodies_take_time_in_proportion(html: str) -> None:
    begun = time.process_time()
    assert to_markdown(html)
    assert time.process_time() - begun < 5
