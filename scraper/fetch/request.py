"""What is asked for, and which headers say so to whom.

A source's secrets are for the servers that its configuration names, and for nobody whom these name:
neither the pages and sitemaps that they list, nor robots.txt, nor where they redirect to.
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from scraper.fetch.codings import ACCEPTED
from scraper.model import Source, Validators
from scraper.protocol.conduct import Purpose
from scraper.protocol.freshness import conditional_headers
from scraper.protocol.urls import host, origin

ACCEPT_PAGE = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
ACCEPT_FEED = (
    "application/rss+xml,application/atom+xml,application/feed+json,application/xml;q=0.9,"
    "text/xml;q=0.9,application/json;q=0.8,text/html;q=0.7,*/*;q=0.5"
)
ACCEPT_PICTURE = "image/avif,image/webp,image/png,image/jpeg,image/gif;q=0.9,*/*;q=0.1"

_UNCONDITIONAL = Validators()


@dataclass(frozen=True, slots=True)
class Request:
    """One GET. `headers` go to the origin of `url` only, `validators` to what they came from only.

    `start` is where `url` is known to have moved: that is asked as if `url` had just redirected
    there, so that nothing goes along that is for the origin of `url` alone. `allow_addresses` are
    CIDR blocks that the host of `url` may be at, besides the settings' own.
    """

    url: str
    validators: Validators = _UNCONDITIONAL
    validated_url: str = ""  # what they speak of, where redirects had led; "" for `url`
    start: str = ""  # "" for `url`
    accept: str = ACCEPT_PAGE
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)  # may hold secrets
    allow_addresses: tuple[str, ...] = ()
    proxy: str = field(default="", repr=False)  # may hold a password
    ca_file: str = ""
    referer: str = ""
    purpose: Purpose = "page"  # for the log of requests
    keep: bool = False  # the page comes with its exchange as it went over the wire
    max_bytes: int = 0  # of a decoded body; 0 for what the settings allow


def own_headers(source: Source, url: str, at: str = "") -> dict[str, str]:
    """The headers that a source's URL is asked for with: its secrets; none for any other URL.

    `at` is where the URL is known to have moved to. Cookies are written as in RFC 6265 §4.2,
    credentials as in RFC 7617 §2, in UTF-8; either replaces a header of the same name.
    """
    if url not in source.urls or origin(at or url) != origin(url):
        return {}
    headers = {name.lower(): value for name, value in source.headers.items()}
    if source.cookies:
        headers["cookie"] = "; ".join(f"{name}={value}" for name, value in source.cookies.items())
    if source.credentials:
        headers["authorization"] = f"Basic {b64encode(source.credentials.encode()).decode()}"
    return headers


def own_addresses(source: Source, url: str, at: str = "") -> tuple[str, ...]:
    """The blocks of addresses that a source's URL may be at; none for any other URL."""
    is_own = url in source.urls and host(at or url) == host(url)
    return source.allow_addresses if is_own else ()


def without_secrets(request: Request) -> Request:
    """The same request once it has left its origin: should it come back, it is somebody's wish."""
    return replace(request, headers={})


def headers_for(request: Request, url: str, user_agent: str) -> dict[str, str]:
    """The headers to send to `url`, which is the request's own or one that it was redirected to.

    Headers of the request replace those of the same name, but for Accept-Encoding: only what it
    says can be decoded.
    """
    headers = {"user-agent": user_agent, "accept": request.accept}
    if request.referer and not _is_downgrade(request.referer, url):
        headers["referer"] = request.referer
    headers |= conditional_headers(validators_for(request, url))
    if origin(url) == origin(request.url):
        headers |= {name.lower(): value for name, value in request.headers.items()}
    return headers | {"accept-encoding": ACCEPTED}


def validators_for(request: Request, url: str) -> Validators:
    """The request's own validators, at the URL that they came from; none elsewhere."""
    return request.validators if url == (request.validated_url or request.url) else _UNCONDITIONAL


def allowed_for(request: Request, url: str) -> tuple[str, ...]:
    """The request's own blocks, at its own host and port; no redirect takes them along."""
    return request.allow_addresses if host(url) == host(request.url) else ()


def _is_downgrade(referer: str, url: str) -> bool:
    return referer.startswith("https:") and not url.startswith("https:")
