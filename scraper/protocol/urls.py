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
_ABSOLUTE = ("https://", "http://")
_SLASHES = re.compile(r"\A(?:(https?):)?(/*)", re.IGNORECASE)
_BLANK_END = re.compile(r"[\x00-\x20]+\Z")
_TRIMMED = "".join(map(chr, range(0x21)))  # C0 controls and space, WHATWG URL §4.4
_REMOVED = str.maketrans("", "", "\t\n\r")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_UNSAFE = re.compile(r"[^!-~]|[\"<>\\^`{|}]|%(?![0-9A-Fa-f]{2})")
_NO_HOST = re.compile(r"[\x00-\x20#%/<>?@\[\\\]^|\x7f\ud800-\udfff]")  # WHATWG URL §3.1
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
        href = _with_authority(base, _forward(trimmed))
        parts = urlsplit(href if href.startswith(_ABSOLUTE) else urljoin(base, href))
        usable = parts.scheme in _PORTS and _authority(parts) and parts.port != 0
    except ValueError:
        return None
    return _BLANK_END.sub(_escaped, urlunsplit(parts._replace(fragment=""))) if usable else None


def _escaped(found: re.Match[str]) -> str:
    """Blanks that stood before a fragment: at the end they would be trimmed."""
    return "".join(f"%{ord(blank):02X}" for blank in found[0])


def _forward(href: str) -> str:
    """Backslashes before the query as slashes, as browsers read them."""
    if "\\" not in href:
        return href
    path, mark, rest = re.split(r"([?#]|$)", href, maxsplit=1)
    return path.replace("\\", "/") + mark + rest


def _with_authority(base: str, href: str) -> str:
    """An href whose host stands behind two slashes, as browsers take any number of them for two.

    "http:a" is a relative path on a page of the same scheme, and names a host elsewhere (WHATWG URL
    §4.4, special relative or authority state).
    """

    def opening(found: re.Match[str]) -> str:
        scheme, slashes = found[1], found[2]
        if len(slashes) >= 2:
            return f"{scheme}://" if scheme else "//"
        elsewhere = scheme and not base.lower().startswith(f"{scheme.lower()}:")
        return f"{scheme}://" if elsewhere else slashes

    return _SLASHES.sub(opening, href, count=1)


def canonical(url: str, tracking: Collection[str] = ()) -> str:
    """The URL in its one normal form; `tracking` names more parameters that tell no pages apart.

    Two URLs have one form only where they differ in nothing but the fragment, tracking parameters,
    an empty query, the default port, dot segments, the case of scheme and host, or escapes that
    mean the same (RFC 3986 §6.2.2–3). Idempotent. Raises ValueError for what is no absolute URL;
    never for what `resolve` gives.
    """
    return _canonical(url, tuple(tracking))


@lru_cache(maxsize=64)  # reading one page asks several times for the same few
def _canonical(url: str, tracking: tuple[str, ...]) -> str:
    parts = urlsplit(url.strip(_TRIMMED).translate(_REMOVED))
    authority = _authority(parts)
    if not authority:
        raise ValueError(f"{url!r} is no absolute URL")
    path = _without_dots(_normal_escapes(parts.path)) or "/"
    pairs = _normal_escapes(parts.query).split("&")
    query = "&".join(pair for pair in pairs if not _tracks(pair, tracking))
    return urlunsplit((parts.scheme, authority, path, query, ""))


def _tracks(pair: str, tracking: Collection[str]) -> bool:
    name = pair.partition("=")[0]
    lowered = name.lower()
    return lowered.startswith("utm_") or lowered in _TRACKING or name in tracking


def _authority(parts: SplitResult) -> str:
    """User, host and port in normal form; '' where there is no host. Raises ValueError."""
    name = _ascii_host(parts.hostname or "")
    if not name:
        return ""
    bracketed = f"[{name}]" if ":" in name else name
    user = _normal_escapes(parts.netloc.rpartition("@")[0])
    port = "" if parts.port in (None, _PORTS.get(parts.scheme)) else f":{parts.port}"
    return (f"{user}@" if user else "") + bracketed + port


@lru_cache(maxsize=4096)
def _ascii_host(name: str) -> str:
    """A host name in lower-case ASCII; '' for what can be no host."""
    mapped = name.lower() if name.isascii() else _mapped(name)
    return "" if _NO_HOST.search(mapped) else mapped


def _mapped(name: str) -> str:
    """A name beyond ASCII as it is asked for (UTS 46); '' where IDNA refuses it."""
    import idna  # noqa: PLC0415  # most hosts are ASCII

    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except idna.IDNAError:
        return ""


def _normal_escapes(text: str) -> str:
    """Escapes in upper case, needless ones undone, needed ones made (RFC 3986 §6.2.2.1–2).

    A stray "%" becomes "%25": undoing the escape behind it could make another one of the two.
    """
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


@lru_cache(maxsize=64)
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
    name = host(first).removeprefix("www.")
    return bool(name) and name == host(second).removeprefix("www.")
