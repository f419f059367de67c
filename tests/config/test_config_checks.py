from collections.abc import Callable

import pytest

from scraper.config import checks

GOOD: list[tuple[Callable[[str], str], list[str]]] = [
    (checks.check_line, ["", "山城", "a b"]),
    (checks.check_filled, ["山城"]),
    (checks.check_source_name, ["a", "zaobao-realtime_1.x", "山城"]),
    (
        checks.check_url,
        ["http://a/", "https://新闻.example:8443/路?x=1", "HTTP://A", "http://[::1]:80/"],
    ),
    (checks.check_origin, ["https://www.example.com", "http://127.0.0.1:8000"]),
    (checks.check_host, ["www.example.com", "127.0.0.1", "localhost"]),
    (checks.check_proxy, ["http://u:p@proxy:3128", "socks5://127.0.0.1:1080"]),
    (checks.check_listen, ["127.0.0.1:8765", "[::1]:0", "localhost:65535"]),
    (checks.check_contact, ["https://example.com/bot", "me@example.com"]),
    (checks.check_header_name, ["X-Api-Key"]),
    (checks.check_header_value, ["", "a", "a b\tc"]),
    (checks.check_cookie_value, ["", "a", "a=b", '"a"']),
    (checks.check_credentials, ["u:p", "u:", "用户:密:码"]),
    (checks.check_zone, ["UTC", "Asia/Singapore"]),
    (
        checks.check_path_template,
        ["_posts/{year}/{month}/{date}-{title}.md", "{source}/{section}/{day}-{story_id}.md"],
    ),
]
BAD: list[tuple[Callable[[str], str], list[str], str]] = [
    (checks.check_line, ["a\nb", "a\x00", "a\x85b", "a\u2028b"], "one line of text"),
    (checks.check_filled, ["", "  ", "\u3000"], "not empty"),
    (checks.check_source_name, ["-a", ".a", "_a", "a b", "a/b", "a" * 101, "a\n"], "at most 100"),
    (
        checks.check_url,
        [
            "",
            "a",
            "//a",
            "ftp://a",
            "http://",
            "http://[",
            "http://a:0",
            "http://a:x",
            "http://a b",
        ],
        'starts with "http://" or "https://"',
    ),
    (checks.check_url, ["https://u@a/", "https://u:p@a/", "http://@a"], 'credentials = "env:NAME"'),
    (
        checks.check_origin,
        ["https://a/", "https://a/b", "https://a?b", "https://a#b", "https://A.example"],
        "an origin such as",
    ),
    (checks.check_host, ["", "A", "a:80", "http://a", "a/b", "a..b", "a\n"], "a host name"),
    (checks.check_proxy, ["a:1", "ftp://a", "socks4://a", "http://a b"], "the URL of a proxy"),
    (checks.check_listen, ["8765", ":8765", "a:65536", "::1:80", "a:b", "a:1\n"], "HOST:PORT"),
    (
        checks.check_contact,
        ["me", "me@example.com (x)", "https://山城", "a@b\r\nX: y"],
        "an e-mail",
    ),
    (checks.check_header_name, ["", "a b", "a:", "ä"], "the name of a header"),
    (checks.check_cookie_value, [" a", "a;b", "a\r\nb: c", "山"], 'without ";"'),
    (checks.check_credentials, ["", "u", ":p", "u:p\n"], "USER:PASSWORD"),
    (checks.check_header_value, [" a", "a ", "a\r\nb: c", "山"], "printable ASCII"),
    (checks.check_zone, ["", "Asia", "../etc/passwd", "Mars/Base", "a\x00b"], "IANA time zone"),
    (
        checks.check_path_template,
        [
            "{titel}.md",
            "{title!r}.md",
            "{title:>9}.md",
            "{{title}}.md",
            "{}.md",
            "}.md",
            "{year.x}.md",
        ],
        "no other braces than",
    ),
    (
        checks.check_path_template,
        ["/a.md", "../a.md", "a/../b.md", "./a.md", "a//b.md", "a\\b.md", "c:/a.md", "a\n.md", ""],
        "relative to the archive",
    ),
    (checks.check_path_template, ["_raw/{title}.md", ".Scraper/a.md"], "no other use"),
    (checks.check_path_template, ["{title}", "{title}.html"], 'ends in ".md"'),
]


@pytest.mark.parametrize(("check", "text"), [(c, text) for c, texts in GOOD for text in texts])
def test_good_values_come_back(check: Callable[[str], str], text: str) -> None:
    assert check(text) == text


@pytest.mark.parametrize(
    ("check", "text", "expected"), [(c, text, e) for c, texts, e in BAD for text in texts]
)
def test_bad_values_say_what_was_expected(
    check: Callable[[str], str], text: str, expected: str
) -> None:
    with pytest.raises(ValueError) as caught:
        check(text)
    assert expected in str(caught.value)


def test_blocks_are_written_alike() -> None:
    assert checks.check_block("10.1.2.3") == "10.1.2.3/32"
    assert checks.check_block("FD00::/8") == "fd00::/8"


@pytest.mark.parametrize("text", ["", "10.1.2.3/24", "10.1.2.3/33", "example.com"])
def test_what_is_no_block_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a CIDR block such as"):
        checks.check_block(text)


def test_similar_words_are_suggested_as_they_are_written() -> None:
    assert checks.suggest("asia/singapur", ["Asia/Singapore"]) == "; did you mean Asia/Singapore?"
    assert checks.suggest("qqq", ["delay"]) == ""


def test_a_misspelt_placeholder_is_recognised() -> None:
    with pytest.raises(ValueError, match=r"did you mean title\?"):
        checks.check_path_template("{year}/{titel}.md")
