"""Pages that are no article though they answer 200, and articles that only look like those."""

from collections.abc import Callable

import pytest

from scraper.model import Article, NotArticle

Take = Callable[..., Article | NotArticle]

URL = "https://a.example/2025/03/04/ferry"
EN = (
    "The old ferry across the Aldmere stopped running on Monday, after a century and a half of "
    "daily crossings between the two villages.",
    "Its last captain, Orla Venn, tied up the boat herself and handed the brass bell to the "
    "school, where it will ring at noon from now on.",
    "Nobody had asked the passengers what they wanted, she said; most of them had read about the "
    "end of the service on a sheet of paper at the landing.",
    "The county council, which paid for the ferry, says that a bus will take its place. The bus "
    "needs forty minutes for a way that took the boat six.",
)
ZH = (
    "河口镇的老渡船星期一停航，这条航线把两岸的村子连在一起，前后整整一百五十年。",
    "末任船长宋阿满亲手系好缆绳，把船头的铜钟送给了镇上的小学，往后每天正午都会敲响。",
    "她说，没有人问过乘客的意见，多数人是在码头的一张告示上才知道停航的消息。",
    "出钱养船的县里表示，将以公交车代替渡船，不过原先六分钟的水路，坐车要四十分钟。",
    "东岸的农户每天要把牛奶送到西岸去卖，如今他们开始自己找船，有几家已经找到了。",
)
MENU = '<nav><a href="/">Home</a> <a href="/local">Local</a> <a href="/sub">Subscribe</a></nav>'
NEWS = "".join(
    f'<li><a href="/2025/{n}">Number {n}: the council opens another library in a mill</a></li>'
    for n in range(30)
)
NEWS_ZH = "".join(f'<li><a href="/n/{n}">第{n}条：旧磨坊改成了图书馆</a></li>' for n in range(40))
IS_ARTICLE = '<meta property="og:type" content="article">'
LOCKED = (
    '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": false, '
    '"articleBody": "' + " ".join(EN * 3) + '"}</script>'
)


def page(title: str, body: str, head: str = "") -> str:
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title>{head}</head>'
        f"<body>{body}</body></html>"
    )


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


REFUSED = {
    # -- challenges
    "Cloudflare, waiting": (
        "wall",
        page(
            "Just a moment...",
            '<div class="main-wrapper"><h1>news.example</h1><h2>Verifying you are human. This may '
            "take a few seconds.</h2><div>news.example needs to review the security of your "
            "connection before proceeding.</div></div>",
        ),
    ),
    "Cloudflare, blocked": (
        "wall",
        page(
            "Attention Required! | Cloudflare",
            "<h1>Sorry, you have been blocked</h1><h2>You are unable to access news.example</h2>"
            "<h2>Why have I been blocked?</h2><p>This website is using a security service to "
            "protect itself from online attacks. The action you just performed triggered the "
            "security solution. There are several actions that could trigger this block including "
            "submitting a certain word or phrase, a SQL command or malformed data.</p><h2>What can "
            "I do to resolve this?</h2><p>You can email the site owner to let them know you were "
            "blocked. Please include what you were doing when this page came up and the Ray ID "
            "found at the bottom of this page, which is 8a1b2c3d4e5f.</p>",
        ),
    ),
    "Akamai": (
        "error",
        page(
            "Access Denied",
            '<h1>Access Denied</h1>You don\'t have permission to access "http://news.example/a" '
            "on this server.<p>Reference #18.2f1c1002.1712.4ab</p>",
        ),
    ),
    "PerimeterX": (
        "wall",
        page(
            "Access to this page has been denied",
            "<h1>Press &amp; Hold to confirm you are a human (and not a bot).</h1><p>Access to "
            "this page has been denied because we believe you are using automation tools to "
            "browse the website.</p><p>Reference ID: #4f1e-11ee</p>",
        ),
    ),
    "DataDome": (
        "wall",
        page(
            "news.example",
            "<h1>Please verify you are a human</h1><p>Please enable JS and disable any ad "
            "blocker</p>",
        ),
    ),
    "Imperva": (
        "wall",
        page(
            "Pardon Our Interruption",
            "<h1>Pardon Our Interruption...</h1><p>As you were browsing something about your "
            "browser made us think you were a bot. There are a few reasons this might happen:</p>"
            "<ul><li>You're a power user moving through this website with super-human speed.</li>"
            "<li>You've disabled cookies in your web browser.</li><li>A third-party browser plugin "
            "is preventing JavaScript from running.</li></ul><p>To regain access, please make sure "
            "that cookies and JavaScript are enabled before reloading the page.</p>",
        ),
    ),
    "Bloomberg-like": (
        "wall",
        page(
            "Are you a robot?",
            "<h1>We've detected unusual activity from your computer network</h1><p>To continue, "
            "please click the box below to let us know you're not a robot.</p><h2>Why did this "
            "happen?</h2><p>Please make sure your browser supports JavaScript and cookies and that "
            "you are not blocking them from loading. For more information you can review our Terms "
            "of Service and Cookie Policy.</p>",
        ),
    ),
    "WeChat environment": (
        "wall",
        page(
            "",
            '<div class="weui-msg"><h2 class="weui-msg__title">环境异常</h2><p>当前环境异常，'
            "完成验证后即可继续访问。</p><a>去验证</a></div>",
        ),
    ),
    "Baidu": (
        "wall",
        page(
            "百度安全验证",
            "<div><div>百度安全验证</div><p>网络不给力，请稍后重试</p><a>返回首页</a><p>问题反馈</p>"
            "</div>",
        ),
    ),
    "Chinese slider": (
        "wall",
        page("访问验证", "<h1>访问验证</h1><p>请按住滑块，拖动到最右边，以证明您不是机器人。</p>"),
    ),
    "Chinese frequency": (
        "wall",
        page(
            "访问过于频繁",
            "<h1>您的访问过于频繁</h1><p>系统检测到您的网络存在异常流量，请输入验证码后继续访问。</p>"
            "<input name=code>",
        ),
    ),
    # -- consent
    "GDPR": (
        "wall",
        page(
            "We value your privacy",
            "<h1>We value your privacy</h1><p>We and our 842 partners store and access information "
            "on a device, such as cookies, and process personal data, such as unique identifiers, "
            "for personalised advertising, content measurement and audience research.</p>"
            "<button>Accept all</button><button>Reject all</button>",
        ),
    ),
    "before you continue": (
        "wall",
        page(
            "Before you continue",
            "<h1>Before you continue to news.example</h1><p>We use cookies and data to deliver and "
            "maintain our services, track outages and protect against spam, fraud and abuse.</p>",
        ),
    ),
    "cookie wall": (
        "wall",
        page(
            "Courier",
            "<h1>Your privacy choices</h1><p>To read on you accept cookies, or take a "
            "subscription without tracking for 3 a month.</p>",
        ),
    ),
    # -- subscription
    "hard paywall": (
        "wall",
        page(
            "Last ferry - Courier",
            f'{MENU}<h1>Last ferry on the Aldmere</h1><div class="gate"><h2>Subscribe to continue '
            "reading</h2><p>Try it for 1 a week. Cancel at any time.</p></div>",
            IS_ARTICLE,
        ),
    ),
    "hard paywall with its text in the data": (
        "wall",
        page(
            "Last ferry - Courier",
            f'{MENU}<h1>Last ferry on the Aldmere</h1><div class="gate"><h2>This story is for '
            "subscribers</h2><p>Log in to read the full story.</p></div>",
            LOCKED,
        ),
    ),
    "Chinese paywall": (
        "wall",
        page(
            "最后一班渡船 - 河口周刊",
            "<h1>最后一班渡船</h1><div><p>本文为会员专享内容</p><p>订阅后阅读全文</p></div>",
            IS_ARTICLE,
        ),
    ),
    "login form": (
        "wall",
        page(
            "Log in - Courier",
            f"{MENU}<h1>Welcome back</h1><form><label>Email<input></label><label>Password<input "
            'type="password"></label><button>Log in</button><a href="/f">Forgot?</a></form>',
        ),
    ),
    "Chinese login form": (
        "wall",
        page(
            "用户登录",
            '<h1>用户登录</h1><form>手机号<input>密码<input type="password"></form><p>没有账号</p>',
        ),
    ),
    # -- errors
    "soft 404": (
        "error",
        page(
            "Page not found - Courier",
            f"{MENU}<h1>Page not found</h1><p>The page that you were looking for may have been "
            f"moved or deleted. Try the search, or one of these:</p><ul>{NEWS}</ul>",
        ),
    ),
    "soft 404 in friendly words": (
        "error",
        page(
            "Courier",
            f"{MENU}<h1>Oops! That page can’t be found.</h1><p>It looks like nothing was found at "
            f"this location. Maybe try a search?</p><ul>{NEWS}</ul>",
        ),
    ),
    "Chinese soft 404": (
        "error",
        page("河口网", f"<h1>抱歉，您访问的页面不存在</h1><p>请检查网址。</p><ul>{NEWS_ZH}</ul>"),
    ),
    "Chinese withdrawn": (
        "error",
        page("河口网", "<h1>该文章已被删除</h1><p>您可以看看别的内容。</p>"),
    ),
    "WeChat withdrawn": (
        "error",
        page("", '<div><h2 class="weui-msg__title">该内容已被发布者删除</h2><a>知道了</a></div>'),
    ),
    "server error": (
        "error",
        page("500 Internal Server Error", "<h1>Internal Server Error</h1><p>nginx</p>"),
    ),
    "maintenance": (
        "error",
        page("503 Service Unavailable", "<h1>We’ll be back soon</h1><p>Down for maintenance.</p>"),
    ),
    # -- lists
    "tag page": (
        "list",
        page("Ferries Archives - Courier", f"{MENU}<h1>Tag: ferries</h1><ul>{NEWS}</ul>"),
    ),
    "search results": (
        "list",
        page("Search: ferry", f"{MENU}<h1>30 results for “ferry”</h1><ol>{NEWS}</ol>"),
    ),
    "Chinese section": (
        "list",
        page("即时新闻 - 河口网", f"<h1>即时新闻</h1><ul>{NEWS_ZH}</ul>"),
    ),
    # -- shells
    "shell": (
        "empty",
        page(
            "Courier",
            '<div id="root"></div><noscript>You need to enable JavaScript to run this app.'
            '</noscript><script src="/main.js"></script>',
        ),
    ),
    "shell of an article": (
        "empty",
        page("Last ferry", '<div id="app">Loading…</div><script src="/a.js"></script>', IS_ARTICLE),
    ),
    "Chinese shell": (
        "empty",
        page("河口网", '<div id="app"></div><noscript>请启用 JavaScript 后重试</noscript>'),
    ),
    # -- cut off
    "cut off in a paragraph": (
        "cut off",
        page("Last ferry", f"{MENU}<article><h1>Last ferry</h1>{paragraphs(*EN)}").partition(
            " that took the boat"
        )[0],
    ),
    "cut off after a few words": (
        "cut off",
        page("Last ferry", f"<article><h1>Last ferry</h1>{paragraphs(*EN)}<p>The mayor").partition(
            "</body>"
        )[0],
    ),
    "cut off in a tag": (
        "cut off",
        page("最后一班渡船", f"<article><h1>最后一班渡船</h1>{paragraphs(*ZH)}<p><a hr").partition(
            "</body>"
        )[0],
    ),
}


@pytest.mark.parametrize("name", list(REFUSED))
def test_what_is_no_article_is_refused_with_its_evidence(take: Take, name: str) -> None:
    kind, markup = REFUSED[name]
    found = take(markup, URL)
    assert isinstance(found, NotArticle), found.text
    assert (found.kind, bool(found.reason)) == (kind, True), found.reason


KEPT = {
    "about captchas": page(
        "Captcha: how a puzzle became a wall",
        f"{MENU}<h1>Captcha: how a puzzle became a wall</h1>{paragraphs(*EN, *EN)}",
    ),
    "about robots": page(
        "Are you a robot? Schools ask again",
        f"<article><h1>Are you a robot? Schools ask again</h1>{paragraphs(*EN, *EN)}</article>",
    ),
    "about a security check": page(
        "Security check delays the regatta",
        f"<h1>Security check delays the regatta</h1>{paragraphs(*EN[:3])}",
        IS_ARTICLE,
    ),
    "a brief about a security check": page(
        "机场安全检查升级",
        f"<h1>机场安全检查升级</h1>{paragraphs(*ZH[:2])}",
        IS_ARTICLE,
    ),
    "about cookies": page(
        "Your cookies, baked by the council",
        f"<h1>Your cookies, baked by the council</h1>{paragraphs(*EN)}",
        IS_ARTICLE,
    ),
    "a brief about privacy": page(
        "Parliament debates cookie consent",
        f"<article><h1>Parliament debates cookie consent</h1>{paragraphs(*EN[:2])}</article>",
        IS_ARTICLE,
    ),
    "about subscriptions": page(
        "Papers ask readers to subscribe",
        f"<h1>Papers ask readers to subscribe</h1>{paragraphs(*EN)}<p>Whoever wants to read on, "
        "say three of four editors, must at length subscribe to continue, and most readers do "
        "not.</p>",
        IS_ARTICLE,
    ),
    "about 404": page(
        "404 not found: a ferry, and its bell",
        f"<h1>404 not found: a ferry, and its bell</h1>{paragraphs(*EN, *EN)}",
        IS_ARTICLE,
    ),
    "beginning with a number": page(
        "500 days on the river", f"<h1>500 days on the river</h1>{paragraphs(*EN, *EN)}"
    ),
    "numbers in Chinese": page(
        "403名学生获奖", f"<h1>403名学生获奖</h1>{paragraphs(*ZH, *ZH)}", IS_ARTICLE
    ),
    "about deleted pages": page(
        "网页不存在了，记忆还在", f"<h1>网页不存在了，记忆还在</h1>{paragraphs(*ZH)}", IS_ARTICLE
    ),
    "newsletter below": page(
        "Last ferry",
        f"{MENU}<article><h1>Last ferry</h1>{paragraphs(*EN)}<div class='newsletter'><h3>Join "
        "our newsletter</h3><p>Sign up to get access to the morning mail.</p></div></article>",
    ),
    "login in the menu": page(
        "Last ferry",
        f'<header><form><input name="u"><input type="password"></form></header>{MENU}'
        f"<article><h1>Last ferry</h1>{paragraphs(*EN)}</article>",
    ),
    "consent banner": page(
        "Last ferry",
        "<div class='cookie-banner'><h2>We value your privacy</h2><p>We use cookies, as everybody "
        f"does, to see what you read.</p></div><article><h1>Last ferry</h1>{paragraphs(*EN)}"
        "</article>",
    ),
    "consent heading beside a brief": page(
        "Last ferry",
        f"<article><h1>Last ferry</h1>{paragraphs(*EN[:2])}</article><div id='ask'><h1>We value "
        "your privacy</h1><p>We use cookies.</p></div>",
        IS_ARTICLE,
    ),
    "comments for members": page(
        "最后一班渡船",
        f"<h1>最后一班渡船</h1><div>{paragraphs(*ZH)}</div><div class='comments'><p>登录后查看更多"
        "评论</p></div>",
    ),
    "short": page("Last ferry", f"<h1>Last ferry</h1>{paragraphs(*EN[:2])}", IS_ARTICLE),
    "short and undeclared": page(
        "最后一班渡船", f"<h1>最后一班渡船</h1><div>{paragraphs(*ZH[:3])}</div>"
    ),
    "a page that never ends its document": page(
        "Last ferry", f"<article><h1>Last ferry</h1>{paragraphs(*EN)}"
    ).partition("</body>")[0],
    "counters behind the end": page("Last ferry", f"<h1>Last ferry</h1>{paragraphs(*EN)}")
    + "<script>count()</script> 4f1e",
    "an end inside the menu": page(
        "Last ferry",
        f"<article><h1>Last ferry</h1>{paragraphs(*EN)}</article><div><a href='/'>Home",
    ).partition("</body>")[0],
}


@pytest.mark.parametrize("name", list(KEPT))
def test_an_article_that_looks_like_a_refusal_is_an_article(take: Take, name: str) -> None:
    found = take(KEPT[name], URL)
    assert isinstance(found, Article), found
    assert found.paywalled is False
    assert any(text in found.text for text in (EN[0], ZH[0]))


OFFERS = {
    "metered": "<div class='meter'><h2>Subscribe to keep reading</h2><p>1 a week.</p></div>",
    "members": "<div>This story is for members only.</div>",
    "Chinese": "<div class='pay'><p>剩余内容需订阅后阅读全文</p></div>",
    "登录": "<div>请登录后查看完整文章</div>",
}


@pytest.mark.parametrize("name", list(OFFERS))
def test_a_teaser_with_an_offer_is_an_article_partly_shown(take: Take, name: str) -> None:
    markup = page(
        "Last ferry - Courier",
        f"{MENU}<article><h1>Last ferry</h1>{paragraphs(*EN[:3])}{OFFERS[name]}</article>",
        IS_ARTICLE,
    )
    found = take(markup, URL)
    assert isinstance(found, Article), found
    assert found.paywalled is True
    assert EN[0] in found.text


def test_a_text_that_is_not_free_is_never_taken_from_the_data(take: Take) -> None:
    markup = page(
        "Last ferry - Courier",
        f"{MENU}<article><h1>Last ferry</h1>{paragraphs(*EN[:2])}</article>",
        LOCKED,
    )
    found = take(markup, URL)
    assert isinstance(found, Article), found
    assert (found.paywalled, EN[3] in found.text) == (True, False)


@pytest.mark.parametrize(
    "reached",
    [
        "https://consent.a.example/v2?to=x",
        "https://a.example/consent?to=x",
        "https://guce.b.example/",
    ],
)
def test_a_redirect_to_a_consent_page_is_a_wall(take: Take, reached: str) -> None:
    found = take(page("Last ferry", paragraphs(*EN)), reached, redirects=(URL,))
    assert isinstance(found, NotArticle)
    assert (found.kind, found.reason) == ("wall", f"redirected to a consent page: {reached}")
