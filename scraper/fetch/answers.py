"""What an answer means: RFC 9110 §15, as the outcomes of `model.py`. Pure."""

import re
from datetime import datetime

from scraper.fetch.redirects import Trail
from scraper.fetch.wire import Answer
from scraper.model import (
    Failed,
    Gone,
    NotModified,
    Outcome,
    Page,
    Refused,
    Validators,
)
from scraper.protocol.freshness import fresh_for, merge, read_validators

_TOKEN = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"  # noqa: S105 - RFC 9110 §5.6.2, a token of grammar
_MEDIA_TYPE = re.compile(rf"\s*({_TOKEN}/{_TOKEN})\s*(?:;|$)")
_CHARSET = re.compile(rf';\s*charset\s*=\s*"?({_TOKEN})', re.IGNORECASE)


def classify(answer: Answer, trail: Trail, sent: Validators, now: datetime) -> Outcome:
    """The outcome that `answer`, received at `now`, is at the end of `trail`.

    `sent` are the validators that went with the request that it answers.
    """
    match answer.status:
        case 200 | 203:
            return _page(answer, trail, now)
        case 304 if sent:
            validators = merge(sent, read_validators(answer.headers))
            fresh = fresh_for(answer.headers, now)
            return NotModified(answer.url, validators, trail.moved_to, fresh)
        case 304:
            return Failed(answer.url, "HTTP 304, although nothing was asked on condition", 304)
        case 404 | 410 | 451:
            return Gone(answer.url, answer.status)
        case 401 | 403:
            return Refused(answer.url, f"HTTP {answer.status}")
        case status:
            return Failed(answer.url, f"HTTP {status}", status, answer.retry_after)


def _page(answer: Answer, trail: Trail, now: datetime) -> Page:
    content_type = answer.headers.get("content-type", "")
    media_type = _MEDIA_TYPE.match(content_type)
    charset = _CHARSET.search(content_type)
    return Page(
        url=answer.url,
        body=answer.body,
        media_type=media_type[1].lower() if media_type else "",
        charset=charset[1].lower() if charset else "",
        validators=read_validators(answer.headers),
        redirects=tuple(trail.redirects),
        moved_to=trail.moved_to,
        fresh_for=fresh_for(answer.headers, now),
    )
