import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from scraper.archive.lock import ArchiveLock
from scraper.errors import ArchiveBusyError, ArchiveError

HOLDER = """
import sys
from pathlib import Path
from scraper.archive.lock import ArchiveLock

with ArchiveLock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def holder(root: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the lock until its standard input is closed."""
    command = [sys.executable, "-c", HOLDER, str(root)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield process


def test_a_second_process_is_told_who_holds_it_and_how_to_wait(tmp_path: Path) -> None:
    with holder(tmp_path) as process, pytest.raises(ArchiveBusyError) as caught:
        ArchiveLock(tmp_path).acquire()

    assert f"process {process.pid} (-c " in str(caught.value)
    assert "--wait SECONDS waits for it" in str(caught.value)


def test_waiting_ends_when_the_holder_ends(tmp_path: Path) -> None:
    with holder(tmp_path) as process:
        assert process.stdin
        process.stdin.close()
        lock = ArchiveLock(tmp_path)
        lock.acquire(wait_seconds=60)
        lock.release()


def test_waiting_has_an_end(tmp_path: Path) -> None:
    with holder(tmp_path), pytest.raises(ArchiveBusyError):
        ArchiveLock(tmp_path).acquire(wait_seconds=0.12)


def test_a_killed_holder_leaves_nothing_to_clean_up(tmp_path: Path) -> None:
    with holder(tmp_path) as process:
        process.kill()
        process.wait()
        with ArchiveLock(tmp_path):
            pass


def test_of_two_processes_that_start_together_one_gets_it(tmp_path: Path) -> None:
    root = tmp_path / "not/made/yet"
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from scraper.archive.lock import ArchiveLock\n"
        "from scraper.errors import ArchiveBusyError\n"
        "sys.stdin.readline()\n"
        "try:\n"
        "    ArchiveLock(Path(sys.argv[1])).acquire()\n"
        "    print('held', flush=True)\n"
        "except ArchiveBusyError:\n"
        "    print('busy', flush=True)\n"
        "sys.stdin.read()\n"
    )
    command, pipe = [sys.executable, "-c", code, str(root)], subprocess.PIPE
    with ExitStack() as stack:
        rivals = [
            stack.enter_context(subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True))
            for _ in range(3)
        ]
        for rival in rivals:
            assert rival.stdin
            rival.stdin.write("\n")
            rival.stdin.flush()
        said = [rival.stdout.readline() for rival in rivals if rival.stdout]
        for rival in rivals:
            assert rival.stdin
            rival.stdin.close()

    assert sorted(said) == ["busy\n", "busy\n", "held\n"]


def test_a_started_program_does_not_inherit_it(tmp_path: Path) -> None:
    lock = ArchiveLock(tmp_path)
    lock.acquire()
    command = [sys.executable, "-c", "import sys; print(1, flush=True); sys.stdin.read()"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, close_fds=False) as child:
        assert child.stdout
        child.stdout.readline()
        lock.release()
        with ArchiveLock(tmp_path):
            pass
        assert child.stdin
        child.stdin.close()


def test_one_lock_excludes_another_of_the_same_process(tmp_path: Path) -> None:
    with ArchiveLock(tmp_path), pytest.raises(ArchiveBusyError, match=f"process {os.getpid()} "):
        ArchiveLock(tmp_path).acquire()


def test_releasing_what_is_not_held_does_nothing(tmp_path: Path) -> None:
    lock = ArchiveLock(tmp_path)
    lock.release()
    lock.acquire()
    lock.release()
    lock.release()
    with lock:
        pass


def test_a_lock_on_a_file_that_was_deleted_meanwhile_does_not_count(tmp_path: Path) -> None:
    lock, path = ArchiveLock(tmp_path), tmp_path / ".scraper/lock"
    with lock:
        pass
    waiting = os.open(path, os.O_RDWR)
    path.unlink()
    assert not lock._lock(waiting)
    path.touch()  # by another process
    assert not lock._lock(waiting)
    os.close(waiting)
    with lock:
        pass


@pytest.mark.parametrize("note", [b"", b"\xff\xfe", b"what is this"])
def test_whatever_stands_in_the_file_there_is_a_message(tmp_path: Path, note: bytes) -> None:
    with ArchiveLock(tmp_path):
        (tmp_path / ".scraper/lock").write_bytes(note)
        with pytest.raises(ArchiveBusyError, match="written by another process; --wait"):
            ArchiveLock(tmp_path).acquire()


def test_control_characters_of_the_note_do_not_reach_the_terminal(tmp_path: Path) -> None:
    with ArchiveLock(tmp_path):
        (tmp_path / ".scraper/lock").write_bytes(b"12 \x1b[31mscraper\x07 once\n")
        with pytest.raises(ArchiveBusyError, match=r"process 12 \(\[31mscraper once\);"):
            ArchiveLock(tmp_path).acquire()


def test_a_folder_that_cannot_be_made_is_an_error_of_the_archive(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ArchiveError, match="lock cannot be locked: "):
        ArchiveLock(tmp_path / "file").acquire()


def test_a_planted_link_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("keep")
    (tmp_path / ".scraper").mkdir()
    (tmp_path / ".scraper/lock").symlink_to(tmp_path / "precious")

    with pytest.raises(ArchiveError, match="link"):
        ArchiveLock(tmp_path).acquire()
    assert (tmp_path / "precious").read_text() == "keep"


def test_a_full_disk_does_not_hinder_locking(run_on_mount: Callable[[str, str], str]) -> None:
    said = run_on_mount(
        'mount -t tmpfs -o size=64k none "$0"',
        "from scraper.archive.lock import ArchiveLock\n"
        "with ArchiveLock(root):\n"
        "    pass\n"
        "(root / '.scraper/lock').write_bytes(b'')\n"
        "try:\n"
        "    (root / 'fill').write_bytes(b'x' * 100_000)\n"
        "except OSError:\n"
        "    print('full')\n"
        "with ArchiveLock(root):\n"
        "    print('held')\n",
    )

    assert said == "full\nheld\n"
