"""Configurations of earlier versions: accepted, with a notice that names the new key."""

from collections.abc import Mapping
from typing import Any

import pytest

from scraper.config.documents import parse_document
from scraper.config.loading import Configuration, load
from scraper.config.renames import RENAMES, Rename, rename_keys, rename_variables
from scraper.config.schema import DEFAULTS, SOURCE_DEFAULTS
from scraper.errors import ConfigurationError
from tests.config.conftest import Write

OLD = (
    Rename("fetch", "pause", "9.1.0", new_key="delay"),
    Rename("fetch", "health", "9.1.0", new_table="daemon", new_key="listen"),
    Rename("sources", "interval", "9.2.0", new_key="every"),
    Rename("archive", "compress", "9.3.0"),
)
SOURCE = '[[sources]]\nname = "one"\nurls = ["https://news.example/china"]\n'


def loaded(write: Write, text: str, environ: Mapping[str, str] | None = None) -> Configuration:
    settings = f'contact = "https://example.org"\n{SOURCE}'
    return load(write(f"[fetch]\n{text}{settings}"), environ or {}, {}, OLD)


def test_an_old_name_counts_as_the_new_one_and_is_told(write: Write) -> None:
    configuration = loaded(write, 'pause = "7s"\n')
    assert configuration.fetch.delay == 7
    assert configuration.notices == (
        "config/scraper.toml:2: fetch.pause: is called fetch.delay since version 9.1.0; "
        "the old name still works: rename it",
    )
    assert configuration.origins["fetch.delay"] == "config/scraper.toml:2"


def test_a_key_may_have_gone_to_another_table(write: Write) -> None:
    configuration = loaded(write, 'health = "127.0.0.1:9"\n')
    assert configuration.daemon.listen == "127.0.0.1:9"
    assert "is called daemon.listen since version 9.1.0" in configuration.notices[0]


def test_every_source_is_told_by_its_line(write: Write) -> None:
    text = f'[fetch]\ncontact = "a@b.org"\n{SOURCE}interval = "1h"\n'
    text += f'{SOURCE.replace("one", "two")}every = "2h"\ninterval = "1h"\n'
    configuration = load(write(text), {}, {}, OLD)
    assert [source.every.total_seconds() for source in configuration.sources] == [3600, 7200]
    places = [notice.partition(": ")[0] for notice in configuration.notices]
    assert places == ["config/scraper.toml:6", "config/scraper.toml:11"]


def test_where_both_names_stand_the_new_one_counts(write: Write) -> None:
    configuration = loaded(write, 'pause = "7s"\ndelay = "3s"\n')
    assert configuration.fetch.delay == 3
    assert len(configuration.notices) == 1


def test_a_key_that_is_gone_does_no_harm(write: Write) -> None:
    text = f'[archive]\ncompress = 1\n[fetch]\ncontact = "a@b.org"\n{SOURCE}'
    configuration = load(write(text), {}, {}, OLD)
    assert configuration.notices == (
        "config/scraper.toml:2: archive.compress: has no effect since version 9.3.0; delete it",
    )


def test_the_environment_may_use_old_names(write: Write) -> None:
    environ = {"SCRAPER_FETCH__PAUSE": "7s", "SCRAPER_ARCHIVE__COMPRESS": "yes"}
    configuration = loaded(write, "", environ)
    assert configuration.fetch.delay == 7
    assert configuration.notices == (
        "environment SCRAPER_FETCH__PAUSE: is called SCRAPER_FETCH__DELAY since version 9.1.0; "
        "the old name still works: rename it",
        "environment SCRAPER_ARCHIVE__COMPRESS: has no effect since version 9.3.0; delete it",
    )
    both, _ = rename_variables({**environ, "SCRAPER_FETCH__DELAY": "1s"}, OLD)
    assert both == {"SCRAPER_FETCH__DELAY": "1s"}


def test_a_mistake_under_an_old_name_is_found_in_its_line(write: Write) -> None:
    with pytest.raises(ConfigurationError) as caught:
        loaded(write, 'pause = "soon"\n')
    assert 'config/scraper.toml:2: fetch.delay: found "soon"' in str(caught.value)


@pytest.mark.parametrize("text", ["fetch = 1", "sources = [1]", "sources = 1", "daemon = 1"])
def test_what_has_the_wrong_shape_is_left_to_the_schema(text: str) -> None:
    document, mistakes = parse_document("a.toml", text)
    assert not mistakes
    assert rename_keys(document, OLD) == (document, ())


def test_a_table_of_the_wrong_shape_takes_nothing_in() -> None:
    document, _ = parse_document("a.toml", 'daemon = 1\n[fetch]\nhealth = "x"\n')
    renamed, notices = rename_keys(document, OLD)
    assert renamed.values == {"daemon": 1, "fetch": {}}
    assert len(notices) == 1


def test_what_is_renamed_in_this_version_leads_to_keys_that_there_are() -> None:
    known: dict[str, Mapping[str, Any]] = {**DEFAULTS, "sources": {"urls": (), **SOURCE_DEFAULTS}}
    for rename in RENAMES:
        assert rename.key not in known.get(rename.table, {})
        if rename.new_key:
            assert rename.new_key in known[rename.new_table or rename.table]
