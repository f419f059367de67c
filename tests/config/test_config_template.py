import itertools
import re
import tomllib
from collections.abc import Callable
from pathlib import Path

from scraper.config.catalogue import read_catalogues
from scraper.config.loading import Configuration, load
from scraper.config.schema import DEFAULTS, KEYS, SOURCE_DEFAULTS
from scraper.config.template import Answers, compose, read_template

REPOSITORY = Path(__file__).parents[2]


def default() -> str:
    """What `init` writes where nothing is asked and nothing given."""
    offered = read_catalogues()
    return compose(read_template(), Answers(offered[:1]), offered)


def uncomment(text: str) -> str:
    """The template with every key that is switched off switched on."""
    return re.sub(r"^# (\w+ = |\[\[)", r"\1", text, flags=re.MULTILINE)


def test_the_shipped_configuration_is_what_init_writes_by_default() -> None:
    shipped = REPOSITORY / "config" / "scraper.toml"
    assert shipped.read_text(encoding="utf-8") == default()


def test_the_template_holds_every_key_with_its_default() -> None:
    values = tomllib.loads(uncomment(read_template()))
    sources = values.pop("sources")
    assert values == DEFAULTS
    assert sources[0].keys() == {"urls", *SOURCE_DEFAULTS} == set(KEYS["sources",])
    own = {"name", "urls", "title", "site", "timezone"}
    for key in SOURCE_DEFAULTS.keys() - own:
        assert sources[0][key] == SOURCE_DEFAULTS[key]
    for table in DEFAULTS:
        assert tuple(DEFAULTS[table]) == KEYS[table,]


def test_every_key_of_the_template_has_a_comment_above() -> None:
    lines = read_template().splitlines()
    for above, line in itertools.pairwise(lines):
        if re.match(r"(# )?\w+ = ", line):
            assert re.match(r"# (?!\w+ = )", above), line


def test_the_template_works_as_it_is() -> None:
    configuration = load(REPOSITORY / "config" / "scraper.toml", {})
    assert configuration.archive.root == REPOSITORY / "archive"
    assert [source.name for source in configuration.sources] == ["zaobao-realtime-china"]
    assert configuration.sources[0].site == "zaobao"
    assert [notice.split(":")[0] for notice in configuration.notices] == ["fetch.contact is empty"]


def test_the_sections_that_are_off_can_be_switched_on(
    load_text: Callable[[str], Configuration],
) -> None:
    sources = load_text(uncomment(default())).sources
    assert [source.urls[0] for source in sources] == [section.url for section in read_catalogues()]
    assert {(source.site, source.timezone) for source in sources} == {("zaobao", "Asia/Singapore")}
