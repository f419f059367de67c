"""Pages as sites build them: what is the article of each, line by line."""

from collections.abc import Callable

import pytest

from scraper.articles.generic.lines import break_lines
from scraper.articles.tree import parse_html
from scraper.model import Article, NotArticle

Take = Callable[..., Article | NotArticle]

EN = (
    "The old ferry across the Aldmere stopped running on Monday, after a century and a half of "
    "daily crossings between the two villages.",
    "Its last captain, Orla Venn, tied up the boat herself and handed the brass bell to the "
    "school, where it will ring at noon from now on.",
    "Nobody had asked the passengers what they wanted, she said; most of them had read about the "
    "end of the service on a sheet of paper at the landing.",
    "The county council, which paid for the ferry, says that a bus will take its place. The bus "
    "needs forty minutes for a way that took the boat six.",
    "Farmers on the east bank, who sell their milk on the west bank, have begun to look for a boat "
    "of their own, and some have found one.",
    "“We were never rich,” said one of them, “but we always got across, even in the winter when "
    "the ice stood at the piers.”",
)
ZH = (
    "河口镇的老渡船星期一停航，这条航线把两岸的村子连在一起，前后整整一百五十年。",
    "末任船长宋阿满亲手系好缆绳，把船头的铜钟送给了镇上的小学，往后每天正午都会敲响。",
    "她说，没有人问过乘客的意见，多数人是在码头的一张告示上才知道停航的消息。",
    "出钱养船的县里表示，将以公交车代替渡船，不过原先六分钟的水路，坐车要四十分钟。",
    "东岸的农户每天要把牛奶送到西岸去卖，如今他们开始自己找船，有几家已经找到了。",
    "“我们从来不富裕，”一位老人说，“可是总能过河，哪怕冬天码头边结了冰。”",
)
TITLE, TITEL = "Last ferry on the Aldmere", "河口镇最后一班渡船"
NEWS = [
    ("Council opens a second library in the old mill", "/2025/mill"),
    ("Why the cranes came back to the marshes early", "/2025/cranes"),
    ("Three bakers share one oven, and one secret", "/2025/bakers"),
    ("The lighthouse that nobody wanted to buy", "/2025/lighthouse"),
    ("Rain delays the regatta for the fourth time", "/2025/regatta"),
]
LINKS = "".join(f'<li><a href="{href}">{text}</a></li>' for text, href in NEWS)
TEASERS = "".join(
    f'<div class="{{}}"><h3><a href="{href}">{text}</a></h3><p>It began with a letter that nobody '
    f"answered, and it ended, as {text.lower()} shows, with a walk along the river.</p></div>"
    for text, href in NEWS
)
MENU = (
    '<nav><a href="/">Home</a> <a href="/local">Local</a> <a href="/sport">Sport</a></nav>'
    '<div class="search"><form action="/s"><input name="q"><button>Search</button></form></div>'
)
FOOT = (
    "<footer><p>© 2025 The Aldmere Courier, a paper of the valley, printed since 1871. "
    'All rights reserved.</p><a href="/imprint">Imprint</a></footer>'
)


def paragraphs(texts: tuple[str, ...], tag: str = "p") -> str:
    return "".join(f"<{tag}>{text}</{tag}>\n" for text in texts)


def page(body: str, title: str = TITLE, head: str = "") -> str:
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title} - Courier</title>{head}'
        f"</head><body>{body}</body></html>"
    )


IS_ARTICLE = '<meta property="og:type" content="article">'

WORDPRESS = f"""<div id="page" class="hfeed site">{MENU}<div id="content" class="site-content">
<div id="primary" class="content-area"><main id="main"><article id="post-712" class="post hentry">
<header class="entry-header"><h1 class="entry-title">{TITLE}</h1><div class="entry-meta">
<span class="posted-on">Posted on <time datetime="2025-03-04">4 March 2025</time></span>
<span class="byline">by <a href="/author/v">P. Vale</a></span></div></header>
<div class="entry-content">{paragraphs(EN)}
<div class="sharedaddy sd-sharing-enabled"><h3 class="sd-title">Share this:</h3><ul><li><a
href="?share=x">Click to share on X</a></li></ul></div>
<div id="jp-relatedposts" class="jp-relatedposts"><h3><em>Related</em></h3></div></div>
<footer class="entry-footer"><span class="cat-links">Posted in <a href="/c">Local</a></span>
</footer></article>
<nav class="post-navigation"><a href="/2025/mill">Previous: The mill</a></nav>
<div id="comments" class="comments-area"><h2>2 thoughts on “{TITLE}”</h2><ol class="comment-list">
<li class="comment"><div class="comment-content"><p>My father took this ferry every day, rain or
shine, and I will miss it, too.</p></div></li></ol></div></main></div>
<div id="secondary" class="widget-area"><section class="widget widget_recent_entries">
<h2>Recent Posts</h2><ul>{LINKS}</ul></section></div></div>{FOOT}</div>"""

DRUPAL = f"""<div class="layout-container"><header role="banner">{MENU}</header>
<main role="main"><div class="layout-content"><div class="region region-content">
<div id="block-title"><h1><span class="field field--name-title">{TITLE}</span></h1></div>
<article role="article" class="node node--type-article node--view-mode-full">
<div class="node__content"><div class="clearfix field field--name-body field__item">
{paragraphs(EN)}</div>
<div class="field field--name-field-tags"><div class="field__label">Tags</div><div
class="field__item"><a href="/t/1">ferries</a></div></div>
<ul class="links inline"><li><a href="/user/login">Log in</a> or <a href="/user/register">register
</a> to post comments</li></ul></div></article></div></div>
<aside class="layout-sidebar" role="complementary"><div class="views-element">
{TEASERS.replace("{}", "views-row")}</div></aside></main>{FOOT}</div>"""

PORTAL = f"""<table width="950" align="center"><tr><td><a href="/">首页</a> | <a href="/n">新闻</a>
| <a href="/s">体育</a></td></tr></table><table width="950" align="center"><tr>
<td width="650" valign="top"><table><tr><td>您所在的位置： <a href="/">首页</a> &gt;
<a href="/n">新闻</a></td></tr><tr><td align="center"><b class="title">{TITEL}</b></td></tr>
<tr><td align="center">http://www.hekou.example 2004年03月04日08:15 来源：河口日报</td></tr>
<tr><td class="content" id="zoom">{"<br><br>".join(f"　　{text}" for text in ZH)}<br><br>
（责任编辑：周小舟）</td></tr><tr><td>【<a href="/p">打印本页</a>】【<a href="/c">关闭窗口</a>】
</td></tr></table></td><td width="300" valign="top"><table><tr><td>热门新闻</td></tr>
{"".join(f'<tr><td><a href="/n/{n}">第{n}条：旧磨坊成了图书馆</a></td></tr>' for n in range(9))}
</table></td></tr></table><table width="950" align="center"><tr><td>河口网版权所有，未经书面授权，
不得转载。</td></tr></table>"""

WECHAT = f"""<div id="js_article" class="rich_media"><div class="rich_media_inner"><div
id="page-content" class="rich_media_area_primary"><div class="rich_media_area_primary_inner">
<div id="img-content" class="rich_media_wrp"><h1 class="rich_media_title" id="activity-name">
{TITEL}</h1><div id="meta_content" class="rich_media_meta_list"><span
class="rich_media_meta rich_media_meta_text">宋阿满</span><a id="js_name">河口岸边</a></div>
<div class="rich_media_content" id="js_content" style="visibility: hidden; opacity: 0;">
<section style="font-size: 16px;">{
    "".join(
        f'<section><span style="color: #333;">{text}</span></section><section><br></section>'
        for text in ZH
    )
}
<p style="text-align: center;"><img data-src="https://img.example/1.jpg"></p></section></div>
</div></div></div><div class="rich_media_area_extra"><div>预览时标签不可点</div></div></div></div>
<div class="qr_code_pc"><p>微信扫一扫<br>关注该公众号</p></div>"""

BLOGSPOT = f"""<div class="content-outer"><div class="main-inner"><div class="column-center-inner">
<div class="main section" id="main"><div class="widget Blog"><div class="blog-posts hfeed">
<h2 class="date-header"><span>Tuesday, 4 March 2025</span></h2><div class="post hentry">
<h3 class="post-title entry-title">{TITLE}</h3><div class="post-body entry-content" id="body-1">
<div dir="ltr" style="text-align: left;">{"<br /><br />".join(EN)}</div><div style="clear: both;">
</div></div><div class="post-footer"><span class="post-author vcard">Posted by P. Vale</span>
<span class="post-timestamp">at 04:12</span></div></div></div>
<div class="comments" id="comments"><h4>1 comment:</h4><dl><dd class="comment-body"><p>I took it
once, with my sister, and we both fell asleep.</p></dd></dl></div></div></div></div>
<div class="column-right-outer"><div class="sidebar section" id="sidebar-right-1"><div
class="widget BlogArchive"><h2>Blog Archive</h2><ul>{LINKS}</ul></div></div></div></div></div>"""

AMP = f"""<amp-analytics></amp-analytics><header class="amp-header"><a href="/">Courier</a></header>
<amp-sidebar id="menu"><ul>{LINKS}</ul></amp-sidebar><article class="amp-wp-article">
<header class="amp-wp-article-header"><h1 class="amp-wp-title">{TITLE}</h1></header>
<div class="amp-wp-article-content">{paragraphs(EN[:3])}<amp-ad width="300" type="x"></amp-ad>
<amp-img src="/a.jpg" width="3" height="2"></amp-img>{paragraphs(EN[3:])}</div>
<footer class="amp-wp-article-footer"><div class="amp-wp-meta">Categories: <a href="/c">Local</a>
</div></footer></article>"""

SPANS = f"""{MENU}<div class="wrap"><h1>{TITLE}</h1><div class="x1">{paragraphs(EN, "span")}</div>
<div class="x2">{LINKS}</div></div>{FOOT}"""

FONTS = f"""<center><font size="5"><b>{TITEL}</b></font></center><hr><div id="c"><font
size="3">{"".join(f'<p><font face="宋体">{text}</font></p>' for text in ZH)}</font></div><hr>
<center><a href="/">返回首页</a> <a href="/n">更多新闻</a></center>"""

LOOSE_FONTS = f"""<h1>{TITEL}</h1><center><font color="#333">{"<br>".join(ZH)}</font></center>
<p align=center><a href="/">返回首页</a></p>"""

UNHIDDEN = f"""{MENU}<h1>{TITLE}</h1><div class="story hidden" style="display:none" hidden>
{paragraphs(EN)}</div><script>show()</script><aside>{LINKS}</aside>{FOOT}"""

THREAD = "".join(
    f'<div class="comment-{{}}"><b>Reader {n}</b><p>I recall crossing number {n}: the ferry '
    "was late, the bell was loud, the captain smiled, and the tea, sold for a coin, was good."
    "</p></div>"
    for n in range(30)
)
COMMENTED = f"""{MENU}<div class="page"><div class="article"><h1>{TITLE}</h1>{paragraphs(EN)}</div>
<div id="comments" class="comments">{THREAD.replace("{}", "body")}</div></div>{FOOT}"""

DISQUSSED = f"""{MENU}<main><article><h1>{TITLE}</h1><div class="txt">{paragraphs(EN)}</div>
</article><section class="reactions"><h2>What readers say</h2>{THREAD.replace("{}", "row")}
</section>
</main>{FOOT}"""

SHORT = f"""{MENU}<article><h1>{TITLE}</h1><p class="date">4 March 2025</p><p>{EN[0]}</p></article>
<section><h2>More from the valley</h2><ul>{LINKS}</ul></section>{FOOT}"""

SHORT_ZH = f"""<div class="nav"><a href="/">首页</a></div><div class="detail"><h1>{TITEL}</h1><div
class="info">2025-03-04 08:15</div><div class="txt"><p>{ZH[0]}</p></div></div><div class="rec">
<ul>{"".join(f'<li><a href="/n/{n}">第{n}条新闻：旧磨坊改成了图书馆</a></li>' for n in range(9))}
</ul></div>"""

TWO_ARTICLES = f"""{MENU}<main><article class="story"><h1>{TITLE}</h1>{paragraphs(EN)}</article>
<article class="story"><h2><a href="/2025/mill">Council opens a second library</a></h2><p>The old
mill, which stood empty for years, has been full of shelves since Friday, and of children, too.</p>
<p>It is the second library of the valley, and, as the mayor said, surely not the last one.</p>
</article></main>{FOOT}"""

RELATED_INSIDE = f"""{MENU}<article><h1>{TITLE}</h1>{paragraphs(EN[:3])}<div class="related-box">
<h3>Related articles</h3><ul>{LINKS}</ul></div>{paragraphs(EN[3:])}<section class="related-stories">
<h2>You may also like</h2>{TEASERS.replace("{}", "card")}</section></article>{FOOT}"""

SPLIT = f"""{MENU}<main><h1>{TITLE}</h1><div class="block">{paragraphs(EN[:2])}</div>
<div class="ad-slot"><span>Advertisement</span></div><div class="block">{paragraphs(EN[2:4])}</div>
<div class="ad-slot"><span>Advertisement</span></div><div class="block">{paragraphs(EN[4:])}</div>
<div class="block-links"><ul>{LINKS}</ul></div></main>{FOOT}"""

QUOTES = f"""{MENU}<article><h1>{TITLE}</h1>{paragraphs(EN[:2])}<blockquote class="twitter-tweet">
<p>The bell rang for the last time, and I cried a little.</p>— Orla (@orla) <a
href="https://x.example/orla/1">March 3, 2025</a></blockquote>{paragraphs(EN[2:4])}
<blockquote><p>Whoever wants to cross must wait.</p></blockquote>{paragraphs(EN[4:])}</article>"""
QUOTED = (
    *EN[:2],
    "The bell rang for the last time, and I cried a little.",
    "— Orla (@orla) March 3, 2025",
    *EN[2:4],
    "Whoever wants to cross must wait.",
    *EN[4:],
)

CODE = f"""{MENU}<article><h1>{TITLE}</h1>{paragraphs(EN[:3])}<pre><code>ferry = Ferry()
ferry.cross()</code></pre><p>{EN[3]}</p><table><tr><th>Year</th><th>Passengers</th></tr><tr>
<td>2023</td><td>4,012</td></tr><tr><td>2024</td><td>3,977</td></tr></table>{paragraphs(EN[4:])}
</article>{FOOT}"""
CODED = (
    *EN[:3],
    "ferry = Ferry() ferry.cross()",
    EN[3],
    "Year",
    "Passengers",
    "2023",
    "4,012",
    "2024",
    "3,977",
    *EN[4:],
)

SECTIONS = f"""{MENU}<article><h1>{TITLE}</h1>{paragraphs(EN[:2])}<h2>Nobody asked</h2>
{paragraphs(EN[2:4])}<h2>A boat of their own</h2>{paragraphs(EN[4:])}</article>{FOOT}"""
SECTIONED = (*EN[:2], "Nobody asked", *EN[2:4], "A boat of their own", *EN[4:])

STEPS = ("Boil the milk.", "Stir in the salt.", "Let it rest overnight.", "Serve cold.")
RECIPE = f"""{MENU}<article><h1>{TITLE}</h1>{paragraphs(EN[:4])}<h2>Ferry milk</h2>
<ol>{paragraphs(STEPS, "li")}</ol></article>{FOOT}"""

POINTS = (
    "The ferry has stopped",
    "A bus takes its place",
    "Farmers look for a boat",
    "Ice or no ice",
)
KEY_POINTS = f"""{MENU}<article><h1>{TITLE}</h1><div class="key-points"><h2>Key points</h2>
<ul>{paragraphs(POINTS, "li")}</ul></div>{paragraphs(EN)}</article>{FOOT}"""

SIGN_UP = f"""{MENU}<article><h1>{TITLE}</h1>{paragraphs(EN)}<div class="newsletter-signup"><h3>
Never miss a story</h3><p>Get the Courier in your inbox every morning, with the weather, the tides
and the news.</p><form><input type="email"><button>Sign up</button></form></div></article>{FOOT}"""

ROUNDUP = f"""{MENU}<article><h1>{TITLE}</h1><p>{EN[0]}</p>{
    "".join(
        f'<div class="update"><time>{9 + n}:15</time><h3>Hour {n}: the bell</h3><p>{text}</p></div>'
        for n, text in enumerate(EN[1:])
    )
}</article><aside>{LINKS}</aside>{FOOT}"""
LIVE = (EN[0], *(each for n, text in enumerate(EN[1:]) for each in (f"Hour {n}: the bell", text)))

ANSWERS = f"""{MENU}<div id="question"><h1>{TITLE}</h1><div class="post-text"><p>{EN[0]}</p>
<p>{EN[1]}</p></div></div><div id="answers"><div class="answer"><div class="post-text"><p>{EN[2]}
</p><p>{EN[3]}</p></div></div><div class="answer"><div class="post-text"><p>{EN[4]}</p></div></div>
</div>{FOOT}"""

FORUM = f"""{MENU}<h1>{TITLE}</h1><div class="posts">{
    "".join(
        f'<div class="row"><div class="who"><a href="/u/{n}">user{n}</a></div><div class="message">'
        f"{text}</div></div>"
        for n, text in enumerate(EN)
    )
}</div>{FOOT}"""
SHAPES = {
    "WordPress": (page(WORDPRESS), EN),
    "Drupal": (page(DRUPAL), EN),
    "a portal built of tables": (page(PORTAL, TITEL), ZH),
    "WeChat": (page(WECHAT, TITEL), ZH),
    "Blogspot": (page(BLOGSPOT), EN),
    "AMP": (page(AMP), EN),
    "spans side by side": (page(SPANS), (" ".join(EN),)),
    "paragraphs of font elements": (page(FONTS, TITEL), ZH),
    "lines in a font element": (page(LOOSE_FONTS, TITEL), (" ".join(ZH),)),
    "hidden until a script shows it": (page(UNHIDDEN), EN),
    "more comments than article": (page(COMMENTED), EN),
    "comments under another name": (page(DISQUSSED), EN),
    "one paragraph": (page(SHORT), EN[:1]),
    "one Chinese paragraph": (page(SHORT_ZH, TITEL, IS_ARTICLE), ZH[:1]),
    "two article elements": (page(TWO_ARTICLES), EN),
    "related articles inside": (page(RELATED_INSIDE), EN),
    "split over siblings": (page(SPLIT), EN),
    "quotations and tweets": (page(QUOTES), QUOTED),
    "code and tables": (page(CODE), CODED),
    "headings between": (page(SECTIONS), SECTIONED),
    "steps at the end": (page(RECIPE), (*EN[:4], "Ferry milk", *STEPS)),
    "key points on top": (page(KEY_POINTS), ("Key points", *POINTS, *EN)),
    "a sign-up box below": (page(SIGN_UP), EN),
    "a live blog": (page(ROUNDUP), LIVE),
    "question and answers": (page(ANSWERS), EN[:5]),
    "a forum thread": (page(FORUM), EN),
}


@pytest.mark.parametrize("shape", list(SHAPES))
def test_the_article_of_a_page_is_read_and_nothing_else(take: Take, shape: str) -> None:
    markup, expected = SHAPES[shape]
    found = take(markup, "https://a.example/2025/03/04/ferry")
    assert isinstance(found, Article), found
    assert tuple(found.text.split("\n")) == expected


def test_a_single_line_break_in_a_marked_paragraph_stays_one() -> None:
    marked = "".join(f"<p>{line}<br>接着的一行</p>" for line in ("甲", "乙", "丙"))
    body = parse_html(f"<html><body>{marked}</body></html>")
    assert body is not None
    break_lines(body)
    assert len(list(body.iter("br"))) == 3
