"""Whether a page is the article that was asked for.

What must never be archived: an error page or a login wall served with status 200, a list, another
story after a redirect. The evidence is named, so that an operator can judge the judgement.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from scraper.articles.facts import Facts
from scraper.articles.tree import Element, text_of
from scraper.model import NotArticle, Site, Story
from scraper.protocol.identity import identify
from scraper.protocol.urls import resolve

_ERROR_TITLE = re.compile(
    r"^(?:(?:error|http)\s*)?(?:404|410|403|500|502|503)\b|\b(?:page|file)\s+(?:was\s+)?not\s+found\b"
    r"|\bnot\s+found$|access denied|找不到(?:网页|页面|頁面)|无法访问"
    r"|(?:页面|頁面|网页|網頁|文章)(?:不存在|已(?:被)?(?:删除|刪除|移除))",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"/(?:log-?in|sign-?in|auth|sso|account/login|subscribe)(?:[/.?]|$)", re.IGNORECASE
)
_CHALLENGE = re.compile(
    r"just a moment|attention required|verify you are human|安全验证|人机验证|captcha",
    re.IGNORECASE,
)
FEW_CHARACTERS = 140  # of visible text: less is an application's shell
SHORT_CHARACTERS = 400  # of body text: an article this short must declare itself
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


def judge_page(root: Element, facts: Facts, site: Site | None, text: str) -> NotArticle | None:
    """What a page is whose body was not recognised; `text` is what a generic reading found."""
    if facts.says_article and len(text) >= SHORT_CHARACTERS:
        return None
    if error := _error_phrase(facts, root, site):
        return NotArticle("error", f"an error page with status 200: “{error}”")
    if _CHALLENGE.search(facts.title):
        return NotArticle("wall", f"a challenge instead of the article: “{facts.title}”")
    if facts.says_article and text:
        return None
    return _judge_undeclared(root, facts, text)


def _judge_undeclared(root: Element, facts: Facts, text: str) -> NotArticle | None:
    """A page that does not say that it is an article has to look like one."""
    if _has_password(root):
        return NotArticle("wall", "a login form instead of the article")
    if len(_visible(root)) < FEW_CHARACTERS:
        return NotArticle("empty", "the page shows no text (it may need a browser's scripts)")
    if _link_share(root) > MOSTLY_LINKS:
        return NotArticle("list", "a list of links, not an article")
    if len(text) < SHORT_CHARACTERS:
        return NotArticle("other", f"no article found on the page titled “{facts.title}”")
    return None


def _error_phrase(facts: Facts, root: Element, site: Site | None) -> str:
    """The heading that gives an error page away."""
    headings = [facts.title, *(text_of(h) for h in root.iter("h1", "title"))]
    for heading in headings:
        if _ERROR_TITLE.search(heading) and not facts.linked:
            return heading
        if site and any(heading.lower().startswith(phrase) for phrase in site.missing):
            return heading
    return ""


def _has_password(root: Element) -> bool:
    return any(field.get("type") == "password" for field in root.iter("input"))


def _visible(root: Element) -> str:
    body = next(root.iter("body"), root)
    return text_of(body)


def _link_share(root: Element) -> float:
    linked = sum(len(text_of(a)) for a in root.iter("a"))
    return linked / max(1, len(_visible(root)))
