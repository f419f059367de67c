"""Whether a page is the article that was asked for.

What must never be archived: an error page or a login wall served with status 200, a list, another
story after a redirect. The evidence is named, so that an operator can judge the judgement.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from scraper.articles.facts import Facts
from scraper.articles.generic.weigh import Weights, weight_of
from scraper.articles.tree import Element, squeeze, text_of
from scraper.model import NotArticle, Story
from scraper.protocol.identity import identify
from scraper.protocol.urls import resolve
from scraper.site import Site

_ERROR_TITLE = re.compile(
    r"^(?:error|http)\s*[45]\d\d\b|^(?:404|410|403|500|502|503)(?=\W*$|\s*[-|:–—·_]|\s+(?:error|not|"
    r"page|forbidden|gone|internal|bad|service|server)\b)|\b(?:page|file)\s+(?:was\s+)?not\s+found\b"
    r"|\bpage (?:can[’']?t|cannot|could ?n[o’']t) be found|\bnot\s+found$|access denied"
    r"|找不到(?:网页|页面|頁面)|无法访问|(?:页面|頁面|网页|網頁|文章|内容|內容)"
    r"(?:不存在|已(?:被)?(?:发布者|發佈者|作者)?(?:删除|刪除|移除))",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"/(?:log-?in|sign-?in|auth|sso|account/login|subscribe)(?:[/.?]|$)", re.IGNORECASE
)
_CHALLENGE = re.compile(
    r"just a moment|attention required|(?:verify|confirm|are) you (?:are )?(?:a )?(?:human|robot)|"
    r"captcha|checking your browser|ddos protection|security check|unusual (?:traffic|activity)|"
    r"pardon our interruption|access to this page has been denied|"
    r"(?:安全|人机|访问|滑动|行为)验证|安全检查|请稍候|驗證您是人類|安全驗證|环境异常|"
    r"(?:访问|请求|操作)(?:过于|太)?频繁",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"before you continue|(?:your|manage) (?:privacy|cookie)|value your privacy|cookie (?:consent|"
    r"settings|preferences)|consent(?: preferences)?$|privacy (?:choices|settings)|"
    r"(?:隐私|隱私|cookie)\s*(?:设置|設定|政策|偏好)|同意(?:使用)?\s*cookie",
    re.IGNORECASE,
)
_CONSENT_PAGE = re.compile(
    r"//(?:consent|guce|privacy-mgmt)\.|/(?:consent|cookie-wall)(?:[/.?]|$)", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"[.!?…](?=\s|$)|[。！？]")
_PAYWALL = re.compile(
    r"(?:subscribe|sign in|log in|register|create an? (?:free )?account)\b.{0,30}"
    r"\b(?:to (?:continue|keep|read|unlock|access)(?!.{0,9}\bcomment)|for (?:full )?access)|"
    r"(?:subscriber|member)s?[ -](?:only|exclusive)|(?:only|exclusively) (?:available )?(?:to|for) "
    r"(?:subscribers|members)|(?:订阅|訂閱|登录|登錄|登入|付费|付費|注册|註冊).{0,8}(?:后|後|以|即可|才能|"
    r"继续|繼續)?.{0,4}(?:阅读|閱讀|查看|解锁|解鎖)(?!.{0,4}(?:评论|評論|留言))|"
    r"(?:会员|會員|订户|訂戶|订阅者|訂閱者)(?:专享|專享|专属|專屬|独享|獨享|可阅读|可閱讀)",
    re.IGNORECASE,
)
SHELL_WEIGHT = 250  # of visible text: less is an application's shell
SHORT_WEIGHT = 600  # of body text: an article this short must declare itself
FEW_WEIGHT = 250  # of body text: less on a page of links is no article
NO_WEIGHT = 120  # of body text: less is none
OFFER_WEIGHT = 90  # of the sentence that makes an offer: a longer one is prose about offers
WALLED_WEIGHT = 900  # of a page's prose: more is not held back
MOSTLY_LINKS = 0.6  # the share of visible text inside links above which a page is a list


@dataclass(frozen=True, slots=True)
class Asked:
    """The article that was asked for, and how the page was reached."""

    story: Story | None
    url: str  # where the exchange ended
    redirected: bool = False
    trusted_hosts: Collection[str] = ()


def judge_address(asked: Asked, facts: Facts, site: Site | None) -> NotArticle | None:
    """None where the page is the one that was asked for, as far as addresses tell."""
    if asked.redirected and _LOGIN.search(asked.url):
        return NotArticle("wall", f"redirected to a login page: {asked.url}")
    if asked.redirected and _CONSENT_PAGE.search(asked.url):
        return NotArticle("wall", f"redirected to a consent page: {asked.url}")
    if asked.story is None:
        return None
    reached = identify(asked.url, site, asked.trusted_hosts)
    if asked.redirected and (reached is None or (site and reached.id != asked.story.id)):
        return NotArticle("other", f"redirected to another page: {asked.url}")
    if asked.redirected and not site and _is_front(asked.url):
        return NotArticle("other", f"redirected to the front page: {asked.url}")
    return _judge_claims(asked, facts, site) if site else None


def _judge_claims(asked: Asked, facts: Facts, site: Site) -> NotArticle | None:
    """A page that says it is another story is that story."""
    for claim in facts.claimed_urls:
        url = resolve(asked.url, claim)
        claimed = identify(url, site, asked.trusted_hosts) if url else None
        if claimed and asked.story and claimed.id != asked.story.id:
            return NotArticle("other", f"the page is {claimed.id}, not {asked.story.id}")
    return None


def _is_front(url: str) -> bool:
    return url.split("://", 1)[-1].partition("/")[2].partition("?")[0] == ""


@dataclass(frozen=True, slots=True)
class Survey:
    """What a page shows as a whole, before anything is taken out of it. Texts by weight."""

    headings: tuple[str, ...]  # h1, or h2 where there is none
    titles: tuple[str, ...]
    visible: float
    linked: float
    has_password: bool
    offers: str  # the line that asks the reader to subscribe or to log in


def survey(root: Element, weights: Weights) -> Survey:
    """Look over a page."""
    headings = list(root.iter("h1")) or list(root.iter("h2"))
    return Survey(
        headings=tuple(map(text_of, headings)),
        titles=tuple(map(text_of, root.iter("title"))),
        visible=weights.text[0],
        linked=weights.linked[0],
        has_password=any(f.get("type") == "password" for f in root.iter("input")),
        offers=_offer(root) if weights.good[0] < WALLED_WEIGHT else "",
    )


def _offer(root: Element) -> str:
    """What the page says of reading on, outside its links: a menu offers to subscribe, too."""
    for element in root.iter("h1", "h2", "h3", "h4", "p", "div", "span", "strong"):
        offer = _offering_sentence(element.text or "")
        if offer and next(element.iterancestors("nav", "header", "footer", "a"), None) is None:
            return squeeze(offer)
    return ""


def _offering_sentence(text: str) -> str:
    """The sentence that offers to read on; '' where it is prose, which may speak of offers."""
    found = _PAYWALL.search(text)
    if not found:
        return ""
    ends = [end.end() for end in _SENTENCE_END.finditer(text)]
    start = max((end for end in ends if end <= found.start()), default=0)
    sentence = text[start : min((end for end in ends if end >= found.end()), default=len(text))]
    return sentence if weight_of(sentence) <= OFFER_WEIGHT else ""


def is_nothing(text: str) -> bool:
    """Whether a text is too short to be an article's."""
    return weight_of(text) < NO_WEIGHT


def judge_page(page: Survey, facts: Facts, site: Site | None, text: str) -> NotArticle | None:
    """What a page is whose body was not recognised; `text` is what a generic reading found."""
    weight = weight_of(text)
    shown = facts.says_article and _shows_headline(page, facts)
    if (shown and weight >= FEW_WEIGHT) or (facts.says_article and weight >= SHORT_WEIGHT):
        return None
    if error := _error_phrase(facts, page, site):
        return NotArticle("error", f"an error page with status 200: “{error}”")
    walled = weight < (NO_WEIGHT if shown else SHORT_WEIGHT)
    if walled and (wall := _judge_challenge(page, facts)):
        return wall
    if weight < FEW_WEIGHT and (wall := _judge_wall(page, weight)):
        return wall
    if facts.says_article and text:
        return None
    return _judge_undeclared(page, facts, weight)


def _shows_headline(page: Survey, facts: Facts) -> bool:
    """Whether the article's title stands on the page: what asks for consent comes without it."""
    return any(heading and facts.title.startswith(heading) for heading in page.headings)


def _judge_challenge(page: Survey, facts: Facts) -> NotArticle | None:
    """A page about the reader, in front of the article."""
    said = (facts.title, *page.headings, *page.titles)
    if challenge := next(filter(_CHALLENGE.search, said), ""):
        return NotArticle("wall", f"a bot challenge instead of the article: “{challenge}”")
    if consent := next(filter(_CONSENT.search, said), ""):
        return NotArticle("wall", f"a consent form instead of the article: “{consent}”")
    return None


def _judge_wall(page: Survey, weight: int) -> NotArticle | None:
    """Something that asks for an account instead of showing the article."""
    if page.has_password and weight < NO_WEIGHT:
        return NotArticle("wall", "a login form instead of the article")
    if page.offers:
        return NotArticle("wall", f"a paywall instead of the article: “{page.offers}”")
    return None


def _judge_undeclared(page: Survey, facts: Facts, weight: int) -> NotArticle | None:
    """A page that does not say that it is an article has to look like one."""
    if page.visible < SHELL_WEIGHT:
        return NotArticle("empty", "the page shows no text (it may need a browser's scripts)")
    if weight >= SHORT_WEIGHT:
        return None
    if page.linked > MOSTLY_LINKS * page.visible and weight < FEW_WEIGHT:
        return NotArticle("list", "a list of links, not an article")
    if weight < NO_WEIGHT:
        return NotArticle("other", f"no article found on the page titled “{facts.title}”")
    return None


def _error_phrase(facts: Facts, page: Survey, site: Site | None) -> str:
    """The heading that gives an error page away."""
    for heading in (facts.title, *page.headings, *page.titles):
        if _ERROR_TITLE.search(heading) and not facts.linked:
            return heading
        if site and any(heading.lower().startswith(phrase) for phrase in site.missing):
            return heading
    return ""
