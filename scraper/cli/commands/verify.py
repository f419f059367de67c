"""`verify`: does the archive hold what its manifest says, unchanged?"""

import time
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import TYPE_CHECKING

import click

from scraper.cli.exits import Exit
from scraper.cli.output import iso
from scraper.cli.session import Session

if TYPE_CHECKING:
    from scraper.archive.findings import Kind
    from scraper.service.upkeep.verifying import Verified

ADVICE: Mapping["Kind", str] = {
    "chain": "the manifest is not as it was written: restore these days from a backup",
    "differs": "damaged since they were written: restore them from a backup",
    "edited": "edited by their owner, and never overwritten: nothing is wrong",
    "extra": "not written by this program: move them out of the archive; what an interrupted run "
    "left, the next command that writes takes up",
    "front matter": "documents that cannot be trusted to be read as they were meant: mend them",
    "missing": "written once, and not there: restore them from a backup",
    "record": "what was received is damaged: restore these files from a backup",
    "state": "the state and the files differ: `scraper rebuild` makes the state anew from them",
    "timestamp": "not of the file that they stand beside: restore both from a backup",
    "unfinished": "to be removed, but the run was interrupted: the next command that writes, such "
    "as `scraper once`, finishes it",
}


@click.command("verify")
@click.option("--fast", is_flag=True, help="By size and time; only what differs is read.")
@click.pass_obj
def command(session: Session, *, fast: bool) -> None:
    """Check every file of the archive against its manifest; exit 1 where anything differs.

    Files, front matter, the chain of days, every WARC record, the state. It only reads, takes no
    lock, and may run beside a daemon.

    An article that was changed later than it was written, and is a whole document, was edited by
    its owner: that is told, and no reason for exit 1. One that changed while its time did not, that
    is cut off or does not parse, is damaged.
    """
    from scraper.cli.counting import counted
    from scraper.service.upkeep.verifying import verify

    root, started = session.configuration.archive.root, time.monotonic()
    with counted(session.output, "files") as advance:
        verified = verify(root, advance, fast=fast)
    _print(session, verified, time.monotonic() - started)
    raise SystemExit(Exit.TROUBLE if verified.troubles else Exit.DONE)


def _print(session: Session, verified: "Verified", seconds: float) -> None:
    output = session.output
    if output.as_json:
        for finding in verified.findings:
            output.record(
                {
                    "event": "finding",
                    "kind": finding.kind,
                    "path": finding.path,
                    "detail": finding.detail,
                }
            )
        output.record(
            {
                "event": "summary",
                "files": verified.files,
                "records": verified.records,
                "findings": dict(verified.counts),
                "attested": _last_attested(verified),
                "seconds": round(seconds, 3),
            }
        )
        return
    for kind, findings in groupby(verified.findings, key=lambda finding: finding.kind):
        output.problem(f"{kind}: {ADVICE[kind]}")
        for finding in findings:
            detail = f": {finding.detail}" if finding.detail else ""
            output.problem(f"  {finding.path}{detail}")
    for line in _attested(verified):
        output.line(line)
    total = verified.troubles
    output.line(
        f"{verified.files:,} files and {verified.records:,} records checked in {seconds:.1f} s: "
        + (f"{total:,} finding{'s' * (total != 1)}" if total else _sound(verified))
    )


def _sound(verified: "Verified") -> str:
    return "all as they were written" + ", or edited by their owner" * bool(verified.findings)


def _last_attested(verified: "Verified") -> dict[str, object] | None:
    """The timestamp that vouches for the most: for its day and all days before it."""
    if not verified.attested:
        return None
    last = verified.attested[-1]
    return {
        "day": last.day.isoformat(),
        "at": iso(last.stamp.at),
        "days": len(verified.attested),
        "trusted": last.stamp.is_trusted,
    }


def _attested(verified: "Verified") -> Iterator[str]:
    if verified.unread:
        yield (f"{verified.unread:,} timestamps not checked: pip install 'news-scraper[timestamp]'")
    if verified.attested:
        last = verified.attested[-1]
        how = (
            "that this system trusts" if last.stamp.is_trusted else "that this system does not know"
        )
        yield (
            f"the manifest up to {last.day} was there at {iso(last.stamp.at)}, says an authority "
            f"{how}; {len(verified.attested):,} days have a timestamp"
        )
