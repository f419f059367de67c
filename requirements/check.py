"""Are the lock files made from today's pyproject.toml?

Each lock file ends with the hash of the dependency lists that it was resolved from. `make check`
compares, `make lock` writes it anew. Needs no network, unlike resolving again.
"""

import hashlib
import json
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOCKS = {  # and the group that each of them is resolved with
    "requirements/run.txt": "dev",  # the two are resolved together
    "requirements/dev.txt": "dev",
    "bench/peers.txt": "peers",
}
MARK = "# resolved from: sha256:"


def inputs(group: str) -> str:
    """The hash of every part of pyproject.toml that decides what is locked."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    parts = [
        project["project"]["requires-python"],
        sorted(project["project"]["dependencies"]) if group == "dev" else [],
        project["project"]["optional-dependencies"] if group == "dev" else {},
        sorted(project["dependency-groups"][group]),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def main() -> str | None:
    """Check, or with --write mark, the lock files; returns what is wrong."""
    for name, group in LOCKS.items():
        line = MARK + inputs(group) + "\n"
        lock = ROOT / name
        text = lock.read_text("utf-8")
        body, _, _ = text.partition(MARK)
        if "--write" in sys.argv:
            lock.write_text(body + line, "utf-8")
        elif not text.endswith("\n" + line):
            return f"{name} is older than pyproject.toml: run `make lock`"
    return None


if __name__ == "__main__":
    sys.exit(main())
