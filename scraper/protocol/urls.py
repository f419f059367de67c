"""URLs: resolved, compared, and written in one canonical way.

RFC 3986 §6.2.2 for what may be normalised without changing the resource, the WHATWG URL Standard
for what browsers forgive in an href. Nothing here decides where a URL leads: what is reached is
judged by its address when the connection is made.
"""

import re
from collections.abc import Collection
from functools import lru_cache
from urllib.parse import SplitResult, unquote_to_bytes, urljoin, urlsplit, urlunsplit

_PORTS = {"http": 80, "https": 443}
_TRIMMED = "".join(map(chr, range(0x21)))  # C0 controls and space, WHATWG URL §4.4
_REMOVED = str.maketrans("", "", "\t\n\r")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNSAFE = re.compile(r"[^!-~]|[\"<>\\^`{|}]")
_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*:")
_TRACKING = frozenset(
    "fbclid gclid dclid gbraid wbraid msclkid yclid twclid igshid mc_cid mc_eid _hsenc _hsmi "
    "spm from_source share_token".split()
)


def resolve(base: str, href: str) -> str | None:
    """The absolute http(s) URL that an href means on a page, without its fragment.

    None for other schemes and for what is no URL; never raises.
    """
    trimmed = href.strip(_TRIMMED).translate(_REMOVED)
    if _SCHEME.match(trimmed) and not trimmed[:5].lower().startswith("http"):
        return None
    try:
        parts = urlsplit(urljoin(base, trimmed))
        usable = parts.scheme in _PORTS and parts.hostname and (parts.port is None or parts.port)
    except ValueError:
        return None
    return urlunsplit(parts._replace(fragment="")) if usable else None


def canonical(url: str, tracking: Collection[str] = ()) -> str:
    """The URL in its one normal form; `tracking` names more parameters that tell no pages apart.

    Idempotent. Raises ValueError for what is no absolute URL.
    """
    parts = urlsplit(url.strip(_TRIMMED).translate(_REMOVED))
    if not parts.hostname:
        message = f"{url!r} is no absolute URL"
        raise ValueError(message)
    path = _normal_escapes(_without_dots(_normal_escapes(parts.path))) or "/"
    query = "&".join(
        _normal_escapes(pair) for pair in parts.query.split("&") if not _tracks(pair, tracking)
    )
    return urlunsplit((parts.scheme.lower(), _authority(parts), path, query, ""))


def _tracks(pair: str, tracking: Collection[str]) -> bool:
    name = pair.partition("=")[0].lower()
    return name.startswith("utm_") or name in _TRACKING or name in tracking


def _authority(parts: SplitResult) -> str:
    name = _ascii_host(parts.hostname or "")
    bracketed = f"[{name}]" if ":" in name else name
    user = parts.netloc.rpartition("@")[0]
    port = "" if parts.port in (None, _PORTS.get(parts.scheme.lower())) else f":{parts.port}"
    return (f"{user}@" if user else "") + bracketed + port


@lru_cache(maxsize=4096)
def _ascii_host(name: str) -> str:
    """A host name in lower-case ASCII; what IDNA refuses stays as it is."""
    lowered = name.lower()
    if lowered.isascii():
        return lowered
    import idna  # noqa: PLC0415  # most hosts are ASCII

    try:
        return idna.encode(lowered, uts46=True).decode("ascii")
    except idna.IDNAError:
        return lowered


def _normal_escapes(text: str) -> str:
    """Escapes in upper case, needless ones undone, needed ones made (RFC 3986 §6.2.2.1–2)."""
    safe = _UNSAFE.sub(lambda found: "".join(f"%{b:02X}" for b in _bytes(found[0])), text)
    return _ESCAPE.sub(_normal_escape, safe)


def _bytes(character: str) -> bytes:
    return character.encode("utf-8", "replace")


def _normal_escape(found: re.Match[str]) -> str:
    (byte,) = unquote_to_bytes(found[0])
    return chr(byte) if byte in _UNRESERVED else found[0].upper()


def _without_dots(path: str) -> str:
    """Dot segments removed (RFC 3986 §5.2.4); empty segments are kept: they name other pages."""
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == ".." and len(kept) > 1:
            kept.pop()
        elif segment not in (".", ".."):
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/".join(kept)


def host(url: str) -> str:
    """The host by which politeness counts: lower case, with the port where it is not the default.

    '' for what has no host.
    """
    try:
        return _authority(urlsplit(url)).rpartition("@")[2]
    except ValueError:
        return ""


def origin(url: str) -> str:
    """Scheme and host, as in "https://example.com"."""
    return f"{url.partition(':')[0].lower()}://{host(url)}"


def same_site(first: str, second: str) -> bool:
    """Whether two URLs have the same host, a leading "www." aside."""
    return host(first).removeprefix("www.") == host(second).removeprefix("www.")
