import time
from collections.abc import Callable

import pytest

from scraper.articles.body import Body
from scraper.articles.markup import INLINE, SKIPPED

Read = Callable[..., Body]

A = "https://a.example/a.jpg"
B = "https://a.example/b.jpg"


def figure(url: str, caption: str = "", alt: str = "") -> str:
    below = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure><img src="{url}" alt="{alt}">{below}</figure>'


# -- paragraphs and inline content -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("fragment", "html", "text"),
    [
        ("<p>甲</p><p>乙</p>", "<p>甲</p><p>乙</p>", "甲\n乙"),
        ("甲", "<p>甲</p>", "甲"),
        ("甲<p>乙</p>丙", "<p>甲</p><p>乙</p><p>丙</p>", "甲\n乙\n丙"),
        ("<div>甲<div>乙</div>丙</div>", "<p>甲</p><p>乙</p><p>丙</p>", "甲\n乙\n丙"),
        ("<p>\u3000\u3000甲 \n 乙&nbsp;</p>", "<p>甲 乙</p>", "甲 乙"),
        ("<p></p><p> &nbsp;</p><p><b></b></p>", "", ""),
        ("<p>1 &lt; 2 &amp; 3 &gt; 2</p>", "<p>1 &lt; 2 &amp; 3 &gt; 2</p>", "1 < 2 & 3 > 2"),
        ("<p>&lt;b&gt;</p>", "<p>&lt;b&gt;</p>", "<b>"),
        ("<section><article>甲</article></section>", "<p>甲</p>", "甲"),
        ("<p>甲<font color=red>乙</font><span>丙</span></p>", "<p>甲乙丙</p>", "甲乙丙"),
        ("<p>甲<custom-tag>乙</custom-tag></p>", "<p>甲乙</p>", "甲乙"),
        ("<dl><dt>甲</dt><dd>乙</dd></dl>", "<p>甲</p><p>乙</p>", "甲\n乙"),
        ("<h2>甲</h2><h4>乙</h4>", "<h2>甲</h2><h4>乙</h4>", "甲\n乙"),
        ("<h2> </h2>", "", ""),
        ("<h3><b>甲</b></h3>", "<h3><strong>甲</strong></h3>", "甲"),
        (
            "<blockquote>甲<p>乙</p></blockquote>",
            "<blockquote><p>甲</p><p>乙</p></blockquote>",
            "甲\n乙",
        ),
        ("<blockquote> </blockquote>", "", ""),
    ],
)
def test_text_becomes_paragraphs(read: Read, fragment: str, html: str, text: str) -> None:
    found = read(fragment)
    assert (found.html, found.text) == (html, text)


@pytest.mark.parametrize("tag", sorted(INLINE))
def test_emphasis_is_kept_in_its_modern_form(read: Read, tag: str) -> None:
    assert (
        read(f"<p>甲<{tag}>乙</{tag}>丙</p>").html
        == f"<p>甲<{INLINE[tag]}>乙</{INLINE[tag]}>丙</p>"
    )


@pytest.mark.parametrize("tag", sorted(SKIPPED - {"head", "input", "link", "meta"}))
def test_what_is_no_text_is_left_out(read: Read, tag: str) -> None:
    assert read(f"<p>甲</p><{tag} class=x>隐藏</{tag}><p>乙</p>").text == "甲\n乙"


@pytest.mark.parametrize("tag", ["script", "style", "noscript", "template"])
def test_what_is_no_text_stays_out_of_captions_links_and_code(read: Read, tag: str) -> None:
    hidden = f"<{tag}>隐藏</{tag}>"
    found = read(
        f"<figure><img src=/a.jpg><figcaption>图{hidden}说</figcaption></figure>"
        f"<pre>代{hidden}码</pre><table><caption>表{hidden}题</caption>"
        "<tr><td>甲</td><td>乙</td></tr></table>"
    )
    assert "隐藏" not in found.html
    assert "隐藏" not in found.text
    assert found.pictures[0].caption == "图说"


@pytest.mark.parametrize(
    ("fragment", "html", "text"),
    [
        ("<p>甲<br>乙</p>", "<p>甲<br>乙</p>", "甲 乙"),
        ("<p><br>甲<br> <br></p>", "<p>甲</p>", "甲"),
        ("<p><br/><br/></p>", "", ""),
        ("<p><br> <br> 甲</p>", "<p>甲</p>", "甲"),
        ("甲<br>\n乙", "<p>甲<br> 乙</p>", "甲 乙"),
        ("<br><p>甲</p><br>", "<p>甲</p>", "甲"),
    ],
)
def test_line_breaks_stand_inside_a_paragraph_only(
    read: Read, fragment: str, html: str, text: str
) -> None:
    found = read(fragment)
    assert (found.html, found.text) == (html, text)


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("/b", "https://a.example/b"),
        ("b?x=1&amp;y=2", "https://a.example/news/b?x=1&amp;y=2"),
        ("//b.example/", "https://b.example/"),
        ("http://b.example/a b", "http://b.example/a b"),
    ],
)
def test_links_are_absolute(read: Read, href: str, url: str) -> None:
    found = read(f'<p>甲<a href="{href}" onclick="x()" target=_blank>乙</a></p>')
    assert found.html == f'<p>甲<a href="{url}">乙</a></p>'


@pytest.mark.parametrize(
    "link",
    [
        '<a href="javascript:alert(1)">乙</a>',
        '<a href="JaVa\tScript:alert(1)">乙</a>',
        '<a href="data:text/html,x">乙</a>',
        '<a href="vbscript:x">乙</a>',
        '<a href="mailto:a@a.example">乙</a>',
        '<a href="http://[">乙</a>',
        "<a name=top>乙</a>",
        '<a href="/b"></a>乙',
    ],
)
def test_a_link_that_leads_nowhere_is_its_text(read: Read, link: str) -> None:
    assert read(f"<p>甲{link}</p>").html == "<p>甲乙</p>"


@pytest.mark.parametrize(
    ("fragment", "text"),
    [
        ("<b><p>甲</p><p>乙</p></b>", "甲\n乙"),
        ("<a href=/b><div>甲</div>乙</a>", "甲\n乙"),
        ("<em>甲<ul><li>乙</li></ul>丙</em>", "甲\n乙\n丙"),
        ("<p>甲</p><strong><h3>乙</h3></strong>", "甲\n乙"),
    ],
)
def test_inline_elements_around_blocks_are_looked_through(
    read: Read, fragment: str, text: str
) -> None:
    found = read(fragment)
    assert found.text == text
    assert not [tag for tag in ("<strong>", "<em>", "<a ") if tag in found.html]


def test_a_link_around_a_picture_is_the_picture(read: Read) -> None:
    assert read('<a href="/big"><img src="/a.jpg"></a>').html == figure(A)


# -- headings, rules, code -------------------------------------------------------------------------


def test_the_pages_own_title_is_not_repeated(read: Read) -> None:
    found = read("<h2> 灯笼\n铺 </h2><h2>灯笼铺的清晨</h2><p>灯笼 铺</p>", title="灯笼 铺")
    assert found.text == "灯笼铺的清晨\n灯笼 铺"


def test_a_rule_divides_what_is_there(read: Read) -> None:
    assert read("<hr><p>甲</p><hr><hr><p>乙</p>").html == "<p>甲</p><hr><p>乙</p>"


@pytest.mark.parametrize(
    ("fragment", "html", "text"),
    [
        ("<pre>\n 甲\n  乙 &lt;\n</pre>", "<pre> 甲\n  乙 &lt;</pre>", "甲 乙 <"),
        ("<pre><b>甲</b>\n乙</pre>丙", "<pre>甲\n乙</pre><p>丙</p>", "甲 乙\n丙"),
        ("<pre>甲<br>乙</pre>", "<pre>甲\n乙</pre>", "甲 乙"),
        ("<pre> \n </pre>", "", ""),
    ],
)
def test_preformatted_text_keeps_its_lines(read: Read, fragment: str, html: str, text: str) -> None:
    found = read(fragment)
    assert (found.html, found.text) == (html, text)


# -- boilerplate -----------------------------------------------------------------------------------


def test_unwanted_paragraphs_are_dropped_wherever_they_stand(read: Read) -> None:
    def unwanted(text: str) -> bool:
        return text.startswith("广告")

    found = read(
        "<p>广告一</p>甲<h3>广告二</h3><ul><li>广告三</li><li>乙</li></ul>"
        "<blockquote>广告四</blockquote><p>不是广告</p>",
        unwanted=unwanted,
    )
    assert found.html == "<p>甲</p><ul><li>乙</li></ul><p>不是广告</p>"
    assert found.text == "甲\n乙\n不是广告"


# -- lists -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fragment", "html", "text"),
    [
        ("<ul><li>甲</li><li>乙</li></ul>", "<ul><li>甲</li><li>乙</li></ul>", "甲\n乙"),
        ("<ol start=3><li>甲</ol>", '<ol start="3"><li>甲</li></ol>', "甲"),
        ("<ul start=3><li>甲</ul>", "<ul><li>甲</li></ul>", "甲"),
        ("<ol start=x><li>甲</ol>", "<ol><li>甲</li></ol>", "甲"),
        ("<ol start=-2><li>甲</ol>", "<ol><li>甲</li></ol>", "甲"),
        ("<ul><li><p>甲</p></li></ul>", "<ul><li>甲</li></ul>", "甲"),
        ("<ul><li><p>甲</p><p>乙</p></li></ul>", "<ul><li>甲<p>乙</p></li></ul>", "甲\n乙"),
        ("<ul><li></li><li> </li></ul>", "", ""),
        ("<ul></ul>", "", ""),
        (
            "<ul><li>甲<ol><li>乙</li></ol></li><li>丙</li></ul>",
            "<ul><li>甲<ol><li>乙</li></ol></li><li>丙</li></ul>",
            "甲\n乙\n丙",
        ),
        (
            "<ul><li>甲</li><ul><li>乙</li></ul></ul>",
            "<ul><li>甲</li><li><ul><li>乙</li></ul></li></ul>",
            "甲\n乙",
        ),
        ("<ul><li>甲</li><script>x</script></ul>", "<ul><li>甲</li></ul>", "甲"),
        (
            "<ul><li><blockquote>甲</blockquote>乙</li></ul>",
            "<ul><li><blockquote><p>甲</p></blockquote><p>乙</p></li></ul>",
            "甲\n乙",
        ),
        ("<ul><li><img src=/a.jpg>甲</li></ul>", f"<ul><li>{figure(A)}甲</li></ul>", "甲"),
        ("<ul><li><h3>甲</h3></li></ul>", "<ul><li><h3>甲</h3></li></ul>", "甲"),
    ],
)
def test_lists(read: Read, fragment: str, html: str, text: str) -> None:
    found = read(fragment)
    assert (found.html, found.text) == (html, text)


def test_text_directly_in_a_list_is_not_lost(read: Read) -> None:
    assert read("<ul>甲<li>乙</li>丙</ul>").text.split("\n") == ["甲", "乙", "丙"]
    assert read("<ul>用列表缩进的一段</ul>").text == "用列表缩进的一段"


def test_a_hostile_number_of_a_list_does_no_harm(read: Read) -> None:
    assert read(f"<ol start={'9' * 5000}><li>甲</ol>").text == "甲"


# -- tables ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fragment", "html"),
    [
        (
            "<table><tr><th>甲</th><td>乙</td></tr></table>",
            "<table><tbody><tr><th>甲</th><td>乙</td></tr></tbody></table>",
        ),
        (
            "<table><caption>表 题</caption><thead><tr><th>甲<th>乙</thead>"
            "<tr><td>1</td><td></td></tr></table>",
            "<table><caption>表 题</caption><tbody><tr><th>甲</th><th>乙</th></tr>"
            "<tr><td>1</td><td></td></tr></tbody></table>",
        ),
        (
            "<table><tr><td colspan=2 rowspan=3>甲</td></tr>"
            "<tr><td colspan=1 rowspan=x>乙</td><td>丙</td></tr></table>",
            '<table><tbody><tr><td colspan="2" rowspan="3">甲</td></tr>'
            "<tr><td>乙</td><td>丙</td></tr></tbody></table>",
        ),
        (
            "<table><tr><td><p>甲</p><p>乙<b>丙</b></p></td>"
            "<td><a href=/b>丁</a></td></tr></table>",
            "<table><tbody><tr><td>甲<br>乙<strong>丙</strong></td>"
            '<td><a href="https://a.example/b">丁</a></td></tr></tbody></table>',
        ),
        (
            "<table><tr><td><ul><li>甲</li><li>乙</li></ul></td><td><h3>丙</h3>丁</td></tr></table>",
            "<table><tbody><tr><td>甲<br>乙</td><td>丙<br>丁</td></tr></tbody></table>",
        ),
        (
            "<table><tr><td><blockquote><p>甲</p></blockquote></td>"
            "<td><ol start=2><li>乙</li></ol></td></tr></table>",
            "<table><tbody><tr><td>甲</td><td>乙</td></tr></tbody></table>",
        ),
    ],
)
def test_tables(read: Read, fragment: str, html: str) -> None:
    assert read(fragment).html == html


def test_a_tables_text_has_a_line_a_block(read: Read) -> None:
    fragment = "<table><tr><td>甲<p>乙</p></td><td>丙</td></tr></table><p>丁</p>"
    assert read(fragment).text == "甲\n乙\n丙\n丁"


def test_pictures_of_a_table_stand_behind_it(read: Read) -> None:
    found = read("<table><tr><td>甲<img src=/a.jpg title=图></td><td>乙</td></tr></table><p>丙</p>")
    assert found.html == (
        f"<table><tbody><tr><td>甲</td><td>乙</td></tr></tbody></table>{figure(A, '图')}<p>丙</p>"
    )
    assert [p.caption for p in found.pictures] == ["图"]


def test_a_heading_in_a_cell_may_repeat_the_title(read: Read) -> None:
    found = read("<table><tr><td><h3>题</h3></td><td>甲</td></tr></table>", title="题")
    assert found.text == "题\n甲"


@pytest.mark.parametrize(
    ("fragment", "text"),
    [
        ("<table><tr><td>甲<p>乙</p></td></tr><tr><td>丙</td></tr></table>", "甲\n乙\n丙"),
        ("<table></table>", ""),
        (
            "<table><tr><td>甲</td><td><table><tr><td>乙</td></tr></table></td></tr></table>",
            "甲\n乙",
        ),
    ],
)
def test_tables_for_the_layouts_sake_are_looked_through(
    read: Read, fragment: str, text: str
) -> None:
    found = read(fragment)
    assert found.text == text
    assert "<table" not in found.html


def test_a_table_of_data_inside_a_table_for_the_layouts_sake(read: Read) -> None:
    inner = "<table><tr><td>乙</td><td>丙</td></tr></table>"
    found = read(f"<table><tr><td>甲</td><td>{inner}</td></tr></table>")
    assert found.html == "<p>甲</p><table><tbody><tr><td>乙</td><td>丙</td></tr></tbody></table>"


# -- pictures and captions -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fragment", "html"),
    [
        ("<img src=/a.jpg>", figure(A)),
        ("<img src=/a.jpg alt=灯笼>", figure(A, alt="灯笼")),
        ("<img src=/a.jpg alt=灯笼 title=灯笼>", figure(A, "灯笼")),
        ("<img src=/a.jpg data-caption=图说 alt=灯笼>", figure(A, "图说", "灯笼")),
        ('<img src="/a.jpg?x=1&amp;y=&quot;">', figure("https://a.example/a.jpg?x=1&amp;y=&quot;")),
        ("<img src=/a.jpg title='1 &lt; 2'>", figure(A, "1 &lt; 2")),
        ("<img src=data:image/gif;base64,AA>", ""),
        ("<p>甲<img src=/a.jpg>乙</p>", f"<p>甲</p>{figure(A)}<p>乙</p>"),
        ("<p><b>甲<img src=/a.jpg></b></p>", f"<p>甲</p>{figure(A)}"),
        ("<figure><img src=/a.jpg><figcaption>图说</figcaption></figure>", figure(A, "图说")),
        ("<figure><figcaption>图说</figcaption><img src=/a.jpg></figure>", figure(A, "图说")),
        ("<figure><img src=/a.jpg>图<b>说</b></figure>", figure(A, "图说")),
        ("<figure><img src=/a.jpg title=属性>图说</figure>", figure(A, "属性")),
        (
            "<figure><img src=/a.jpg title=属性><figcaption>图说</figcaption></figure>",
            figure(A, "图说"),
        ),
        (
            "<figure><img src=/a.jpg title=属性><figcaption></figcaption></figure>",
            figure(A, "属性"),
        ),
        (
            "<figure><a href=/big><img src=/a.jpg></a><p>图说</p></figure>",
            figure(A, "图说"),
        ),
        ("<figure><figure><img src=/a.jpg></figure>图说</figure>", figure(A, "图说")),
        ("<figure><img src=data:x><figcaption>图说</figcaption></figure>", ""),
        ("<figure><blockquote>甲</blockquote></figure>", "<blockquote><p>甲</p></blockquote>"),
        ("<figure><figcaption>说明</figcaption></figure>", "<p><em>说明</em></p>"),
        ("<figcaption></figcaption>", ""),
        (
            "<figure><img src=/a.jpg><figcaption>图说</figcaption>"
            "<figcaption>图说</figcaption></figure>",
            figure(A, "图说"),
        ),
        (
            "<figure><img src=/a.jpg><figcaption>图说</figcaption>"
            "<figcaption>（作者）</figcaption></figure>",
            figure(A, "图说 （作者）"),
        ),
    ],
)
def test_a_picture_and_its_caption(read: Read, fragment: str, html: str) -> None:
    assert read(fragment).html == html


def test_captions_are_no_text_of_the_article(read: Read) -> None:
    found = read("<p>甲</p><figure><img src=/a.jpg><figcaption>图说</figcaption></figure>")
    assert found.text == "甲"


def test_several_pictures_of_a_figure_have_each_its_caption(read: Read) -> None:
    found = read(
        "<figure><div><img src=/a.jpg><figcaption>一</figcaption></div>"
        "<div><img src=/b.jpg><figcaption>二</figcaption></div>闲话</figure>"
    )
    assert found.html == figure(A, "一") + figure(B, "二")
    assert [(p.url, p.caption) for p in found.pictures] == [(A, "一"), (B, "二")]


def test_loose_text_among_several_pictures_is_nobodys_caption(read: Read) -> None:
    found = read("<figure><img src=/a.jpg><img src=/b.jpg>闲话</figure>")
    assert [p.caption for p in found.pictures] == ["", ""]


def test_a_caption_beside_its_picture_belongs_to_it(read: Read) -> None:
    beside = "<div class=f><img src=/a.jpg></div>\n<figcaption>图说</figcaption><p>甲</p>"
    found = read(beside, figures=".f")
    assert found.html == figure(A, "图说") + "<p>甲</p>"
    assert found.pictures[0].caption == "图说"


def test_an_empty_caption_takes_nothing_away(read: Read) -> None:
    beside = "<div class=f><img src=/a.jpg data-caption=图说></div><figcaption> </figcaption>"
    assert read(beside, figures=".f").html == figure(A, "图说")


def test_a_caption_behind_text_is_nobodys(read: Read) -> None:
    found = read("<img src=/a.jpg title=图><p>甲</p><figcaption>别的 &lt;</figcaption>")
    assert found.html == figure(A, "图") + "<p>甲</p><p><em>别的 &lt;</em></p>"
    assert found.text == "甲"


def test_the_caption_of_a_figure_without_picture_leaves_the_picture_before_it_alone(
    read: Read,
) -> None:
    found = read(
        "<figure><img src=/a.jpg><figcaption>图说</figcaption></figure>"
        "<figure><canvas></canvas><figcaption>图表</figcaption></figure>"
    )
    assert found.pictures[0].caption == "图说"


def test_figures_and_captions_by_the_profiles_selectors(read: Read) -> None:
    fragment = "<div class=f><img src=/a.jpg><span class=c>图<i>说</i></span>闲话</div><p>甲</p>"
    found = read(fragment, figures=".f", captions=".c")
    assert found.html == figure(A, "图说") + "<p>甲</p>"


def test_a_caption_of_the_profile_inside_emphasis(read: Read) -> None:
    found = read("<p><b>甲<span class=c>说明</span>乙</b></p>", captions=".c")
    assert found.text.split("\n") == ["甲", "乙"]
    assert "<em>说明</em>" in found.html


def test_a_picture_is_shown_once_with_the_caption_it_has_anywhere(read: Read) -> None:
    found = read(
        "<img src=/a.jpg><p>甲</p><img src=/a.jpg title=图说><p>乙</p><img src=/a.jpg title=别的>"
    )
    assert found.html == figure(A, "图说") + "<p>甲</p><p>乙</p>"
    assert [(p.url, p.caption) for p in found.pictures] == [(A, "图说")]


def test_pictures_outside_the_body_come_first(read: Read) -> None:
    found = read(
        "<p>甲</p><div class=l><img src=/a.jpg><div class=c>图说</div></div>"
        "<img class=l src=/b.jpg title=二>",
        lead=".l",
        captions=".c",
    )
    assert found.html == figure(A, "图说") + figure(B, "二") + "<p>甲</p>"
    assert found.text == "甲"


def test_what_stands_outside_the_body_without_a_picture_is_no_text(read: Read) -> None:
    assert read("<p>甲</p><div class=l>广告</div>", lead=".l").text == "甲"


def test_a_figure_holds_lists_and_rules_without_making_them_text(read: Read) -> None:
    found = read("<figure><img src=/a.jpg><ul><li>图</li></ul>说<br><hr></figure><p>甲</p>")
    assert found.text == "甲"
    assert found.pictures[0].url == A


# -- players ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fragment", "html"),
    [
        (
            '<iframe src="https://v.example/1?a=1&amp;b=2" title=" 灯 会 "></iframe>',
            '<p><a href="https://v.example/1?a=1&amp;b=2">灯 会</a></p>',
        ),
        (
            '<iframe src="//v.example/1"></iframe>',
            '<p><a href="https://v.example/1">v.example</a></p>',
        ),
        (
            '<iframe data-src="//v.example/1"></iframe>',
            '<p><a href="https://v.example/1">v.example</a></p>',
        ),
        (
            '<object data="/a.pdf"></object>',
            '<p><a href="https://a.example/a.pdf">a.example</a></p>',
        ),
        (
            '<video><source src="/v.mp4"><source src="/v.webm"></video>',
            '<p><a href="https://a.example/v.mp4">a.example</a></p>',
        ),
        (
            '<audio><source><source src="/v.mp3"></audio>',
            '<p><a href="https://a.example/v.mp3">a.example</a></p>',
        ),
        ('<iframe src="javascript:alert(1)"></iframe>', ""),
        ('<iframe src="about:blank"></iframe>', ""),
        ('<iframe srcdoc="&lt;script&gt;x&lt;/script&gt;"></iframe>', ""),
        ("<video>您的浏览器不支持</video>", ""),
    ],
)
def test_a_player_is_a_link_that_names_it(read: Read, fragment: str, html: str) -> None:
    found = read(f"<p>甲</p>{fragment}")
    assert found.html == f"<p>甲</p>{html}"
    assert found.text == "甲"


def test_a_player_inside_a_sentence_ends_the_paragraph(read: Read) -> None:
    found = read('<p>甲<b>乙<iframe src="//v.example/"></iframe></b>丙</p>')
    assert found.text == "甲乙\n丙"


def test_a_player_beside_a_picture_in_a_figure_is_left_to_the_picture(read: Read) -> None:
    found = read('<figure><img src=/a.jpg><iframe src="//v.example/"></iframe></figure>')
    assert found.html == figure(A)


# -- hostile markup --------------------------------------------------------------------------------

NESTS = {
    "div": ("<div>", "</div>"),
    "span": ("<span>", "</span>"),
    "strong": ("<strong>", "</strong>"),
    "list": ("<ul><li>", "</li></ul>"),
    "ordered list": ("<ol><li>", "</li></ol>"),
    "quotation": ("<blockquote>", "</blockquote>"),
    "table": ("<table><tr><td>", "</td></tr></table>"),
    "figure": ("<figure>", "</figure>"),
    "definition": ("<dl><dd>", "</dd></dl>"),
    "unclosed": ("<font>", ""),
}


def beneath(frames: int, call: Callable[[], Body]) -> Body:
    """Call with some frames on the stack already, as under a worker or a command line."""
    return beneath(frames - 1, call) if frames else call()


@pytest.mark.parametrize("levels", [10, 100, 130, 250, 1000])
@pytest.mark.parametrize("nest", NESTS)
def test_however_deep_the_text_is_kept_and_the_stack_holds(
    read: Read, nest: str, levels: int
) -> None:
    opening, closing = NESTS[nest]
    levels = min(levels, 1900 // opening.count("<"))  # the parser itself ends at 2,048 elements
    markup = f"<p>之前</p>{opening * levels}深处{closing * levels}<p>之后</p>"
    found = beneath(150, lambda: read(markup))
    assert "".join(found.text.split()) == "之前深处之后"


def test_lists_in_lists_without_items_do_no_harm(read: Read) -> None:
    found = beneath(150, lambda: read("<p>之前</p>" + "<ul>" * 200 + "深处" + "</ul>" * 200))
    assert found.text.startswith("之前")


@pytest.mark.parametrize("nest", NESTS)
def test_five_thousand_levels_do_no_harm(read: Read, nest: str) -> None:
    opening, closing = NESTS[nest]
    began = time.process_time()
    found = beneath(150, lambda: read(f"<p>之前</p>{opening * 5000}深处{closing * 5000}"))
    assert found.text.startswith("之前")
    assert time.process_time() - began < 2


def test_a_script_far_down_is_no_text(read: Read) -> None:
    found = read("<div>" * 150 + "甲<script>隐藏()</script><p>乙</p>" + "</div>" * 150)
    assert found.text.replace(" ", "").replace("\n", "") == "甲乙"


def test_text_far_down_is_not_torn_apart(read: Read) -> None:
    assert read("<div>" * 150 + "河<b>边</b>的灯" + "</div>" * 150).text == "河边的灯"


@pytest.mark.parametrize(
    ("before", "between", "after"), [(0, 8000, 0), (50_000, 0, 0), (0, 0, 50_000)]
)
def test_many_line_breaks_take_no_time(read: Read, before: int, between: int, after: int) -> None:
    fragment = f"<p>{'<br>' * before}甲{'<br>' * between}乙{'<br>' * after}</p>"
    began = time.process_time()
    assert read(fragment).text == ("甲 乙" if between else "甲乙")
    assert time.process_time() - began < 0.5


def test_nothing_of_a_page_gets_into_the_markup_but_what_belongs_there(read: Read) -> None:
    found = read(
        '<p style="x" class=y onclick="z()" id=i>甲<b onmouseover=x>乙</b></p>'
        '<img src="/a.jpg&quot; onerror=&quot;x()" onload=y alt="&quot;&gt;&lt;script&gt;">'
        '<ol start="3&quot; onclick=&quot;x"><li value=1>丙</li></ol>'
        '<table border=1><tr><td colspan="2&quot; x=&quot;">丁</td><td>戊</td></tr></table>'
        "<svg><script>x()</script></svg><math><mtext>己</mtext></math>"
        '<form action="javascript:x()"><input value=v><button>按</button></form>'
    )
    assert found.html == (
        "<p>甲<strong>乙</strong></p>"
        '<figure><img src="https://a.example/a.jpg&quot; onerror=&quot;x()" '
        'alt="&quot;&gt;&lt;script&gt;"></figure>'
        "<ol><li>丙</li></ol>"
        "<table><tbody><tr><td>丁</td><td>戊</td></tr></tbody></table>"
        "<p>己</p>"
    )
