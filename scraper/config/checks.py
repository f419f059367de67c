"""Checks of single values: URLs, address blocks, time zones, path templates.

Each takes a text and returns it (perhaps normalised), or raises a ValueError whose message says
what was expected; from that a mistake with file, line and key is made.
"""

import re
from collections.abc import Collection
from ipaddress import ip_network
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

PLACEHOLDERS = ("year", "month", "day", "date", "title", "story_id", "section", "source")
RESERVED = ("_raw", "_manifest", "_quarantine", "_revisions", "assets", ".scraper")
PROXY_SCHEMES = ("http", "https", "socks5", "socks5h")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"\\|?*]')  # on Linux, macOS or Windows
BLANK = re.compile(r"[\s\x00-\x1f\x7f]")
SOURCE_NAME = re.compile(r"[^\W_][\w.-]{0,99}")
HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")
LISTEN = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[^\s:/\[\]]+):([0-9]{1,5})")
# What may stand in a comment of a User-Agent (RFC 9110 §5.6.5) without being quoted.
COMMENT = re.compile(r"[!-'*-\[\]-~]+")
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 §5.6.2
FIELD_VALUE = re.compile(r"(?:[!-~](?:[\t -~]*[!-~])?)?")  # RFC 9110 §5.5, ASCII only


def suggest(word: str, known: Collection[str]) -> str:
    """The question "; did you mean delay?" where one of `known` is like `word`, else nothing."""
    from difflib import get_close_matches  # noqa: PLC0415  # only a mistake needs it

    names = {name.lower(): name for name in known}
    close = get_close_matches(word.lower(), names, n=1)
    return f"; did you mean {names[close[0]]}?" if close else ""


def check_line(text: str) -> str:
    """One line of text without control characters."""
    if CONTROL.search(text):
        raise ValueError("one line of text, without control characters")
    return text


def check_filled(text: str) -> str:
    """One line of text that is not empty."""
    if not text.strip():
        raise ValueError("a text that is not empty")
    return check_line(text)


def check_source_name(text: str) -> str:
    """A name that can be typed on a command line and stand in a path; "" has it derived."""
    if text and SOURCE_NAME.fullmatch(text) is None:
        raise ValueError(
            'at most 100 letters, digits, "-", "_" and ".", the first a letter or digit'
        )
    return text


def check_target(text: str) -> str:
    """An Apprise URL; whether Apprise knows its service, only `alerts test` finds out."""
    scheme, found, rest = text.partition("://")
    if not (found and rest and scheme.isalnum()) or CONTROL.search(text):
        raise ValueError('an Apprise URL such as "mailtos://…", best as "env:NAME" or "file:PATH"')
    return text


def _has_host(text: str, schemes: Collection[str]) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def check_url(text: str) -> str:
    """An absolute http or https URL that carries no credentials."""
    if BLANK.search(text) or not _has_host(text, ("http", "https")):
        raise ValueError('a URL that starts with "http://" or "https://"')
    if "@" in urlsplit(text).netloc:
        raise ValueError(
            "a URL without user name and password; "
            'give them as credentials = "env:NAME", with USER:PASSWORD in the variable'
        )
    return text


def check_origin(text: str) -> str:
    """Scheme, host and perhaps port (RFC 6454), without a path or a trailing slash."""
    check_url(text)
    if re.fullmatch(r"https?://[^/?#]+", text) is None or text != text.lower():
        raise ValueError('an origin such as "https://www.example.com": lower case, without a path')
    return text


def check_host(text: str) -> str:
    """A bare host name in lower case."""
    if HOST.fullmatch(text) is None:
        raise ValueError('a host name such as "www.example.com": lower case, no scheme, no port')
    return text


def check_proxy(text: str) -> str:
    """The URL of a proxy, perhaps with user name and password; "" for none."""
    if text and (BLANK.search(text) or not _has_host(text, PROXY_SCHEMES)):
        raise ValueError('the URL of a proxy, such as "http://proxy.example:3128" or "socks5://…"')
    return text


def check_block(text: str) -> str:
    """A CIDR block (RFC 4632) or one address; returned as a block."""
    try:
        return str(ip_network(text))
    except ValueError as error:
        raise ValueError(
            'a CIDR block such as "10.1.2.3/32" or "10.1.2.0/24", without host bits'
        ) from error


def check_listen(text: str) -> str:
    """HOST:PORT to listen on; "" for nowhere."""
    match = LISTEN.fullmatch(text)
    if text and (match is None or int(match[1]) > 65535):
        raise ValueError('HOST:PORT such as "127.0.0.1:8765" or "[::1]:8765", or "" for none')
    return text


def check_contact(text: str) -> str:
    """A web or mail address that fits into a User-Agent; "" for none."""
    is_address = "@" in text or text.startswith(("http://", "https://"))
    if text and not (is_address and COMMENT.fullmatch(text)):
        raise ValueError("a URL or an e-mail address, in ASCII without spaces or parentheses")
    return text


def check_header_name(text: str) -> str:
    """The name of a header field."""
    if TOKEN.fullmatch(text) is None:
        raise ValueError('the name of a header, such as "X-Api-Key"')
    return text


def check_header_value(text: str) -> str:
    """The value of a header field; ASCII alone, so that no line can be smuggled in."""
    if FIELD_VALUE.fullmatch(text) is None:
        raise ValueError("a value in printable ASCII, without blanks at its ends")
    return text


def check_cookie_value(text: str) -> str:
    """The value of a cookie: as of a header, and without what ends it (RFC 6265 §4.1.1)."""
    if FIELD_VALUE.fullmatch(text) is None or ";" in text:
        raise ValueError('a value in printable ASCII, without ";" and without blanks at its ends')
    return text


def check_credentials(text: str) -> str:
    """User and password for HTTP Basic (RFC 7617 §2): the first colon parts them."""
    if re.fullmatch(r"[^:]+:.*", text) is None or CONTROL.search(text):
        raise ValueError("USER:PASSWORD, without control characters")
    return text


def check_zone(text: str) -> str:
    """An IANA time zone that this computer knows."""
    try:
        ZoneInfo(text)
    except (ValueError, KeyError, OSError) as error:  # OSError: "Asia" is a folder
        hint = suggest(text, available_timezones())
        raise ValueError(f'an IANA time zone such as "Asia/Singapore"{hint}') from error
    return text


def check_path_template(text: str) -> str:
    """A path below the archive's root, made of text and known placeholders."""
    rest = re.sub(r"\{(\w+)\}", lambda found: "" if found[1] in PLACEHOLDERS else found[0], text)
    if "{" in rest or "}" in rest:
        known = " ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        named = re.search(r"\{(\w+)", rest)
        hint = suggest(named[1], PLACEHOLDERS) if named else ""
        raise ValueError(f"no other braces than {known}{hint}")
    folder, *_ = parts = text.split("/")
    if UNSAFE.search(rest) or set(parts) & {"", ".", ".."}:
        raise ValueError('a path relative to the archive, with "/" between folders, without ".."')
    if folder.lower() in RESERVED:
        raise ValueError(f"a folder that has no other use, unlike {', '.join(RESERVED)}")
    if not text.endswith(".md"):
        raise ValueError('a path that ends in ".md"')
    return text
