"""What is made of what was found out about an installation."""

from datetime import UTC, datetime, timedelta

import pytest

from scraper.service.diagnosis import folder, machine, network
from scraper.service.diagnosis.check import Check, CheckOutcome

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MOUNTS = r"""22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
31 22 0:25 / /srv/my\040news rw - nfs4 nas:/news rw
32 22 0:26 / /tmp rw - tmpfs tmpfs rw
33 22 0:44 / /data rw master:1 - fuse.sshfs host: rw
broken line
"""


def seconds(*values: float) -> list[timedelta]:
    return [timedelta(seconds=value) for value in values]


@pytest.mark.parametrize(
    ("check", "outcome"),
    [
        (machine.judge_python((3, 11, 0)), "ok"),
        (machine.judge_python((3, 10, 9)), "failed"),
        (machine.judge_zones([]), "ok"),
        (machine.judge_zones(["Asia/Singapore"]), "failed"),
        (machine.judge_certificates(140), "ok"),
        (machine.judge_certificates(0), "failed"),
        (machine.judge_open_files(1024, 1000), "ok"),
        (machine.judge_open_files(256, 10), "ok"),
        (machine.judge_open_files(256, 100), "warning"),
        (machine.judge_open_files(32, 1), "failed"),
        (machine.judge_workers(""), "ok"),
        (machine.judge_workers("no more processes"), "failed"),
        (machine.judge_configuration("a.toml", 1), "ok"),
        (machine.judge_configuration("a.toml", 0), "warning"),
        (machine.judge_configuration("", 0), "warning"),
        (machine.judge_mistakes("a.toml: delay"), "failed"),
        (machine.judge_contact("news-scraper/1 (+https://example.org)"), "ok"),
        (machine.judge_contact("news-scraper/1"), "warning"),
        (machine.judge_extras([]), "ok"),
        (machine.judge_extras([("pictures", "archive.pictures")]), "failed"),
        (folder.judge_ownership("/a", folder.Ownership(10001, 10001, writable=True)), "ok"),
        (folder.judge_ownership("/a", folder.Ownership(0, 0, writable=True)), "ok"),
        (folder.judge_ownership("/a", folder.Ownership(0, 10001, writable=True)), "warning"),
        (folder.judge_ownership("/a", folder.Ownership(10001, 0, writable=False)), "failed"),
        (folder.judge_file_system("ext4"), "ok"),
        (folder.judge_file_system(""), "ok"),
        (folder.judge_file_system("nfs4"), "warning"),
        (folder.judge_file_system("fuse.sshfs"), "warning"),
        (folder.judge_file_system("tmpfs"), "warning"),
        (folder.judge_file_system("overlay"), "warning"),
        (folder.judge_file_system("vfat"), "warning"),
        (folder.judge_space(5 * 10**9, 10**11), "ok"),
        (folder.judge_space(10**9, 10**11), "warning"),
        (folder.judge_space(10**7, 10**11), "failed"),
        (folder.judge_inodes(0, 0), "ok"),
        (folder.judge_inodes(10**6, 10**7), "ok"),
        (folder.judge_inodes(10**4, 10**7), "warning"),
        (folder.judge_inodes(10, 10**7), "failed"),
        (folder.judge_write(""), "ok"),
        (folder.judge_write("/a cannot be written: Read-only; make it writable"), "failed"),
        (folder.judge_folder_sync(""), "ok"),
        (folder.judge_folder_sync("Invalid argument"), "warning"),
        (folder.judge_names(""), "ok"),
        (folder.judge_names("File name too long"), "failed"),
        (folder.judge_lock("", "ext4"), "ok"),
        (folder.judge_lock("a second process was let in", "nfs"), "failed"),
        (folder.judge_state(""), "ok"),
        (folder.judge_state("of a newer version"), "failed"),
        (network.judge_dns("a.example", ["192.0.2.1", "192.0.2.2"], ""), "ok"),
        (network.judge_dns("a.example", [], "cannot resolve a.example"), "failed"),
        (network.judge_certificate("a", NOW + timedelta(days=30), "", NOW), "ok"),
        (network.judge_certificate("a", NOW + timedelta(days=3), "", NOW), "warning"),
        (network.judge_certificate("a", None, "TLS: self-signed", NOW), "failed"),
        (network.judge_clock(seconds(1, -2, 90_000)), "ok"),
        (network.judge_clock(seconds(300)), "warning"),
        (network.judge_clock(seconds(-7200)), "failed"),
        (network.judge_clock([]), "warning"),
        (network.judge_robots("a", network.RobotsFound(), 1.0), "ok"),
        (network.judge_robots("a", network.RobotsFound(delay=10.0), 1.0), "ok"),
        (network.judge_robots("a", network.RobotsFound(refused=("u",)), 1.0), "failed"),
        (network.judge_robots("a", network.RobotsFound(unreachable=True), 1.0), "failed"),
        (network.judge_ignored_robots("a"), "warning"),
        (network.judge_source("a", network.SourceFound(1, 30, 0)), "ok"),
        (network.judge_source("a", network.SourceFound(1, 0, 120)), "ok"),
        (network.judge_source("a", network.SourceFound(1, 0, 0)), "warning"),
        (network.judge_source("a", network.SourceFound(2, 30, 0, ("u: 404",))), "warning"),
        (network.judge_source("a", network.SourceFound(1, 0, 0, ("u: 404",))), "failed"),
    ],
)
def test_whatever_is_not_well_comes_with_what_to_do(check: Check, outcome: CheckOutcome) -> None:
    assert check.outcome == outcome
    assert check.reason
    assert bool(check.advice) == (outcome != "ok")


def test_reasons_and_advice_name_what_they_are_about() -> None:
    ownership = folder.judge_ownership("/archive", folder.Ownership(10001, 0, writable=False))
    assert ownership.advice.startswith("chown -R 10001 /archive")
    assert "“news-scraper/1”" in machine.judge_contact("news-scraper/1").reason
    extras = machine.judge_extras([("pictures", "archive.pictures"), ("alerts", "alerts.urls")])
    assert extras.advice == "pip install 'news-scraper[pictures,alerts]'"
    written = folder.judge_write("/a cannot be written: Read-only; make it writable")
    assert (written.reason, written.advice) == (
        "/a cannot be written: Read-only",
        "make it writable",
    )
    assert "nfs" in folder.judge_lock("let in", "nfs").reason
    assert "10 s" in network.judge_robots("a", network.RobotsFound(delay=10.0), 1.0).reason
    private = "10.0.0.1 is not on the public internet: allow it with allow_addresses"
    assert "allow_addresses" in network.judge_dns("a", [], private).advice
    assert "0:05:00 behind" in network.judge_clock(seconds(-300)).reason
    assert "0:05:00 ahead" in network.judge_clock(seconds(300)).reason


@pytest.mark.parametrize(
    ("device", "path", "kind"),
    [
        ("254:0", "/srv/news", "ext4"),
        ("0:25", "/srv/my news/archive", "nfs4"),
        ("0:26", "/tmp", "tmpfs"),
        ("0:99", "/data/archive", "fuse.sshfs"),
        ("0:26", "/tmpfile", "ext4"),
        ("0:1", "relative", ""),
    ],
)
def test_the_file_system_of_a_folder_is_found(device: str, path: str, kind: str) -> None:
    assert folder.find_file_system(MOUNTS, device, path) == kind
