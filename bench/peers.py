"""The environment of the extractors that this project is compared with.

They are no dependencies of this project: their lock file lies beside this module, and they are
installed from it when a measurement first needs them.
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
LOCK = HERE / "peers.txt"
ENVIRONMENT = HERE / ".peers"


def install() -> Path:
    """The Python of the environment, which is made anew when the lock file has changed."""
    python, stamp = ENVIRONMENT / "bin/python", ENVIRONMENT / "installed.txt"
    lock = LOCK.read_text("utf-8")
    if not stamp.exists() or stamp.read_text("utf-8") != lock:
        uv = str(Path(sys.executable).with_name("uv"))
        subprocess.run(
            [uv, "venv", "--quiet", "--clear", "--python", sys.executable, ENVIRONMENT], check=True
        )
        sync = [uv, "pip", "sync", "--quiet", "--require-hashes", "--compile-bytecode"]
        subprocess.run([*sync, "--python", str(python), str(LOCK)], check=True)
        stamp.write_text(lock, "utf-8")
    return python
