from collections.abc import Callable
from pathlib import Path

import pytest

from scraper.config.mistakes import name_key, show_value
from scraper.config.overrides import read_options

Complain = Callable[..., list[str]]
FILE = "config/scraper.toml"
PROFILE = "title = 'a'\ncanonical = 'https://a.b'\nhosts = 'a.b'\nstory = '(?P<id>x)'"
SOURCE = '[[sources]]\nname = "one"\nurls = "https://a.example/"\n'


@pytest.mark.parametrize(
    ("text", "place", "found", "expected"),
    [
        (
            "fetch.dealy = 1",
            "1: fetch.dealy",
            "an unknown key",
            "a key of [fetch]; did you mean delay?",
        ),
        (
            "archive.delay = 1",
            "1: archive.delay",
            "an unknown key",
            "a key of [archive]; delay belongs to [fetch]",
        ),
        (
            "fetch.sources = 1",
            "1: fetch.sources",
            "an unknown key",
            "a key of [fetch]; sources belongs to the top of the file",
        ),
        (
            "colour = 1",
            "1: colour",
            "an unknown key",
            "a table or key of this file: "
            "archive, fetch, revisions, coverage, daemon, alerts, sources",
        ),
        ("daemon.qqq = 1", "1: daemon.qqq", "an unknown key", "a key of [daemon]: listen, drain"),
        (
            "fetch.delay = 5",
            "1: fetch.delay",
            "5",
            'a duration with its unit (ms, s, m, h or d), from "0s" to "1h"',
        ),
        (
            'fetch.delay = "2h"',
            "1: fetch.delay",
            '"2h"',
            'a duration with its unit (ms, s, m, h or d), from "0s" to "1h"',
        ),
        (
            'fetch.max_bytes = "10"',
            "1: fetch.max_bytes",
            '"10"',
            'a size with its unit, from "1KB" to "1GB"',
        ),
        ("fetch.retries = 11", "1: fetch.retries", "11", "a whole number from 0 to 10"),
        ("fetch.retries = true", "1: fetch.retries", "true", "a whole number, without quotes"),
        ('fetch.robots = "no"', "1: fetch.robots", '"no"', "true or false, without quotes"),
        ("fetch.contact = 5", "1: fetch.contact", "5", "a text in quotes"),
        ("fetch.allow_addresses = 5", "1: fetch.allow_addresses", "5", "a list in square brackets"),
        ("fetch = 5", "1: fetch", "5", "a table"),
        ('archive.body = "pdf"', "1: archive.body", '"pdf"', '"markdown" or "html"'),
        ('archive.pictures = "x"', "1: archive.pictures", '"x"', '"link" or "save"'),
        (
            'archive.picture_max_bytes = "2"',
            "1: archive.picture_max_bytes",
            '"2"',
            'a size with its unit, from "1KB" to "1GB"',
        ),
        (
            'archive.root = "~nobody-here/x"',
            "1: archive.root",
            '"~nobody-here/x"',
            'a path without "~": that home folder is not known',
        ),
        ('revisions.share = "half"', "1: revisions.share", '"half"', "a number, without quotes"),
        ("revisions.share = 20", "1: revisions.share", "20", "a number from 0.01 to 10"),
        (
            'revisions.longest = "1h"\nrevisions.first = "2h"',
            "1: revisions.longest",
            '"1h"',
            "a duration that is no shorter than `first`",
        ),
        ("coverage.budget = 0", "1: coverage.budget", "0", "a whole number from 1 to 10000"),
        ("sources = 5", "1: sources", "5", "a list in square brackets"),
        ("sources = [5]", "1: sources", "5", "a table"),
        (
            '[sources]\nheaders = { A = "s" }',
            "1: sources",
            "a table",
            "tables headed [[sources]], in double brackets",
        ),
        ("[[sources]]\nname = 'x'", "1: sources.x.urls", "", "a value: this key has no default"),
        (
            "[[sources]]\nurls = []",
            "2: sources[1].urls",
            "[]",
            "at least one URL of a feed, section page or sitemap",
        ),
        (
            f'{SOURCE}every = "1s"',
            "4: sources.one.every",
            '"1s"',
            'a duration with its unit (ms, s, m, h or d), from "10s" to "30d"',
        ),
        (
            f'{SOURCE}every_max = "x"',
            "4: sources.one.every_max",
            '"x"',
            'a duration with its unit (ms, s, m, h or d), from "10s" to "30d"',
        ),
        (
            f'{SOURCE}every_max = "9m"',
            "4: sources.one.every_max",
            '"9m"',
            "a duration that is no shorter than `every`",
        ),
        (
            f'{SOURCE}ca_file = "no.pem"',
            "4: sources.one.ca_file",
            '"no.pem"',
            "the path of a file that can be read",
        ),
        (
            f"{SOURCE}{SOURCE}",
            "5: sources.one.name",
            '"one" a second time',
            "a name that no other source has",
        ),
        (
            f"{SOURCE}headers = 5",
            "4: sources.one.headers",
            "",
            'a table such as { name = "value" }',
        ),
        (
            f'{SOURCE}headers.A = "env:NOPE"',
            "4: sources.one.headers.A",
            "",
            "the environment variable NOPE to be set and not empty",
        ),
        (
            f'{SOURCE}headers."a b" = "s"',
            "4: sources.one.headers.a b",
            "",
            'the name of a header, such as "X-Api-Key"',
        ),
    ],
)
def test_a_mistake_says_where_what_and_what_instead(
    complain: Complain, text: str, place: str, found: str, expected: str
) -> None:
    found = f"found {found}, " if found else ""
    assert complain(text) == [f"{FILE}:{place}: {found}expected {expected}"]


def test_an_unknown_site_is_told_which_there_are(complain: Complain, tmp_path: Path) -> None:
    (tmp_path / "config" / "sites" / "mine.toml").write_text(PROFILE, encoding="utf-8")
    [mistake] = complain(f'{SOURCE}site = "mime"')
    assert mistake.startswith(
        f'{FILE}:4: sources.one.site: found "mime", expected a site profile, one of: mine, '
    )
    assert mistake.endswith("; did you mean mine?")


def test_every_mistake_is_told_at_once(complain: Complain, tmp_path: Path) -> None:
    (tmp_path / "config" / "sites" / "mine.toml").write_text("colour = 1", encoding="utf-8")
    text = 'fetch.delay = 1\n[[sources]]\nurls = ["ftp://a", "https://b"]\ntimezone = "Mars"\n'
    mistakes = complain(text, {"SCRAPER_DAEMON__DRAIN": "x", "SCRAPER_NO__KEY": "y"})
    assert [mistake.split(": ")[0] for mistake in mistakes] == [
        "environment SCRAPER_NO__KEY",
        f"{FILE}:1",
        "environment SCRAPER_DAEMON__DRAIN",
        f"{FILE}:3",
        f"{FILE}:4",
        *["config/sites/mine.toml"] * 4,
        "config/sites/mine.toml:1",
    ]


def test_a_file_that_is_no_toml_does_not_hide_other_mistakes(complain: Complain) -> None:
    mistakes = complain("a =\n", {"SCRAPER_FETCH__DELAY": "x"})
    assert [mistake.split(": ")[0] for mistake in mistakes] == [
        f"{FILE}:1",
        "environment SCRAPER_FETCH__DELAY",
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("SCRAPER_FETCH__DELEY", "did you mean SCRAPER_FETCH__DELAY?"),
        ("SCRAPER_FETCH_DELAY", "did you mean SCRAPER_FETCH__DELAY?"),
        ("SCRAPER_SOURCES__0__EVERY", "sources in the configuration file, not in the environment"),
        ("SCRAPER_X__Y", "expected SCRAPER_TABLE__KEY with a key of the configuration"),
    ],
)
def test_a_misspelt_variable_is_a_mistake(complain: Complain, name: str, expected: str) -> None:
    [mistake] = complain("", {name: "x"})
    assert mistake.startswith(f"environment {name}: found an unknown key, ")
    assert expected in mistake


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("SCRAPER_FETCH__ROBOTS", "perhaps"),
        ("SCRAPER_FETCH__RETRIES", "many"),
        ("SCRAPER_FETCH__ALLOW_ADDRESSES", "[1"),
        ("SCRAPER_ARCHIVE__ROOT", ""),
    ],
)
def test_a_variable_of_the_wrong_kind_is_a_mistake(
    complain: Complain, name: str, text: str
) -> None:
    [mistake] = complain("fetch = {}", {name: text})
    assert mistake.startswith(f"environment {name}: ")


def test_an_override_of_a_broken_table_does_not_hide_it(complain: Complain) -> None:
    assert complain("fetch = 5", {"SCRAPER_FETCH__DELAY": "1s"}) == [
        f"{FILE}:1: fetch: found 5, expected a table"
    ]


def test_an_unknown_key_of_the_command_line_is_a_mistake() -> None:
    overrides, [mistake] = read_options({"archive.rot": "/x"})
    assert overrides == []
    assert str(mistake) == (
        "command line: archive.rot: found an unknown key, "
        "expected TABLE.KEY; did you mean archive.root?"
    )


def test_two_sources_without_names_may_not_begin_alike(complain: Complain) -> None:
    text = '[[sources]]\nurls = ["https://a.example/x"]\n' * 2
    [mistake] = complain(text)
    assert "sources.a.example-x.name" in mistake


@pytest.mark.parametrize(
    "text", ["sources = [5, 5]", "[[sources]]\nname = 5\n[[sources]]\nurls = 5"]
)
def test_broken_sources_have_no_names_to_compare(complain: Complain, text: str) -> None:
    assert not any("a second time" in mistake for mistake in complain(text))


def test_secrets_never_show(complain: Complain, tmp_path: Path) -> None:
    (tmp_path / "config" / "key").write_bytes(b"s3cret\nline\xff")
    (tmp_path / "config" / "empty").touch()
    (tmp_path / "config" / "lines").write_text("s3cret\ns3cret")
    mistakes = complain(
        '[[sources]]\nname = "a"\nurls = ["https://u:s3cret@a/"]\nproxy = "s3cret"\n'
        'headers = { A = "s3crët", B = "file:key", C = "file:empty", D = "file:no", '
        'E = "file:lines", F = "env:S" }\n'
        '[[sources]]\nurls = "https://b/"\nheaders = { A = ["s3cret"] }\nfoo = "s3cret"\n'
        '[[sources]]\nurls = ["https://u:s3/c@a/"]\ncookies = { a = "s3c;r" }\n'
        'credentials = "s3cret"\n[[sources]]\nurls = ["https://u:s3cret@b/"]\n'
        '[[sources]]\nurls = ["https://u:s3cret@b/"]\n',
        {"S": "s3cret\r\nX: s3cret"},
    )
    assert len(mistakes) == 17
    assert not any("s3c" in mistake for mistake in mistakes)


@pytest.mark.parametrize("to", ["s3cret", "://s3cret", "json://", "a b://s3cret", r"json://s3c\nr"])
def test_a_target_that_is_no_address_is_named_without_being_shown(
    complain: Complain, to: str
) -> None:
    [mistake] = complain(f'alerts.to = ["{to}"]')
    assert "alerts.to" in mistake
    assert "an Apprise URL" in mistake
    assert "s3c" not in mistake


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('remind = "5m"', '"1h"'),
        ("per_hour = 0", "from 1 to 60"),
        ('disk_low = "1TB"', '"0B"'),
        ("coverage_below = 1.1", "from 0 to 1"),
        ("withdrawn = 1", "true or false"),
    ],
)
def test_what_alerts_expect_is_said(complain: Complain, line: str, expected: str) -> None:
    [mistake] = complain(f"[alerts]\n{line}")
    assert expected in mistake


def test_values_are_shown_on_one_short_line() -> None:
    assert show_value("x" * 100) == f'"{"x" * 78}…'
    assert show_value("a\nb") == '"a\\nb"'
    assert show_value([{"a": 1}]) == "a list of tables"


def test_keys_are_named_as_users_write_them() -> None:
    values = {"lists": [{"name": ""}, {"name": "two"}]}
    assert name_key(("lists", 0, "item"), values) == "lists[1].item"
    assert name_key(("lists", 1, "item", 3), values) == "lists.two.item"
    assert name_key(("x", 0), values) == "x"
