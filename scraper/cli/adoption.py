"""What `adopt` tells: every file that was taken or not, and the sums."""

import time
from collections import Counter, defaultdict
from datetime import timedelta

from scraper.cli.exits import Exit
from scraper.cli.output import Output
from scraper.service.upkeep.adopting import FileEvent

EXAMPLES = 3  # of each kind, in a preview for people
_TOLD = {
    "archived": "taken",
    "updated": "taken as earlier texts of their stories",
    "unchanged": "taken together with files that say the same",
    "skipped": "left out",
    "failed": "not taken",
}


class Report:
    """Prints what becomes of files and counts it."""

    def __init__(self, output: Output, *, preview: bool) -> None:
        self._output = output
        self._preview = preview
        self._outcomes: Counter[str] = Counter()
        self._instants: Counter[str] = Counter()
        self._shown: defaultdict[str, int] = defaultdict(int)
        self._started = time.monotonic()

    def tell(self, event: FileEvent) -> None:
        """What became of one file."""
        self._outcomes[event.outcome] += 1
        kinds: list[str] = [event.outcome]
        if event.late:
            kinds.append("corrected")
        if event.doubt:
            kinds.append("flagged")
        self._instants.update(kinds[1:])
        if self._output.as_json:
            self._output.record(_facts(event))
        elif self._is_shown(kinds):
            line = _line(event)
            named = event.outcome in ("failed", "skipped") and not self._preview
            (self._output.problem if named else self._output.line)(line, event.outcome)
        elif event.outcome == "failed":
            self._output.problem(_line(event))

    def _is_shown(self, kinds: list[str]) -> bool:
        """In a preview, a few of each kind; else all."""
        key = kinds[-1]
        self._shown[key] += 1
        return not self._preview or self._shown[key] <= EXAMPLES

    def summary(self) -> None:
        """The last line."""
        seconds = round(time.monotonic() - self._started, 3)
        if self._output.as_json:
            self._output.record(
                {
                    "event": "summary",
                    "sources": {},
                    "articles": dict(self._outcomes),
                    "files": self._outcomes.total(),
                    "corrected": self._instants["corrected"],
                    "flagged": self._instants["flagged"],
                    "preview": self._preview,
                    "seconds": seconds,
                }
            )
            return
        counted = [f"{n:,} {_TOLD[name]}" for name, n in self._outcomes.most_common()]
        counted += [f"{n:,} instants {name}" for name, n in self._instants.most_common()]
        said = f"{self._outcomes.total():,} files: {', '.join(counted) or 'nothing to do'}"
        end = "a preview, nothing was written" if self._preview else f"{seconds:.1f} s"
        self._output.line(f"{said}; {end}")

    @property
    def exit(self) -> Exit:
        """Trouble where a post could not be taken."""
        return Exit.TROUBLE if self._outcomes["failed"] else Exit.DONE


def _facts(event: FileEvent) -> dict[str, object]:
    """A file, as in the JSON output."""
    facts: dict[str, object] = {
        "event": "article",
        "outcome": event.outcome,
        "id": event.id,
        "url": event.url,
        "file": event.file,
    }
    named = {
        "path": event.path,
        "reason": event.reason,
        "corrected_seconds": -int(event.late.total_seconds()),
        "date_doubt": event.doubt,
    }
    return facts | {key: value for key, value in named.items() if value}


def _line(event: FileEvent) -> str:
    notes = [event.reason] if event.reason else []
    if event.late:
        notes.append(f"its instant corrected by {-event.late / timedelta(hours=1):g} hours")
    if event.doubt:
        notes.append(f"its instant is doubtful: {event.doubt}")
    where = f" -> {event.path}" if event.path else ""
    return f"{event.outcome:9} {event.file}{where}" + (f": {'; '.join(notes)}" if notes else "")
