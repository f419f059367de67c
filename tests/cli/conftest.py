from collections.abc import Callable
from pathlib import Path

import pytest

from tests.site_replica import Replica

Configure = Callable[..., Path]


@pytest.fixture
def configure(tmp_path: Path) -> Configure:
    """Write a configuration with one source; gives its file."""

    def write(*urls: str, name: str = "china", fetch: str = "") -> Path:
        file = tmp_path / "config" / "scraper.toml"
        file.parent.mkdir(exist_ok=True)
        listed = ", ".join(f'"{url}"' for url in urls)
        source = f'[[sources]]\nname = "{name}"\nsite = "zaobao"\nurls = [{listed}]\n'
        settings = f'contact = "https://example.org"\nallow_addresses = ["127.0.0.0/8"]\n{fetch}\n'
        text = file.read_text("utf-8") if file.exists() else f"[fetch]\n{settings}\n"
        if "[daemon]" not in text:
            text += '[daemon]\nlisten = ""\ndrain = "5s"\n'
        file.write_text(f"{text}\n{source}", "utf-8")
        return file

    return write


@pytest.fixture
def china(configure: Configure, replica: Replica) -> Replica:
    """The replica's section page as the only source, asked without delay."""
    configure(replica.url + "/realtime/china", fetch='delay = "0s"\nretries = 0')
    return replica
