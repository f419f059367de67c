"""The commented configuration that `scraper init` writes: every key, default and meaning."""

from importlib.resources import files


def read_template() -> str:
    """The text of a configuration file that works as it is."""
    return (files("scraper.config") / "template.toml").read_text(encoding="utf-8")
