"""Judges the machine and the configuration of an installation. Pure."""

from collections.abc import Collection

from scraper.service.diagnosis.check import Check, failed, ok, warning

LEAST_PYTHON = (3, 11)
FILES_AT_LEAST = 64
FILES_OF_A_HOST = 6  # its connections, and what is open on disk meanwhile
FILES_ENOUGH = 1_024


def judge_python(version: tuple[int, int, int]) -> Check:
    """The interpreter that runs this."""
    said = ".".join(map(str, version))
    if version[:2] < LEAST_PYTHON:
        return failed("python", said, "install Python 3.11 or newer, and the program with it")
    return ok("python", said)


def judge_zones(missing: Collection[str]) -> Check:
    """Time zones that sources need and that neither the system nor tzdata knows."""
    if missing:
        return failed("zones", f"unknown: {', '.join(missing)}", "pip install --upgrade tzdata")
    return ok("zones", "every time zone that is needed is known")


def judge_certificates(count: int) -> Check:
    """How many certificate authorities are trusted, the system's and certifi's together."""
    if not count:
        return failed(
            "certificates",
            "no certificate authority is trusted: no https address can be read",
            "pip install --upgrade certifi, or install the system's ca-certificates",
        )
    return ok("certificates", f"{count} certificate authorities are trusted")


def judge_open_files(limit: int, hosts: int) -> Check:
    """The soft limit of open files (RLIMIT_NOFILE), for the hosts of the sources."""
    wanted = min(FILES_ENOUGH, FILES_AT_LEAST + FILES_OF_A_HOST * hosts)
    reason = f"at most {limit:,}"
    advice = f"ulimit -n {FILES_ENOUGH}; LimitNOFILE={FILES_ENOUGH} in the systemd unit"
    if limit < FILES_AT_LEAST:
        return failed("open-files", reason, advice)
    if limit < wanted:
        return warning("open-files", f"{reason}; {hosts} hosts may need {wanted:,}", advice)
    return ok("open-files", reason)


def judge_workers(trouble: str) -> Check:
    """Whether processes that parse can be started; `trouble` is why not."""
    if trouble:
        return failed(
            "workers",
            f"no process for parsing can be started: {trouble}",
            "raise the limit of processes (ulimit -u, pids_limit, TasksMax), give the container a"
            " writable /tmp and /dev/shm, and let its seccomp profile allow fork",
        )
    return ok("workers", "processes for parsing can be started")


def judge_configuration(file: str, sources: int) -> Check:
    """The file that was read, "" for none."""
    if not file:
        advice = "`scraper init` writes one; --config FILE or $SCRAPER_CONFIG names another"
        return warning("configuration", "there is none: only `fetch` works without", advice)
    if not sources:
        advice = "add [[sources]], or let `scraper sources discover URL` find some"
        return warning("configuration", f"{file} has no sources: nothing is polled", advice)
    return ok("configuration", f"{file}, {sources} source{'s' * (sources != 1)}")


def judge_mistakes(mistakes: str) -> Check:
    """A configuration that cannot be used."""
    return failed("configuration", mistakes, "mend it; `scraper config check` says whether it is")


def judge_contact(user_agent: str) -> Check:
    """How site operators see us (RFC 9110 §10.1.5), and whether they can reach us."""
    if "(+" not in user_agent:
        return warning(
            "contact",
            f"site operators see “{user_agent}” and cannot reach you",
            "set contact in [fetch] to a URL or an e-mail address",
        )
    return ok("contact", f"site operators see “{user_agent}”")


def judge_extras(missing: Collection[tuple[str, str]]) -> Check:
    """Extras that are not installed although a key asks for them: (extra, key) each."""
    if missing:
        keys = ", ".join(f"{key} needs {extra}" for extra, key in missing)
        names = ",".join(dict.fromkeys(extra for extra, _ in missing))
        return failed("extras", f"not installed: {keys}", f"pip install 'news-scraper[{names}]'")
    return ok("extras", "what the configuration needs is installed")
