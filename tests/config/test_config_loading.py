import sys
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from scraper.config.description import describe
from scraper.config.loading import Configuration, load, locate
from scraper.errors import ConfigurationError
from scraper.model import (
    ArchiveSettings,
    CoverageSettings,
    DaemonSettings,
    FetchSettings,
    Retention,
    RevisionSettings,
    Source,
)
from scraper.protocol.alarms import AlertSettings
from scraper.version import VERSION

Load = Callable[..., Configuration]
URLS = 'urls = ["https://news.example/china"]\n'
SOURCE = f'[[sources]]\nname = "one"\n{URLS}'


# -- where the file is -----------------------------------------------------------------------------


def test_the_option_names_the_file_before_the_environment(tmp_path: Path) -> None:
    (tmp_path / "a.toml").touch()
    (tmp_path / "b.toml").touch()
    environ = {"SCRAPER_CONFIG": "b.toml"}
    assert locate(Path("a.toml"), environ, tmp_path) == tmp_path / "a.toml"
    assert locate(None, environ, tmp_path) == tmp_path / "b.toml"


def test_the_default_file_may_be_missing(tmp_path: Path) -> None:
    assert locate(None, {"SCRAPER_CONFIG": ""}, tmp_path) is None
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "scraper.toml").touch()
    assert locate(None, {}, tmp_path) == tmp_path / "config" / "scraper.toml"


@pytest.mark.parametrize(
    ("option", "environ", "message"),
    [
        (Path("x.toml"), {}, "--config: found nothing at {}/x.toml, expected a configuration file"),
        (Path(), {}, "--config: found a folder at {}, expected a configuration file"),
        (
            None,
            {"SCRAPER_CONFIG": "x.toml"},
            "environment SCRAPER_CONFIG: found nothing at {}/x.toml",
        ),
    ],
)
def test_a_named_file_has_to_be_there(
    tmp_path: Path, option: Path | None, environ: Mapping[str, str], message: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        locate(option, environ, tmp_path)
    assert message.format(tmp_path) in str(caught.value)


# -- defaults --------------------------------------------------------------------------------------


def test_without_a_file_all_is_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    configuration = load(None, {})
    assert configuration.file is None
    assert configuration.sources == ()
    assert configuration.archive == ArchiveSettings(root=tmp_path.resolve() / "archive")
    assert configuration.fetch == FetchSettings(user_agent=f"news-scraper/{VERSION}")
    assert configuration.daemon == DaemonSettings()
    assert set(configuration.origins.values()) == {"default"}


def test_a_source_needs_nothing_but_urls(load_text: Load) -> None:
    configuration = load_text(f"[[sources]]\n{URLS}")
    assert configuration.sources == (
        Source(
            name="news.example-china", title="news.example", urls=("https://news.example/china",)
        ),
    )


def test_what_a_source_leaves_out_comes_from_its_site(load_text: Load, tmp_path: Path) -> None:
    site = (
        'title = "山城晚报"\ncanonical = "https://news.example"\nhosts = "news.example"\n'
        "story = '(?P<id>x)'\ntimezone = \"Asia/Shanghai\"\n"
    )
    profile = tmp_path / "config" / "sites" / "shancheng.toml"
    profile.write_text(site, encoding="utf-8")
    configuration = load_text(SOURCE)
    [source] = configuration.sources
    assert (source.site, source.title, source.timezone) == (
        "shancheng",
        "山城晚报",
        "Asia/Shanghai",
    )
    origins = {key.rpartition(".")[2]: place for key, place in configuration.origins.items()}
    assert origins["site"] == "the first URL's host"
    assert origins["title"] == origins["timezone"] == "site profile shancheng"
    named = load_text('[[sources]]\nsite = "shancheng"\nurls = "https://other.example/"').sources[0]
    assert named.title == "山城晚报"


# -- values ----------------------------------------------------------------------------------------


def test_every_key_arrives(load_text: Load, tmp_path: Path) -> None:
    (tmp_path / "config" / "ca.pem").touch()
    (tmp_path / "config" / "key").write_text("from file\n")
    (tmp_path / "config" / "login").write_text("用户:密 码\n", encoding="utf-8")
    configuration = load_text(
        """
        [archive]
        root = "../elsewhere"
        path = "{source}/{title}.md"
        body = "html"
        front_matter = "seed"
        [fetch]
        contact = "https://example.com/bot"
        delay = "2s"
        connections_per_host = 1
        timeout = "1m"
        max_bytes = "1MiB"
        retries = 0
        robots = false
        allow_addresses = ["10.0.0.0/8"]
        [daemon]
        listen = ""
        drain = "5s"
        [[sources]]
        name = "one"
        title = "一"
        urls = ["https://news.example/a", "https://news.example/b"]
        every = "1h"
        allow_addresses = "10.1.2.3"
        timezone = "Asia/Tokyo"
        headers = { A = "plain", B = "env:KEY", C = "file:key" }
        cookies = { a = "plain", b = "env:KEY" }
        credentials = "file:login"
        proxy = "env:PROXY"
        ca_file = "ca.pem"
        """,
        {"KEY": "secret", "PROXY": "http://u:p@proxy:3128"},
    )
    root = tmp_path.resolve()
    assert configuration.archive == ArchiveSettings(
        root / "elsewhere", "{source}/{title}.md", "html", "seed"
    )
    agent = f"news-scraper/{VERSION} (+https://example.com/bot)"
    assert configuration.fetch == FetchSettings(
        agent, 2.0, 1, 60.0, 1_048_576, 0, robots=False, allow_addresses=("10.0.0.0/8",)
    )
    assert configuration.daemon == DaemonSettings("", 5.0)
    assert configuration.sources == (
        Source(
            "one",
            "一",
            ("https://news.example/a", "https://news.example/b"),
            every=timedelta(hours=1),
            timezone="Asia/Tokyo",
            allow_addresses=("10.1.2.3/32",),
            headers={"A": "plain", "B": "secret", "C": "from file"},
            cookies={"a": "plain", "b": "secret"},
            credentials="用户:密 码",
            proxy="http://u:p@proxy:3128",
            ca_file=str(root / "config" / "ca.pem"),
        ),
    )
    assert configuration.notices == ()


def test_a_path_may_start_at_home(
    load_text: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    root = tmp_path.resolve() / "news"
    assert load_text('archive.root = "~/news"').archive.root == root
    assert load_text("", {"SCRAPER_ARCHIVE__ROOT": "~/news"}).archive.root == root


# -- overrides and origins -------------------------------------------------------------------------


def test_the_environment_overrides_the_file_and_the_option_both(
    load_text: Load, tmp_path: Path
) -> None:
    text = '[archive]\nroot = "file"\n[fetch]\ndelay = "2s"\n'
    environ = {"SCRAPER_FETCH__DELAY": "5s", "SCRAPER_ARCHIVE__ROOT": "data"}
    configuration = load_text(text, environ)
    assert configuration.fetch.delay == 5
    assert configuration.archive.root == tmp_path.resolve() / "data"
    assert configuration.origins["fetch.delay"] == "environment SCRAPER_FETCH__DELAY"
    option = load_text(text, environ, {"archive.root": "/data", "fetch.retries": "1"})
    assert option.archive.root == Path("/data").resolve()
    assert option.origins["archive.root"] == "--archive"
    assert option.origins["fetch.retries"] == "command line"


@pytest.mark.parametrize("text", ["10.0.0.0/8, fd00::/8", '["10.0.0.0/8", "fd00::/8"]'])
def test_lists_are_written_with_commas_or_as_toml(load_text: Load, text: str) -> None:
    configuration = load_text("", {"SCRAPER_FETCH__ALLOW_ADDRESSES": text})
    assert configuration.fetch.allow_addresses == ("10.0.0.0/8", "fd00::/8")


def test_switches_and_numbers_are_read_from_the_environment(load_text: Load) -> None:
    environ = {"SCRAPER_FETCH__ROBOTS": "False", "SCRAPER_FETCH__RETRIES": "7"}
    fetch = load_text("", environ).fetch
    assert (fetch.robots, fetch.retries) == (False, 7)


def test_other_variables_are_no_overrides(load_text: Load) -> None:
    environ = {"SCRAPER_CONFIG": "x", "SCRAPER_LOG_LEVEL": "debug", "PATH": "/bin", "A__B": "c"}
    assert load_text("", environ).notices


def test_every_value_names_its_origin(load_text: Load) -> None:
    origins = load_text(f'[fetch]\n\ndelay = "2s"\n{SOURCE}headers.A = "b"\n').origins
    assert origins["fetch.delay"] == "config/scraper.toml:3"
    assert origins["fetch.retries"] == "default"
    assert origins["sources.one.urls"] == "config/scraper.toml:6"
    assert origins["sources.one.headers"] == "config/scraper.toml:4"
    assert origins["sources.one.every"] == origins["sources.one.site"] == "default"
    assert origins["sources.one.title"] == "the first URL's host"


# -- notices ---------------------------------------------------------------------------------------


def test_who_cannot_be_reached_is_told(load_text: Load) -> None:
    assert load_text(f'fetch.contact = ""\n{SOURCE}\n').notices == (
        "fetch.contact is empty: site operators cannot reach you; set it to a URL or an address",
    )
    assert load_text(f'fetch.contact = "https://a.example"\n{SOURCE}\n').notices == ()


def test_no_secret_is_in_the_representation(load_text: Load) -> None:
    text = f'{SOURCE}headers = {{ A = "s3cret", B = "env:K" }}\nproxy = "http://u:s3cret@h:1"\n'
    assert "s3cret" not in repr(load_text(text, {"K": "s3cret"}))


def test_how_long_raw_records_are_kept_is_read_with_its_units(load_text: Load) -> None:
    text = '[archive]\nkeep_raw_for = "365d"\nkeep_raw_size = "50GB"\n'
    assert load_text("").archive.retention == Retention()
    assert load_text(text).archive.retention == Retention(timedelta(days=365), 50 * 10**9)


@pytest.mark.parametrize("value", ['for = "1h"', 'for = "x"', "size = 50", 'size = "1KB"'])
def test_a_keep_that_makes_no_sense_is_refused(load_text: Load, value: str) -> None:
    with pytest.raises(ConfigurationError, match="with its unit"):
        load_text(f"[archive]\nkeep_raw_{value}\n")


def test_who_is_told_is_read_with_its_secrets(load_text: Load) -> None:
    text = """
        [alerts]
        to = ["env:HOOK", "mailto://s3cret@b.example"]
        remind = "2d"
        per_hour = 2
        disk_low = "0B"
        coverage_below = 1
        withdrawn = true
        """
    environ = {"HOOK": "json://s3cret.example/"}
    assert load_text("").alerts == AlertSettings()
    read = load_text(text, environ)
    assert read.alerts == AlertSettings(
        to=("json://s3cret.example/", "mailto://s3cret@b.example"),
        remind=timedelta(days=2),
        per_hour=2,
        disk_low=0,
        coverage_below=1.0,
        withdrawn=True,
    )
    assert "s3cret" not in repr(read.alerts)
    shown = describe(read)
    assert 'to = ["env:HOOK", "***"]' in shown
    assert "s3cret" not in shown
    alone = load_text("", environ | {"SCRAPER_ALERTS__TO": "env:HOOK"})
    assert alone.alerts.to == ("json://s3cret.example/",)
    assert load_text('alerts.to = "env:HOOK"', environ).alerts.to == alone.alerts.to


def test_how_articles_are_looked_at_again_is_read_with_its_units(load_text: Load) -> None:
    text = '[revisions]\nfirst = "5m"\nshare = 1\nuntil = "30d"\nper_day = 2\n'
    environ = {"SCRAPER_REVISIONS__SHARE": "0.25"}
    assert load_text("").archive.revisions == RevisionSettings()
    assert load_text(text).archive.revisions == RevisionSettings(
        first=timedelta(minutes=5), share=1.0, until=timedelta(days=30), per_day=2
    )
    assert load_text(text, environ).archive.revisions.share == 0.25


def test_how_gaps_are_filled_is_read(load_text: Load) -> None:
    assert load_text("").archive.coverage == CoverageSettings(fill=True, budget=60)
    text = "[coverage]\nfill = false\nbudget = 7\n"
    assert load_text(text).archive.coverage == CoverageSettings(fill=False, budget=7)


def test_saving_pictures_without_pillow_names_what_to_install(
    load_text: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = '[archive]\npictures = "save"\npicture_max_bytes = "2MB"\n'
    archive = load_text(text).archive
    assert (archive.pictures, archive.picture_max_bytes) == ("save", 2_000_000)
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'news-scraper\[pictures\]'"):
        load_text(text)
