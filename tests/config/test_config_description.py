import tomllib
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from scraper.config.description import describe, write_value
from scraper.config.loading import Configuration

Load = Callable[..., Configuration]


def test_every_line_has_its_value_and_origin(load_text: Load) -> None:
    text = (
        '[[sources]]\nname = "a"\nurls = "https://a"\nheaders = { A = "env:K", B = "x" }\n'
        'cookies = { s = "env:K", t = "x:s3cret" }\ncredentials = "u:s3cret"\n'
    )
    lines = describe(load_text(text, {"K": "s3cret", "SCRAPER_FETCH__DELAY": "5s"})).splitlines()
    assert 'delay = "5s"              # environment SCRAPER_FETCH__DELAY' in lines
    assert "retries = 3               # default" in lines
    assert 'headers = { "A" = "env:K", "B" = "***" }  # config/scraper.toml:4' in lines
    assert 'cookies = { "s" = "env:K", "t" = "***" }  # config/scraper.toml:5' in lines
    assert any(line.startswith('credentials = "***" ') for line in lines)
    assert "s3cret" not in "".join(lines)


def test_a_description_reads_back_as_the_same_configuration(load_text: Load) -> None:
    text = (
        'fetch.allow_addresses = ["10.0.0.0/8"]\n[[sources]]\nurls = "https://a.example/"\n'
        'title = "一\\"二\\\\"\nheaders.A = "env:K"\nproxy = "env:K"\n'
        'cookies.A = "env:K"\ncredentials = "env:K"\nevery_max = "1h"\n'
    )
    environ = {"K": "http://proxy:1"}
    first = load_text(text, environ)
    second = load_text(describe(first), environ)
    assert second.values == first.values
    assert (second.archive, second.fetch, second.sources) == (
        first.archive,
        first.fetch,
        first.sources,
    )
    left_empty = {key for key, origin in second.origins.items() if origin == "default"}
    assert left_empty == {"sources.a.example.site"}


def test_a_path_that_is_no_unicode_can_be_printed(load_text: Load) -> None:
    text = describe(load_text("", {"SCRAPER_ARCHIVE__ROOT": "/x\udcff"}))
    assert 'root = "/x?"' in text.encode().decode()


def test_a_proxy_in_plain_text_is_hidden(load_text: Load) -> None:
    text = describe(load_text('[[sources]]\nurls = "https://a/"\nproxy = "http://u:s3cret@h:1"'))
    assert 'proxy = "***"' in text


@given(
    st.dictionaries(st.text(), st.text() | st.integers(0, 9) | st.lists(st.text() | st.booleans()))
)
def test_written_values_are_toml(value: dict[str, object]) -> None:
    assert tomllib.loads(f"x = {write_value(value)}") == {"x": value}
