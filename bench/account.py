"""Runs a command and accounts for all of its processes, the orphaned ones included.

Worker processes come from a fork server, which is not waited for by whoever started it; without
being their reaper (prctl(2), PR_SET_CHILD_SUBREAPER) their CPU time would count for nobody.
Usage: account.py COMMAND…; its last line on standard error is [CPU seconds, peak megabytes].
"""

import ctypes
import json
import os
import resource
import subprocess
import sys

PR_SET_CHILD_SUBREAPER = 36


def main() -> None:
    """Run, wait for every descendant, report."""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        sys.exit("account: orphans cannot be adopted, so their CPU time would be missing")
    code = subprocess.run(sys.argv[1:], check=False).returncode
    while True:
        try:
            os.wait()
        except ChildProcessError:
            break
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]), file=sys.stderr)
    sys.exit(code)


if __name__ == "__main__":
    main()
