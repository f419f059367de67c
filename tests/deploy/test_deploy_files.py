"""What is shipped to run the program with: every command, port, path and user in it is real."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from scraper.cli.main import scraper as program
from scraper.config.durations import parse_duration
from scraper.config.schema import DEFAULTS
from tests.site_replica import Replica

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = DEPLOY / "systemd"
BINARY = Path(sys.executable).with_name("scraper")
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
DEPLOYMENT = yaml.safe_load((DEPLOY / "kubernetes/deployment.yaml").read_text("utf-8"))
CRONJOB = yaml.safe_load((DEPLOY / "kubernetes/cronjob.yaml").read_text("utf-8"))
CLAIM = yaml.safe_load((DEPLOY / "kubernetes/archive.yaml").read_text("utf-8"))
PODS = {
    "deployment": DEPLOYMENT["spec"]["template"]["spec"],
    "cronjob": CRONJOB["spec"]["jobTemplate"]["spec"]["template"]["spec"],
}


def check_command(arguments: list[str]) -> None:
    """Parse a call as the program does, without running it. Raises where there is no such thing."""
    with program.make_context("scraper", list(arguments)) as context:
        rest = [*context._protected_args, *context.args]
        while rest:
            assert isinstance(context.command, click.Group)
            name, command, rest = context.command.resolve_command(context, rest)
            assert command is not None
            context = command.make_context(name, rest, parent=context)  # noqa: PLW2901
            rest = [*context._protected_args, *context.args]


def cron_lines() -> list[str]:
    lines = (DEPLOY / "crontab").read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def shell_calls(text: str) -> list[list[str]]:
    """The calls of the program in a piece of shell."""
    found = re.findall(r"(?:^|\s)(?:\S*/)?scraper ((?:[\w./-]+ ?)+)", text)
    return [shlex.split(call) for call in found]


def unit_calls() -> list[list[str]]:
    texts = [unit.read_text("utf-8") for unit in UNITS.glob("*.service")]
    return [call for text in texts for call in shell_calls("\n".join(_lines(text, "ExecStart")))]


def _lines(text: str, key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", text, re.MULTILINE)


def compose_calls() -> list[list[str]]:
    calls: list[list[str]] = []
    for service in COMPOSE["services"].values():
        is_shell = "entrypoint" in service
        calls += shell_calls(service["command"][0]) if is_shell else [service["command"]]
        if test := service.get("healthcheck", {}).get("test"):
            calls.append(test[2:])
    return calls


def image_calls() -> list[list[str]]:
    found = re.findall(r"^(?:HEALTHCHECK .*)?CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)
    return [[word for word in yaml.safe_load(call) if word != "scraper"] for call in found]


def test_every_command_in_them_exists_with_its_options() -> None:
    groups = {
        "systemd": unit_calls(),
        "cron": [call for line in cron_lines() for call in shell_calls(line)],
        "compose": compose_calls(),
        "image": image_calls(),
        "kubernetes": [pod["containers"][0]["args"] for pod in PODS.values()],
    }
    assert {name: len(calls) for name, calls in groups.items()} == {
        "systemd": 2,
        "cron": 3,
        "compose": 4,
        "image": 2,
        "kubernetes": 2,
    }
    for call in (call for calls in groups.values() for call in calls):
        check_command(call)


def test_a_command_that_does_not_exist_would_be_found() -> None:
    for wrong in (["onec"], ["once", "--forever"], ["health", "--within", "soon"]):
        with pytest.raises(click.UsageError):
            check_command(wrong)


# -- systemd ---------------------------------------------------------------------------------------


def test_units_are_right_in_systemds_own_eyes(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not installed")
    shutil.copytree(UNITS, tmp_path / "units")
    for unit in (tmp_path / "units").glob("*.service"):
        text = unit.read_text("utf-8")
        unit.write_text(text.replace("/opt/news-scraper/bin/scraper", str(BINARY)), "utf-8")
    units = sorted((tmp_path / "units").glob("*.[st]*[er]"))
    assert [unit.name for unit in units] == [
        "news-scraper-daemon.service",
        "news-scraper-once.service",
        "news-scraper-once.timer",
    ]
    verified = subprocess.run(
        [analyze, "verify", "--man=no", *units],
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}/units:"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    own = [line for line in verified.stderr.splitlines() if "news-scraper" in line]
    assert (verified.returncode, own) == (0, [])


def test_the_daemons_unit_leaves_time_for_what_is_in_hand() -> None:
    text = (UNITS / "news-scraper-daemon.service").read_text("utf-8")
    assert _lines(text, "Type") == ["notify"]
    drain = parse_duration(str(DEFAULTS["daemon"]["drain"]))
    assert drain is not None
    (stop,) = _lines(text, "TimeoutStopSec")
    assert int(stop.removesuffix("s")) > drain + 5
    grace = COMPOSE["services"]["daemon"]["stop_grace_period"]
    assert int(grace.removesuffix("s")) > drain + 5
    for pod in PODS.values():
        assert pod["terminationGracePeriodSeconds"] > drain + 5


# -- cron ------------------------------------------------------------------------------------------


@pytest.mark.replica
def test_the_crontabs_lines_run_as_cron_runs_them(tmp_path: Path, replica: Replica) -> None:
    news = tmp_path / "news"
    (news / ".venv/bin").mkdir(parents=True)
    (news / ".venv/bin/scraper").symlink_to(BINARY)
    (news / "config").mkdir()
    (news / "config/scraper.toml").write_text(
        '[fetch]\ncontact = "https://example.org"\ndelay = "0s"\n'
        'allow_addresses = ["127.0.0.0/8"]\n'
        f'[[sources]]\nsite = "zaobao"\nurls = ["{replica.url}/realtime/china"]\n',
        "utf-8",
    )
    for line in cron_lines():
        *moment, command = line.split(None, 5)
        assert len(moment) == 5
        assert "%" not in command  # cron takes it for the end of the line
        done = subprocess.run(
            ["/bin/sh", "-c", command.replace("/srv/news", str(news))],
            env={
                "HOME": str(tmp_path),
                "LOGNAME": "x",
                "SHELL": "/bin/sh",
                "PATH": "/usr/bin:/bin",
            },
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), command
    assert len(list((news / "archive/_posts").rglob("*.md"))) == 30


# -- containers ------------------------------------------------------------------------------------


def test_the_cron_containers_loop_ends_at_sigterm(tmp_path: Path) -> None:
    """The loop of compose.yaml in a real shell; in the program's place, one that notes its end."""
    (tmp_path / "scraper").write_text(
        "#!/bin/sh\ntrap 'echo ended >> log; exit 0' TERM\necho \"$@\" >> log\n"
        "while :; do sleep 0.05; done\n",
        "utf-8",
    )
    (tmp_path / "scraper").chmod(0o755)
    (loop,) = COMPOSE["services"]["cron"]["command"]
    path = f"{tmp_path}:/usr/bin:/bin"
    shell = subprocess.Popen(
        ["/bin/sh", "-c", loop.replace("$$", "$")], cwd=tmp_path, env={"PATH": path}
    )
    log = tmp_path / "log"
    while not (log.exists() and log.read_text("utf-8")):
        time.sleep(0.02)
        assert shell.poll() is None
    shell.send_signal(signal.SIGTERM)
    assert shell.wait(20) == 0
    assert log.read_text("utf-8") == "--quiet once --wait 300\nended\n"


def test_compose_and_image_agree_on_folders_and_user() -> None:
    assert "SCRAPER_ARCHIVE__ROOT=/archive" in DOCKERFILE
    assert "SCRAPER_CONFIG=/config/scraper.toml" in DOCKERFILE
    assert "USER 10001:10001" in DOCKERFILE
    for service in COMPOSE["services"].values():
        assert service["volumes"] == ["archive:/archive", "./config:/config:ro"]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
    assert COMPOSE["volumes"].keys() == {"archive"}
    daemon = [n for n, service in COMPOSE["services"].items() if not service.get("profiles")]
    assert daemon == ["daemon"]  # of the writers, one alone starts by default


# -- Kubernetes ------------------------------------------------------------------------------------


@pytest.mark.parametrize("pod", PODS.values(), ids=PODS)
def test_pods_have_few_rights_and_what_the_program_needs(pod: dict[str, Any]) -> None:
    security, (container,) = pod["securityContext"], pod["containers"]
    assert security["runAsNonRoot"] is True
    assert security["runAsUser"] == security["runAsGroup"] == security["fsGroup"] == 10001
    assert security["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert container["resources"].keys() == {"requests", "limits"}
    mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    assert mounts == {"archive": "/archive", "config": "/config", "tmp": "/tmp"}
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    assert volumes.keys() == mounts.keys()
    claim = volumes["archive"]["persistentVolumeClaim"]["claimName"]
    assert claim == CLAIM["metadata"]["name"]
    assert CLAIM["spec"]["accessModes"] == ["ReadWriteOnce"]


def test_an_archive_has_one_writer_in_kubernetes_too() -> None:
    assert DEPLOYMENT["spec"]["replicas"] == 1
    assert DEPLOYMENT["spec"]["strategy"] == {"type": "Recreate"}
    assert CRONJOB["spec"]["concurrencyPolicy"] == "Forbid"
    labels = DEPLOYMENT["spec"]["template"]["metadata"]["labels"]
    assert DEPLOYMENT["spec"]["selector"]["matchLabels"] == labels


def test_probes_ask_where_the_daemon_answers() -> None:
    (container,) = PODS["deployment"]["containers"]
    host, port = container["env"][0]["value"].rsplit(":", 1)
    assert container["env"][0]["name"] == "SCRAPER_DAEMON__LISTEN"
    assert host == "0.0.0.0"
    assert port == str(DEFAULTS["daemon"]["listen"]).rsplit(":", 1)[1]
    assert container["ports"] == [{"name": "health", "containerPort": int(port)}]
    probes = {name: container[f"{name}Probe"]["httpGet"] for name in ("startup", "liveness")}
    assert all(probe == {"path": "/healthz", "port": "health"} for probe in probes.values())
    assert container["readinessProbe"]["httpGet"] == {"path": "/readyz", "port": "health"}
