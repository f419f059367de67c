"""Pages that answer with status 200 and are not the article that was asked for."""

from collections.abc import Callable

import pytest

from scraper.model import Article, Entry, NotArticle

Take = Callable[..., Article | NotArticle]

SITE = "https://www.zaobao.com.sg"
URL = f"{SITE}/realtime/china/story20250930-7590012"
OTHER = f"{SITE}/news/world/story20250929-7580001"
ELSEWHERE = "https://a.example/2025/09/30/lantern"
SENTENCES = "".join(
    f"<p>第{number}天，灯笼铺的老板照旧在清晨六点开门，先扫门前的落叶，再给门神擦脸。</p>"
    for number in range(1, 21)
)
LINKS = "".join(
    f'<li><a href="/realtime/china/story20250930-759{number:04}">'
    f"第{number}条新闻：河边的旧码头又传来新的消息</a></li>"
    for number in range(60)
)
MENU = '<nav><a href="/">首页</a><a href="/realtime">即时</a><a href="/forum">言论</a></nav>'

everywhere = pytest.mark.parametrize(
    ("url", "profile"), [pytest.param(URL, True, id="profile"), pytest.param(ELSEWHERE, False)]
)


def story(body: str = SENTENCES, head: str = "") -> str:
    return f"""<html lang="zh-SG"><head><title>灯笼铺的清晨 | 联合早报</title>{head}</head>
    <body><div id="root">{MENU}<article><h1>灯笼铺的清晨</h1>
    <div class="articleBody">{body}</div></article></div></body></html>"""


def refused(found: Article | NotArticle, kind: str) -> str:
    assert isinstance(found, NotArticle), found
    assert found.kind == kind
    return found.reason


# -- error pages -----------------------------------------------------------------------------------


@everywhere
@pytest.mark.parametrize(
    ("title", "heading"),
    [
        ("404 | 联合早报", "您要找的网页不存在"),
        ("联合早报", "页面不存在"),
        ("Page not found | 联合早报", "Page not found"),
        ("Error 404", ""),
        ("", "找不到页面"),
        ("HTTP 502", "Bad gateway"),
    ],
)
def test_an_error_page_is_named_by_its_heading(
    take: Take, url: str, profile: bool, title: str, heading: str
) -> None:
    page = f"""<html><head><title>{title}</title></head><body>{MENU}<h1>{heading}</h1>
    <p>您可以返回首页，或看看这些新闻：</p>{SENTENCES}<ul>{LINKS}</ul></body></html>"""
    reason = refused(take(page, url, profile=profile), "error")
    assert reason.startswith("an error page with status 200: “")


def test_the_phrases_of_a_profile_tell_error_pages_too(take: Take) -> None:
    page = f"<html><body>{MENU}<h1>文章不存在或已下架</h1><p>请返回。</p></body></html>"
    assert "文章不存在" in refused(take(page, URL, profile=True), "error")


def test_an_error_page_is_no_reason_to_use_the_feed(take: Take) -> None:
    page = "<html><head><title>404</title></head><body><div id=root></div></body></html>"
    refused(take(page, URL, profile=True, entry=Entry(URL, content=SENTENCES)), "error")


@pytest.mark.parametrize(
    "title",
    ["500 days on the river", "Missing ferry still not found", "403 cranes counted at dawn"],
)
def test_an_article_that_declares_itself_may_be_titled_like_an_error(
    take: Take, title: str
) -> None:
    text = "<p>The ferryman, who had counted them all his life, did not look surprised.</p>" * 12
    page = f"""<html><head><title>{title}</title><meta property="og:type" content="article"></head>
    <body><article><h1>{title}</h1>{text}</article></body></html>"""
    found = take(page, ELSEWHERE)
    assert isinstance(found, Article), found
    assert found.title == title


def test_a_profiles_phrase_begins_the_heading(take: Take) -> None:
    page = f"<html><head><title>404错误</title></head><body>{MENU}<p>请返回。</p></body></html>"
    assert "404错误" in refused(take(page, URL, profile=True), "error")


# -- lists -----------------------------------------------------------------------------------------


@everywhere
def test_a_section_list_is_no_article(take: Take, url: str, profile: bool) -> None:
    page = f"""<html><head><title>中国即时新闻 | 联合早报</title></head>
    <body>{MENU}<h1>中国即时新闻</h1><div class="card-listing"><ul>{LINKS}</ul></div></body>"""
    assert refused(take(page, url, profile=profile), "list") == "a list of links, not an article"


def test_a_page_without_a_story_is_no_article(take: Take) -> None:
    page = f"<title>关于我们</title><body>{'<p>这里没有新闻。</p>' * 30}</body>"
    reason = refused(take(page, ELSEWHERE), "other")
    assert reason == "no article found on the page titled “关于我们”"


def test_a_page_that_reads_like_an_article_needs_no_declaration(take: Take) -> None:
    page = f"<title>灯笼铺</title><body>{MENU}<h1>灯笼铺</h1><div>{SENTENCES}</div></body>"
    found = take(page, ELSEWHERE)
    assert isinstance(found, Article)
    assert (found.title, found.method) == ("灯笼铺", "generic")


def test_text_behind_a_script_can_be_seen(take: Take) -> None:
    text = "灯笼铺的老板照旧在清晨六点开门，先扫门前的落叶。<br><script>x()</script>" * 30
    found = take(f"<title>灯笼铺</title><body><h1>灯笼铺</h1><div>{text}</div>", ELSEWHERE)
    menu = take(f"<title>灯笼铺</title><body><script>x()</script>{'关于我们。' * 40}", ELSEWHERE)
    assert isinstance(found, Article)
    refused(menu, "other")


# -- walls and challenges --------------------------------------------------------------------------


@everywhere
@pytest.mark.parametrize(
    "path", ["/login?next=%2Frealtime", "/user/login", "/sso/start", "/sign-in", "/subscribe"]
)
def test_a_redirect_to_a_login_page_is_a_wall(
    take: Take, url: str, profile: bool, path: str
) -> None:
    reached = f"https://www.zaobao.com.sg{path}"
    found = take(story(), reached, profile=profile, redirects=(url,))
    assert refused(found, "wall") == f"redirected to a login page: {reached}"


@everywhere
def test_a_login_form_in_place_of_the_article_is_a_wall(
    take: Take, url: str, profile: bool
) -> None:
    page = f"""<html><head><title>会员中心</title></head><body>{MENU}<form><input name="email">
    <input type="password" name="secret"></form><p>请先登入。</p></body></html>"""
    reason = refused(take(page, url, profile=profile), "wall")
    assert reason == "a login form instead of the article"


@everywhere
@pytest.mark.parametrize(
    "title", ["Just a moment...", "Attention Required!", "安全验证", "人机验证"]
)
def test_a_challenge_is_a_wall(take: Take, url: str, profile: bool, title: str) -> None:
    page = f"<html><head><title>{title}</title></head><body><p>请稍候。</p></body></html>"
    refused(take(page, url, profile=profile), "wall")


@pytest.mark.parametrize(
    "title", ["验证码与人机验证的二十年", "Just a moment with the lantern maker"]
)
def test_an_article_about_challenges_is_an_article(take: Take, title: str) -> None:
    data = '<script type="application/ld+json">{"@type": "NewsArticle"}</script>'
    page = f"""<html><head><title>{title}</title>{data}</head>
    <body><article><h1>{title}</h1>{SENTENCES}</article></body></html>"""
    found = take(page, ELSEWHERE)
    assert isinstance(found, Article), found
    assert found.title == title


# -- other stories ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reached", [OTHER, f"{SITE}/", f"{SITE}/realtime/china", "https://other.example/a"]
)
def test_a_redirect_to_another_page_of_a_site_with_a_profile(take: Take, reached: str) -> None:
    found = take(story(), reached, profile=True, redirects=(URL,))
    assert refused(found, "other") == f"redirected to another page: {reached}"


def test_a_redirect_from_the_listed_address_counts_like_any_other(take: Take) -> None:
    listed = "https://www.zaobao.com/realtime/china/story20250930-7590012"
    found = take(story(), OTHER, profile=True, redirects=(URL,), entry=Entry(listed))
    refused(found, "other")


def test_a_redirect_to_the_front_page_of_an_unknown_site(take: Take) -> None:
    for reached in ("https://a.example/", "https://a.example", "https://a.example/?from=app"):
        found = take(story(), reached, redirects=(ELSEWHERE,))
        assert refused(found, "other") == f"redirected to the front page: {reached}"


@pytest.mark.parametrize(
    "reached",
    [
        "https://www.zaobao.com/realtime/china/story20250930-7590012",
        f"{SITE}/news/china/story20250930-7590012?ref=home",
    ],
)
def test_the_same_story_on_another_host_or_in_another_section_is_the_story(
    take: Take, reached: str
) -> None:
    found = take(story(), reached, profile=True, redirects=(URL,))
    assert isinstance(found, Article)
    assert (found.id, found.url) == ("story20250930-7590012", reached)
    assert found.canonical_url == "https://www.zaobao.com/realtime/china/story20250930-7590012"


@pytest.mark.parametrize(
    "head",
    [
        f'<link rel="canonical" href="{OTHER}">',
        '<link rel="canonical" href="/news/world/story20250929-7580001">',
        f'<meta property="og:url" content="{OTHER}">',
        '<script type="application/ld+json">{"@type": "NewsArticle", "url": "'
        + OTHER
        + '"}</script>',
    ],
)
def test_a_page_that_says_it_is_another_story(take: Take, head: str) -> None:
    reason = refused(take(story(head=head), URL, profile=True), "other")
    assert reason == "the page is story20250929-7580001, not story20250930-7590012"


@pytest.mark.parametrize("claim", [f"{SITE}/", "javascript:void(0)", "https://[", URL])
def test_a_claim_that_names_no_other_story_is_no_objection(take: Take, claim: str) -> None:
    found = take(story(head=f'<link rel="canonical" href="{claim}">'), URL, profile=True)
    assert isinstance(found, Article)


# -- nothing there ---------------------------------------------------------------------------------

SHELL = """<!DOCTYPE html><html><head><title>联合早报</title></head><body><div id="root"></div>
<noscript>请启用脚本</noscript><script src="/assets/index.js"></script></body></html>"""


@everywhere
def test_an_applications_shell_is_empty(take: Take, url: str, profile: bool) -> None:
    reason = refused(take(SHELL, url, profile=profile), "empty")
    assert reason == "the page shows no text (it may need a browser's scripts)"


@everywhere
def test_an_applications_shell_is_filled_from_the_feed(take: Take, url: str, profile: bool) -> None:
    entry = Entry(
        url,
        title="灯笼铺的清晨",
        author="冯石榴",
        summary="老板照旧开门。",
        content=f'<div>{SENTENCES}<script>alert(1)</script><img src="/a.jpg" onerror="x()"></div>',
    )
    found = take(SHELL, url, profile=profile, entry=entry)
    assert isinstance(found, Article)
    assert found.method == "feed"
    assert found.text.count("\n") == 19
    assert (found.byline, found.description) == ("冯石榴", "老板照旧开门。")
    assert "alert" not in found.html
    assert "onerror" not in found.html


def test_an_article_from_the_feed_has_the_feeds_title(take: Take) -> None:
    entry = Entry(URL, title="灯笼铺的清晨", content=SENTENCES)
    found = take(SHELL, URL, profile=True, entry=entry)
    assert isinstance(found, Article)
    assert found.title == "灯笼铺的清晨"


@pytest.mark.parametrize("content", ["", " ", "<p></p>", "<!-- nothing -->", "<script>a</script>"])
def test_a_feed_that_says_nothing_fills_no_shell(take: Take, content: str) -> None:
    refused(take(SHELL, URL, profile=True, entry=Entry(URL, content=content)), "empty")


@everywhere
@pytest.mark.parametrize("body", [b"", b" \r\n\t", b"\x00\x00", b"<!-- -->", b"\xef\xbb\xbf"])
def test_an_empty_answer_is_empty(take: Take, url: str, profile: bool, body: bytes) -> None:
    assert refused(take(body, url, profile=profile), "empty") == "the answer is empty"


def test_a_declared_article_without_text_is_empty(take: Take) -> None:
    page = """<html><head><title>图片</title><meta property="og:type" content="article"></head>
    <body><img src="/a.jpg"></body></html>"""
    refused(take(page, ELSEWHERE), "empty")
