from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from scraper.config.loading import Configuration, load
from scraper.errors import ConfigurationError

Write = Callable[[str], Path]
Load = Callable[..., Configuration]
Complain = Callable[..., list[str]]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes config/scraper.toml into an empty working directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config" / "sites").mkdir(parents=True)

    def write_file(text: str) -> Path:
        file = Path("config/scraper.toml")
        file.write_text(text, encoding="utf-8")
        return file

    return write_file


@pytest.fixture
def load_text(write: Write) -> Load:
    """Loads a configuration from its text."""

    def load_it(
        text: str,
        environ: Mapping[str, str] | None = None,
        overrides: Mapping[str, str] | None = None,
    ) -> Configuration:
        return load(write(text), environ or {}, overrides or {})

    return load_it


@pytest.fixture
def complain(load_text: Load) -> Complain:
    """The mistakes of a configuration, as they are shown."""

    def list_mistakes(text: str, environ: Mapping[str, str] | None = None) -> list[str]:
        with pytest.raises(ConfigurationError) as caught:
            load_text(text, environ)
        lines = str(caught.value).splitlines()
        assert lines[0] == "the configuration is not usable:"
        assert [line.strip() for line in lines[1:]] == [str(m) for m in caught.value.mistakes]
        return [str(mistake) for mistake in caught.value.mistakes]

    return list_mistakes
