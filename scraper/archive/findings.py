"""What does not agree in an archive, as values: where and what, not how bad that is."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "missing",
    "extra",
    "differs",
    "edited",
    "unfinished",
    "front matter",
    "chain",
    "timestamp",
    "record",
    "state",
]


@dataclass(frozen=True, slots=True)
class Finding:
    """One disagreement: its kind, the path (or the id of an article) it is about, and details."""

    kind: Kind
    path: str
    detail: str = ""

    @property
    def is_trouble(self) -> bool:
        """Whether something is wrong: an owner may edit what is theirs."""
        return self.kind != "edited"
