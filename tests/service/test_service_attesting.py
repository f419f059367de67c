"""Each day's manifest attested by a real authority on loopback, and what `verify` says of it."""

import logging
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.x509 import load_pem_x509_certificate

from scraper.archive import timestamps
from scraper.archive.manifest import days
from scraper.archive.timestamps import read_stamp
from scraper.model import RevisionSettings
from scraper.service.upkeep.verifying import Verified, verify
from tests.journey.journey import Journey
from tests.service.archives import draft, fill, keep
from tests.service.authority import Authority, serving

FIRST, SECOND = (f"_manifest/2024/2024-05-0{day}.tsr" for day in (6, 7))


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Authority, str]]:
    folder = tmp_path / "authority"
    folder.mkdir()
    with serving(folder) as authority:
        yield authority


@pytest.fixture
def authority(served: tuple[Authority, str]) -> Authority:
    return served[0]


@pytest.fixture
def root(journey: Journey, served: tuple[Authority, str]) -> Path:
    """An archive of two days that are over, which is to be attested."""
    fill(journey.root)
    journey.settings = {"revisions": RevisionSettings(enabled=False), "timestamp": served[1]}
    return journey.root


def look(root: Path) -> Verified:
    return verify(root, lambda *_: None, patience=0)


def stamps(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*.tsr"))


def test_days_that_are_over_are_attested_once(
    journey: Journey, root: Path, authority: Authority
) -> None:
    journey.once()
    assert stamps(root) == [FIRST, SECOND]
    assert all(authority.vouches(root / s, (root / s).with_suffix(".jsonl")) for s in stamps(root))
    verified = look(root)
    assert verified.findings == ()
    assert [one.day.isoformat() for one in verified.attested] == ["2024-05-06", "2024-05-07"]
    age = datetime.now(UTC) - verified.attested[-1].stamp.at
    assert timedelta(seconds=-2) < age < timedelta(minutes=5)
    assert not verified.attested[-1].stamp.is_trusted  # its root is none of the system's
    journey.once()
    assert len(authority.queries) == 2


def test_only_a_hash_is_sent(journey: Journey, root: Path, authority: Authority) -> None:
    journey.once()
    assert all(len(query) < 100 for query in authority.queries)


def test_a_day_that_is_not_over_waits(journey: Journey, root: Path, authority: Authority) -> None:
    now = journey.clock.now()
    today = datetime(now.year, now.month, now.day, tzinfo=UTC)
    keep(root, [draft(7, days=(today - datetime(2024, 5, 6, tzinfo=UTC)).days)])
    journey.clock.ahead = today - now + timedelta(hours=23)
    journey.once()
    assert stamps(root) == [FIRST, SECOND]
    journey.clock.ahead = today - now + timedelta(hours=24, minutes=59)
    journey.once()
    assert len(stamps(root)) == 2  # what was fetched before midnight may still be on its way
    journey.clock.ahead = today - now + timedelta(hours=25)
    journey.once()
    assert len(stamps(root)) == 3


@pytest.mark.parametrize(
    ("mode", "reason"),
    [
        ("down", "HTTP 503"),
        ("html", "text/html instead of application/timestamp-reply"),
        ("refusing", "the authority refuses"),
    ],
)
def test_an_authority_that_does_not_answer_is_told_and_asked_again(
    journey: Journey,
    root: Path,
    authority: Authority,
    caplog: pytest.LogCaptureFixture,
    mode: str,
    reason: str,
) -> None:
    authority.mode = mode
    journey.once()
    (notice,) = [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING]
    assert reason in notice
    assert "2024-05-07.jsonl" in notice
    assert len(authority.queries) == 1
    assert stamps(root) == []
    authority.mode = "honest"
    journey.once()
    assert stamps(root) == [FIRST, SECOND]


def test_an_answer_to_another_request_is_none(
    journey: Journey, root: Path, authority: Authority
) -> None:
    authority.mode = "replaying"
    journey.once()
    assert stamps(root) == [SECOND]


def test_an_address_that_may_not_be_reached_is_not_asked(
    journey: Journey, root: Path, authority: Authority
) -> None:
    journey.fetching = {"allow_addresses": ()}
    journey.once()
    assert (authority.queries, stamps(root)) == ([], [])


def test_a_sealed_day_never_grows(journey: Journey, root: Path) -> None:
    journey.once()
    before = (root / days(root)[-1].path).read_bytes()
    keep(root, [draft(8, days=1)])  # by a clock that was set back
    assert (root / "_manifest/2024/2024-05-07.jsonl").read_bytes() == before
    assert [str(day.day) for day in days(root)] == ["2024-05-06", "2024-05-07", "2024-05-08"]
    assert look(root).findings == ()


def test_a_stamp_that_does_not_fit_is_found(journey: Journey, root: Path) -> None:
    journey.once()
    (root / FIRST).write_bytes((root / SECOND).read_bytes())
    (root / SECOND).write_bytes(b"\x30\x03\x02\x01\x00")
    found = [(f.kind, f.path) for f in look(root).findings]
    assert found == [("timestamp", FIRST), ("timestamp", SECOND)]


def test_a_past_that_was_changed_with_its_whole_chain_is_found(
    journey: Journey, root: Path
) -> None:
    journey.once()
    path = (root / SECOND).with_suffix(".jsonl")
    path.write_text(path.read_text("utf-8").replace(".000Z", ".001Z"), "utf-8")
    assert [(f.kind, f.path) for f in look(root).findings] == [("timestamp", SECOND)]


def test_a_signature_is_checked_by_the_systems_authorities(
    journey: Journey, root: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    journey.once()
    known = load_pem_x509_certificate((authority.folder / "ca.pem").read_bytes())
    monkeypatch.setattr(timestamps, "_roots", lambda: (known,))
    answer = (root / FIRST).read_bytes()
    assert read_stamp(answer).is_trusted
    assert not read_stamp(answer[:-1] + bytes([answer[-1] ^ 1])).is_trusted


def test_without_the_library_it_is_said_what_to_install(
    journey: Journey,
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    journey.once()
    (root / FIRST).unlink()
    monkeypatch.setitem(sys.modules, "rfc3161_client", None)
    monkeypatch.setattr(timestamps, "find_spec", lambda name: None)
    journey.once()
    assert "pip install 'news-scraper[timestamp]'" in caplog.text
    verified = look(root)
    assert (verified.findings, verified.attested, verified.unread) == ((), (), 1)


def test_nobody_is_asked_unless_named(journey: Journey, root: Path, authority: Authority) -> None:
    del journey.settings["timestamp"]
    journey.once()
    assert (authority.queries, stamps(root)) == ([], [])
