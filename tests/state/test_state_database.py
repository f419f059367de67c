import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import chain
from pathlib import Path

import pytest

from scraper.errors import ArchiveError
from scraper.state import schema
from scraper.state.connection import DamagedError
from scraper.state.database import State, open_state


def tables(state: State) -> list[tuple[str, str]]:
    """Every table with its columns."""
    rows = state._connection.rows(
        "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c"
        " WHERE m.type = 'table' ORDER BY 1, 2"
    )
    return [(table, column) for table, column in rows]


def _latest_tables() -> list[tuple[str, str]]:
    with closing(open_state(Path("absent"), read_only=True)) as state:
        return tables(state)


LATEST_TABLES = _latest_tables()


def test_what_was_committed_is_there_when_opened_again(path: Path) -> None:
    with closing(open_state(path)) as state:
        state.meta.set("heartbeat", "a")
        state.meta.set("heartbeat", "b")
        assert not state.notices
    with closing(open_state(path)) as state:
        assert state.meta.get("heartbeat") == "b"
        assert state.meta.get("other") is None


def test_commits_are_synced_into_a_write_ahead_log(state: State, path: Path) -> None:
    assert state._connection.rows("PRAGMA journal_mode") == [("wal",)]
    assert state._connection.rows("PRAGMA synchronous") == [(2,)]
    assert path.with_name("state.sqlite-wal").exists()


def test_it_may_be_opened_in_one_thread_and_used_in_another(state: State) -> None:
    with ThreadPoolExecutor(1) as disk:
        disk.submit(state.meta.set, "a", "b").result()
        assert disk.submit(state.meta.get, "a").result() == "b"


# -- transactions ----------------------------------------------------------------------------------


def test_a_transaction_that_raises_leaves_nothing(state: State) -> None:
    def fail() -> None:
        with state.transaction():
            state.meta.set("a", "1")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert state.meta.get("a") is None
    with state.transaction():
        state.meta.set("a", "2")
    assert state.meta.get("a") == "2"


def test_an_inner_transaction_that_raises_is_undone_alone(state: State) -> None:
    def fail() -> None:
        with state.transaction():
            state.meta.set("inner", "1")
            raise KeyError

    with state.transaction():
        state.meta.set("outer", "1")
        with pytest.raises(KeyError):
            fail()
        with state.transaction():
            state.meta.set("inner", "2")
    assert (state.meta.get("outer"), state.meta.get("inner")) == ("1", "2")


def test_an_inner_transaction_goes_with_the_outer_one(state: State) -> None:
    def fail() -> None:
        with state.transaction():
            with state.transaction():
                state.meta.set("inner", "1")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert state.meta.get("inner") is None


def test_a_reader_in_another_process_sees_what_is_committed_and_no_more(
    state: State, path: Path
) -> None:
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from scraper.state.database import open_state\n"
        "state = open_state(Path(sys.argv[1]), read_only=True)\n"
        "for _ in sys.stdin:\n"
        "    print(state.meta.get('a'), flush=True)\n"
    )
    state.meta.set("a", "1")
    command, pipe = [sys.executable, "-c", code, str(path)], subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as reader:
        assert reader.stdin
        assert reader.stdout
        answers = []
        with state.transaction():
            state.meta.set("a", "2")
            print(file=reader.stdin, flush=True)
            answers.append(reader.stdout.readline())
        print(file=reader.stdin, flush=True)
        answers.append(reader.stdout.readline())
        reader.stdin.close()

    assert answers == ["1\n", "2\n"]


def test_a_process_killed_in_a_transaction_leaves_what_was_committed(path: Path) -> None:
    code = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from scraper.state.database import open_state\n"
        "state = open_state(Path(sys.argv[1]))\n"
        "state.meta.set('a', '1')\n"
        "with state.transaction():\n"
        "    state.meta.set('a', '2')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    assert killed.returncode < 0

    with closing(open_state(path)) as state:
        assert state.meta.get("a") == "1"
        assert not state.notices


# -- reading without a lock ------------------------------------------------------------------------


def test_an_absent_file_reads_as_an_empty_state_and_is_not_made(path: Path) -> None:
    with closing(open_state(path, read_only=True)) as state:
        assert state.sources.all() == []
        assert state.articles.counts() == {}
        with pytest.raises(ArchiveError, match="let this user write"):
            state.meta.set("a", "b")
    assert not path.parent.exists()


def test_a_file_without_tables_yet_reads_as_an_empty_state(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.touch()
    with closing(open_state(path, read_only=True)) as state:
        assert state.articles.counts() == {}
    assert path.stat().st_size == 0


def test_a_reader_cannot_write(state: State, path: Path) -> None:
    with closing(open_state(path, read_only=True)) as reader:
        with pytest.raises(ArchiveError, match=r"state\.sqlite cannot be used: .*readonly"):
            reader.meta.set("a", "b")
        state.meta.set("a", "c")
        assert reader.meta.get("a") == "c"


def test_a_path_with_odd_characters_is_read(tmp_path: Path) -> None:
    path = tmp_path / "100% ?mode=x#标题" / "state.sqlite"
    with closing(open_state(path)) as state:
        state.meta.set("a", "b")
    with closing(open_state(path, read_only=True)) as state:
        assert state.meta.get("a") == "b"


def test_a_state_on_a_read_only_disk_can_be_read(
    tmp_path: Path, run_on_mount: Callable[[str, str], str]
) -> None:
    with closing(open_state(tmp_path / "mounted/.scraper/state.sqlite")) as state:
        state.meta.set("a", "b")
    said = run_on_mount(
        'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0"',
        "from scraper.state.database import open_state\n"
        "path = root / '.scraper/state.sqlite'\n"
        "print(open_state(path, read_only=True).meta.get('a'))\n"
        "try:\n"
        "    open_state(path)\n"
        "except Exception as error:\n"
        "    print(type(error).__name__, error)\n",
    )

    assert said.startswith("b\nArchiveError ")


# -- files that are not what they should be --------------------------------------------------------


@pytest.mark.parametrize("garbage", [b"not a database at all" * 100, b"SQLite format 3\0" * 300])
def test_a_damaged_file_is_set_aside_with_a_notice(path: Path, garbage: bytes) -> None:
    path.parent.mkdir(parents=True)
    for number in (1, 2):
        path.write_bytes(garbage)
        with closing(open_state(path)) as state:
            (notice,) = state.notices
            assert f"kept as state.sqlite.damaged-{number}" in notice
            assert state.articles.counts() == {}
        assert path.with_name(f"state.sqlite.damaged-{number}").read_bytes() == garbage
    with closing(open_state(path)) as state:
        assert not state.notices


def test_damage_in_the_middle_is_found_when_it_is_opened(path: Path) -> None:
    with closing(open_state(path)) as state, state.transaction():
        for number in range(2000):
            state.meta.set(f"key {number}", "x" * 50)
    data = bytearray(path.read_bytes())
    third = len(data) // 3 // 4096 * 4096
    data[third : 2 * third] = b"\xa5" * third
    path.write_bytes(data)

    with (
        pytest.raises(DamagedError, match="sets it aside"),
        closing(open_state(path, read_only=True)) as reader,
    ):
        # by way of the index: either may lie in the middle
        reader._connection.rows("SELECT m.value FROM meta k JOIN meta m ON m.key = k.key")
    with closing(open_state(path)) as state:
        assert "was damaged" in state.notices[0]


def test_a_damaged_file_takes_the_log_that_a_reader_holds_with_it(path: Path) -> None:
    writer = open_state(path)
    writer._connection.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    with closing(open_state(path, read_only=True)) as reader:
        assert reader.articles.counts() == {}
        writer.close()
        path.write_bytes(b"garbage" * 1000)
        with closing(open_state(path)) as state:
            assert state.notices
            state.meta.set("a", "b")
    with closing(open_state(path)) as state:
        assert state.meta.get("a") == "b"
    names = {file.name for file in path.parent.iterdir() if "damaged" in file.name}
    assert names == {"state.sqlite.damaged-1", "state.sqlite.damaged-1-wal"}


def test_a_reader_leaves_a_damaged_file_alone(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(b"garbage" * 1000)

    with pytest.raises(ArchiveError, match="is damaged"):
        open_state(path, read_only=True)
    assert [file.name for file in path.parent.iterdir()] == ["state.sqlite"]


@pytest.mark.parametrize("read_only", [True, False])
def test_a_newer_schema_is_refused_and_untouched(path: Path, *, read_only: bool) -> None:
    open_state(path).close()
    with closing(sqlite3.connect(path)) as newer:
        newer.execute("PRAGMA user_version = 7")
    before = path.read_bytes()

    with pytest.raises(ArchiveError, match=r"newer version.*schema is 7.*update the program"):
        open_state(path, read_only=read_only)
    assert path.read_bytes() == before


@pytest.mark.parametrize("steps", range(1, schema.VERSION))
@pytest.mark.parametrize("read_only", [True, False])
def test_an_older_schema_keeps_its_rows_and_gets_what_it_lacks(
    path: Path, steps: int, *, read_only: bool
) -> None:
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as older:
        for statement in chain.from_iterable(schema.STEPS[:steps]):
            older.execute(statement)
        older.execute("INSERT INTO meta VALUES ('heartbeat', 'a')")
        older.execute(f"PRAGMA user_version = {steps}")
        older.commit()
    before = path.read_bytes()
    with closing(open_state(path, read_only=read_only)) as state:
        assert state.meta.get("heartbeat") == "a"
        assert state._connection.row("PRAGMA user_version") == (schema.VERSION,)
        assert tables(state) == LATEST_TABLES
    assert (path.read_bytes() == before) is read_only


@pytest.mark.parametrize("read_only", [True, False])
def test_a_folder_in_the_way_is_named(path: Path, *, read_only: bool) -> None:
    path.mkdir(parents=True)
    with pytest.raises(ArchiveError, match=r"state\.sqlite cannot be used: "):
        open_state(path, read_only=read_only)


def test_a_file_where_the_folder_belongs_is_named(path: Path) -> None:
    path.parent.parent.mkdir()
    path.parent.touch()
    with pytest.raises(ArchiveError, match=r"state\.sqlite cannot be used: File exists"):
        open_state(path)


def test_a_writer_that_never_ends_is_an_error_after_a_while(state: State, path: Path) -> None:
    with closing(open_state(path)) as other, state.transaction():
        other._connection.run("PRAGMA busy_timeout = 10")
        with pytest.raises(ArchiveError, match="database is locked; another process"):
            other.meta.set("a", "b")


def test_the_program_s_own_mistakes_are_not_dressed_up(state: State, path: Path) -> None:
    open_and_shut = open_state(path)
    open_and_shut.close()
    with pytest.raises(sqlite3.ProgrammingError):
        open_and_shut.meta.get("a")
    with pytest.raises(ArchiveError, match=r"no such table.*please report"):
        state._connection.rows("SELECT * FROM absent")


def test_a_full_disk_is_named_and_leaves_what_was_committed(
    run_on_mount: Callable[[str, str], str],
) -> None:
    said = run_on_mount(
        'mount -t tmpfs -o size=1m none "$0"',
        "from scraper.state.database import open_state\n"
        "state = open_state(root / 'state.sqlite')\n"
        "state.meta.set('a', '1')\n"
        "try:\n"
        "    with state.transaction():\n"
        "        state.meta.set('a', '2')\n"
        "        state.meta.set('b', 'x' * 3_000_000)\n"
        "except Exception as error:\n"
        "    print(type(error).__name__, error)\n"
        "print(state.meta.get('a'), state.meta.get('b'))\n"
        "state.meta.set('a', '3')\n"
        "print(state.meta.get('a'))\n",
    )

    error, left, then = said.splitlines()
    assert error.startswith("ArchiveError")
    assert "state.sqlite cannot be used: database or disk is full; free space" in error
    assert (left, then) == ("1 None", "3")


def test_an_article_is_written_once_though_its_writer_was_killed_before_the_row(
    tmp_path: Path,
) -> None:
    code = (
        "import os, signal, sys\n"
        "from datetime import UTC, datetime\n"
        "from pathlib import Path\n"
        "from scraper.archive.lock import ArchiveLock\n"
        "from scraper.archive.store import Store\n"
        "from scraper.model import Entry, Validators\n"
        "from scraper.state.articles import Archived\n"
        "from scraper.state.database import open_state\n"
        "root, now = Path(sys.argv[1]), datetime(2026, 1, 2, tzinfo=UTC)\n"
        "ArchiveLock(root).acquire()\n"
        "store, state = Store(root), open_state(root / '.scraper/state.sqlite')\n"
        "url, path = 'https://news.example/a', '_posts/a.md'\n"
        "state.articles.want([Entry(url, 'a')], 's', now)\n"
        "(pending,) = state.articles.pending(now)\n"
        "store.write([(path, 'text of run ' + sys.argv[2])])\n"
        "if sys.argv[2] == '1':\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "row = Archived('a', url, url, 's', '', now, path, path, '', Validators(), now)\n"
        "state.articles.archive([row])\n"
    )
    ends = [
        subprocess.run([sys.executable, "-c", code, str(tmp_path), run], check=False).returncode
        for run in ("1", "2")
    ]
    assert ends[0] < 0
    assert ends[1] == 0
    assert [file.name for file in (tmp_path / "_posts").iterdir()] == ["a.md"]
    assert (tmp_path / "_posts/a.md").read_text() == "text of run 2"
    with closing(open_state(tmp_path / ".scraper/state.sqlite", read_only=True)) as state:
        assert state.articles.statuses(["a"]) == {"a": "archived"}
