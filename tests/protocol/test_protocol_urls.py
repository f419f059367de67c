"""URLs: what an href means, and one normal form that joins no two pages."""

import json
import random
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.protocol.urls import canonical, host, origin, resolve, same_site

BASE = "https://a.example/news/1?x=1"


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("/b", "https://a.example/b"),
        ("b#c", "https://a.example/news/b"),
        (" \n//b.example/c\t", "https://b.example/c"),
        ("ht\ntp://b.example/", "http://b.example/"),
        ("HTTP://B.example:80/", "http://B.example:80/"),
        ("\\b\\c", "https://a.example/b/c"),
        ("javascript:alert(1)", None),
        ("JaVa\tscript:alert(1)", None),
        ("mailto:a@b.example", None),
        ("data:text/html,x", None),
        ("file:///etc/passwd", None),
        ("http://", None),
        ("http://[::1", None),
        ("http://b.example:99999/", None),
        ("http://b.example:0/", None),
        ("https://a b.example/", None),
        ("https://a%2fb.example/", None),
        ("https://☃.example/", None),  # IDNA refuses it, and so does whoever would fetch it
        ("https://％４１.example/", None),
        ("\\\\b.example\\c?d=\\e", "https://b.example/c?d=\\e"),
        ("///b.example/c", "https://b.example/c"),
        ("\\/\\b.example/c", "https://b.example/c"),
        ("http:b.example/c", "http://b.example/c"),
        ("https:/c", "https://a.example/c"),
        ("HTTPS:c", "https://a.example/news/c"),
        ("http:////b.example/c", "http://b.example/c"),
        ("c?d #e", "https://a.example/news/c?d%20"),
    ],
)
def test_an_href_means_an_address_or_none(href: str, url: str | None) -> None:
    assert resolve(BASE, href) == url


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("HTTPS://A.Example:443", "https://a.example/"),
        ("http://a.example:8080/x", "http://a.example:8080/x"),
        ("http://a.example/%7e/%e4%b8%ad", "http://a.example/~/%E4%B8%AD"),
        ("http://a.example/中", "http://a.example/%E4%B8%AD"),
        ("http://a.example/a/./b/../c", "http://a.example/a/c"),
        ("http://a.example/x?utm_source=a&b=1&fbclid=2&c", "http://a.example/x?b=1&c"),
        ("http://a.example/x?ref=1&r=2", "http://a.example/x?r=2"),
        ("http://a.example/x#y", "http://a.example/x"),
        ("http://早报.example/", "http://xn--4rup6e.example/"),
        ("http://a.example/100%", "http://a.example/100%25"),
        ("http://a.example/%%341", "http://a.example/%25%341".replace("%34", "4")),
        ("http://a.example/?utm%5Fsource=x&Ref=1&ref=2", "http://a.example/?Ref=1"),
        ("http://a.example/a/b/..", "http://a.example/a/"),
        ("http://a.example/%2e%2E/../x", "http://a.example/x"),
        ("http://ü:p@a.example./", "http://%C3%BC:p@a.example./"),
        ("http://[2001:DB8::1]:80/", "http://[2001:db8::1]/"),
    ],
)
def test_the_normal_form(url: str, normal: str) -> None:
    assert canonical(url, {"ref"}) == normal


@pytest.mark.parametrize("url", ["", "nonsense", "/a", "http://", "http:///a"])
def test_what_is_no_absolute_url_has_none(url: str) -> None:
    with pytest.raises(ValueError, match="no absolute URL"):
        canonical(url)


def test_pages_that_differ_are_told_apart() -> None:
    pages = ["/a", "/a/", "/A", "/a?b", "/a?b=", "/a?b=1&c=2", "/a?c=2&b=1", "/a%2Fb", "/a/b"]
    assert len({canonical("http://a.example" + page) for page in pages}) == len(pages)


@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_an_href_holds_the_normal_form_of_its_address_is_one(base: str, href: str) -> None:
    for url in (resolve(base, href), resolve(BASE, href), resolve(BASE, "/" + href)):
        if url is not None:
            normal = canonical(url)
            assert canonical(normal) == normal
            assert normal.isascii()
            assert urlsplit(normal).scheme in ("http", "https")
            assert host(url) == host(normal)


@given(st.text(max_size=60))
def test_hosts_of_anything_are_found_without_an_error(text: str) -> None:
    assert isinstance(host(text), str)
    assert isinstance(origin(text), str)
    assert not same_site(text, "https://zzz.invalid/")


def test_hosts_carry_a_port_only_where_it_matters() -> None:
    assert host("https://A.example:443/x") == "a.example"
    assert host("http://127.0.0.1:8080/x") == "127.0.0.1:8080"
    assert host("http://[::1]:81/") == "[::1]:81"
    assert host("http://a.example:port/") == ""
    assert not same_site("nonsense", "neither")
    assert origin("HTTP://u:p@A.example:80/x") == "http://a.example"
    assert same_site("https://www.a.example/x", "http://a.example/y")
    assert not same_site("https://a.example/", "https://b.example/")


# -- the suite of the URL standard -----------------------------------------------------------------

UNRESERVED = re.compile("[A-Za-z0-9._~-]")
NOT_TOLD_APART = re.compile(r"#.*|\?(?=#|$)")  # a fragment, an empty query


def as_documented(href: str) -> str:
    """The standard's own normal form, taken as far as `canonical` says that it goes."""

    def escape(found: re.Match[str]) -> str:
        character = chr(int(found[1], 16))
        return character if UNRESERVED.fullmatch(character) else found[0].upper()

    return re.sub("%([0-9a-fA-F]{2})", escape, NOT_TOLD_APART.sub("", href))


@pytest.fixture(scope="session")
def addresses(shared: Path) -> dict[str, set[str]]:
    """What the suite's addresses mean by the standard, by our normal form of them.

    What the standard takes for no address is known by its own text.
    """
    found: dict[str, set[str]] = {}
    for case in json.loads((shared / "corpus/suites/wpt-url/urltestdata.json").read_text("utf-8")):
        if isinstance(case, dict):
            url = resolve(case["base"] or "about:blank", case["input"])
            meant = case.get("href") or f"none: {case['input'].lower()}"
            if url is not None:
                found.setdefault(canonical(url), set()).add(as_documented(meant))
    return found


def test_no_two_pages_of_the_url_standards_suite_are_joined(addresses: dict[str, set[str]]) -> None:
    assert {form: pages for form, pages in addresses.items() if len(pages) > 1} == {}
    assert len(addresses) == 197


def test_the_normal_form_of_the_suites_addresses_is_one(addresses: dict[str, set[str]]) -> None:
    assert [form for form in addresses if canonical(form) != form] == []


def test_addresses_of_the_suite_mean_what_the_standard_says(addresses: dict[str, set[str]]) -> None:
    """Not alike: hosts that are numbers, empty passwords, "@" in names, and "'" in a query."""
    known = {
        form: page for form, pages in addresses.items() for page in pages if page[:4] == "http"
    }
    alike = [form for form, page in known.items() if canonical(page) == form]
    assert (len(known), len(alike)) == (159, 136)


# -- pages that are one, and pages that are two ----------------------------------------------------

SEGMENT = st.text(alphabet="aZ0-_~:@!$'()*+,;=", min_size=1, max_size=4).filter(
    lambda text: text not in (".", "..")
)
PAIR = st.text(alphabet="aZ0-_~:@!$'()*+,;=/?", min_size=1, max_size=5).filter(
    lambda text: not text.startswith("utm_")
)


@st.composite
def pages(draw: st.DrawFn) -> str:
    """An address in normal form."""
    path = "/".join(draw(st.lists(SEGMENT | st.just("%2F%E4"), max_size=4)))
    query = "&".join(draw(st.lists(PAIR, max_size=3)))
    return f"https://news.example/{path}" + (f"?{query}" if query else "")


@given(pages())
def test_two_normal_forms_are_two_pages(page: str) -> None:
    assert canonical(page) == page


@given(pages(), st.randoms(use_true_random=False))
def test_every_spelling_of_a_page_is_that_page(page: str, chance: random.Random) -> None:
    path, mark, query = page.removeprefix("https://news.example").partition("?")

    def spelt(text: str) -> str:
        return "".join(
            f"%{ord(letter):02{chance.choice('xX')}}"
            if UNRESERVED.fullmatch(letter) and before != "%" and chance.random() < 0.3
            else letter
            for before, letter in zip(" " + text, text, strict=False)
        )

    plain = re.split("(%2F%E4)", path)
    path = "".join(part.lower() if part.startswith("%") else spelt(part) for part in plain)
    path = path.replace("/", chance.choice(["/", "/./", "/x/../"]), 1)
    tracked = chance.choice(["", "utm_source=a", "fbclid=1&gclid=2"])
    query = "&".join(filter(None, [tracked, spelt(query)]))
    host = chance.choice(["news.example", "NEWS.example", "news.example:443"])
    mark = "?" if query or mark else chance.choice(["", "?"])
    assert canonical(f"HTTPS://{host}{path}{mark}{query}{chance.choice(['', '#x'])}") == page
