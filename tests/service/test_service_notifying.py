"""Messages handed to real targets through Apprise."""

import asyncio
import io
import logging
import sys
from collections.abc import Iterator

import pytest

from scraper.errors import ConfigurationError
from scraper.service.watching.notifying import describe, require, send
from tests.targets import Target, mail_server, webhook


@pytest.fixture
def hook() -> Iterator[Target]:
    with webhook() as target:
        yield target


@pytest.fixture
def mail() -> Iterator[Target]:
    with mail_server() as target:
        yield target


def deliver(url: str, seconds: float = 20) -> str:
    return asyncio.run(send(url, "标题: a fails", "New:\n- a 中文", seconds))


def test_a_webhook_gets_the_message(hook: Target) -> None:
    assert deliver(hook.url) == ""
    assert hook.got == [("标题: a fails", "New:\n- a 中文")]


def test_a_mailbox_gets_the_message(mail: Target) -> None:
    assert deliver(mail.url) == ""
    ((subject, text),) = mail.got
    assert subject == "标题: a fails"
    assert "- a 中文" in text


def test_a_refusal_says_why(hook: Target, mail: Target) -> None:
    hook.status, mail.status = 403, 550
    assert "403" in deliver(hook.url)
    assert deliver(mail.url) != ""
    assert (hook.got, mail.got) == ([], [])


def test_an_address_that_is_none_is_refused_without_being_shown() -> None:
    reason = deliver("nonsense://s3cret-token")
    assert "no address that Apprise knows" in reason
    assert "s3cret" not in reason


def test_a_target_that_does_not_answer_is_left_after_a_while(hook: Target) -> None:
    hook.hold.clear()
    assert deliver(hook.url, 0.3) == "it did not answer within 0.3 s"


@pytest.mark.parametrize(
    "url",
    [
        "json://s3cret-user:s3cret-pass@127.0.0.1:1/s3cret-path?+X=s3cret-head",
        "mailto://s3cret:s3cret-pass@127.0.0.1:1?from=s3cret@s3cret.org&to=s3cret@s3cret.org",
        "slack://s3cret",
    ],
)
def test_no_part_of_an_address_is_told_or_logged(
    url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    log = io.StringIO()
    handler = logging.StreamHandler(log)  # where the program's own would be
    logging.getLogger().addHandler(handler)
    try:
        reason = deliver(url)
    finally:
        logging.getLogger().removeHandler(handler)
    assert reason
    assert "s3cret" not in reason + log.getvalue() + "".join(capfd.readouterr())
    assert "s3cret" not in describe(0, url)


def test_a_target_is_called_by_its_place_and_kind() -> None:
    assert describe(1, "mailtos://user:pass@host") == "alerts.to[1] (mailtos)"
    assert describe(0, "s3cret") == "alerts.to[0] (?)"


def test_without_apprise_the_way_to_install_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'news-scraper\[alerts\]'"):
        require()
    with pytest.raises(ConfigurationError, match="alerts"):
        deliver("json://127.0.0.1:1")
