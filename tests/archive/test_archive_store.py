import os
import tempfile
import unicodedata
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.archive.folders import Folders, sync_folder
from scraper.archive.store import Store
from scraper.errors import ArchiveError


def names_below(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def test_what_is_written_is_read_back_with_its_line_ends(store: Store, tmp_path: Path) -> None:
    text = "---\ntitle: 一\r\n\n正文\r"
    store.write([("_posts/2026/01/a.md", text)])

    assert store.read("_posts/2026/01/a.md") == text
    assert (tmp_path / "archive/_posts/2026/01/a.md").read_bytes() == text.encode()


@settings(max_examples=30)
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_survives(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        store.write([("a.md", text)])
        assert store.read("a.md") == text


def test_a_file_is_replaced_and_leaves_no_trace(store: Store, tmp_path: Path) -> None:
    store.write([("_posts/a.md", "old, and longer")])
    store.write([("_posts/a.md", "new")])

    assert store.read("_posts/a.md") == "new"
    assert names_below(tmp_path) == {"archive/_posts/a.md"}


def test_of_one_path_twice_in_a_batch_the_later_stays(store: Store) -> None:
    store.write([("a.md", "first"), ("a.md", "second")])

    assert store.read("a.md") == "second"


def test_a_batch_larger_than_what_is_open_at_once_is_written(store: Store, tmp_path: Path) -> None:
    files = [(f"_posts/{number % 7}/{number}.md", str(number)) for number in range(200)]
    store.write(files)

    assert all(store.read(path) == text for path, text in files)
    assert len(names_below(tmp_path)) == 200


def test_an_empty_batch_needs_no_archive(store: Store) -> None:
    store.write([])


def test_a_folder_that_was_deleted_meanwhile_is_made_again(store: Store, tmp_path: Path) -> None:
    store.write([("a/b/c.md", "1")])
    (tmp_path / "archive/a/b/c.md").unlink()
    (tmp_path / "archive/a/b").rmdir()

    store.write([("a/b/c.md", "2")])
    assert store.read("a/b/c.md") == "2"


def test_exists_sees_files_and_nothing_else(store: Store, tmp_path: Path) -> None:
    assert not store.exists("_posts/a.md")
    store.write([("_posts/a.md", "")])

    assert store.exists("_posts/a.md")
    assert not store.exists("_posts/b.md")
    (tmp_path / "archive/_posts/dangling.md").symlink_to("nowhere")
    assert store.exists("_posts/dangling.md")


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../a.md", "a/../../b.md", "", ".", "a\0b", "a\ud800"]
)
def test_a_path_that_leaves_the_archive_is_refused(store: Store, tmp_path: Path, path: str) -> None:
    for use in (store.read, store.exists, lambda path: store.write([("ok.md", ""), (path, "")])):
        with pytest.raises(ArchiveError, match="no path inside the archive"):
            use(path)
    assert not names_below(tmp_path)


def test_a_planted_link_to_a_folder_is_not_followed(store: Store, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.md").write_text("not ours")
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive/_posts").symlink_to(outside)

    for use in (store.read, store.exists, lambda path: store.write([(path, "ours")])):
        with pytest.raises(ArchiveError, match="symbolic link"):
            use("_posts/a.md")
    assert (outside / "a.md").read_text() == "not ours"
    assert names_below(outside) == {"a.md"}


def test_a_planted_link_to_a_file_is_neither_followed_nor_replaced(
    store: Store, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("not ours")
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive/a.md").symlink_to(secret)

    with pytest.raises(ArchiveError, match=r"a\.md.*symbolic link"):
        store.write([("a.md", "ours")])
    with pytest.raises(ArchiveError, match=r"a\.md cannot be read.*link"):
        store.read("a.md")
    assert secret.read_text() == "not ours"
    assert (tmp_path / "archive/a.md").is_symlink()


def test_the_root_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "archive").symlink_to(tmp_path / "disk")
    Store(tmp_path / "archive").write([("a.md", "x")])

    assert (tmp_path / "disk/a.md").read_text() == "x"


def test_a_file_where_a_folder_is_needed_is_named_and_nothing_is_written(
    store: Store, tmp_path: Path
) -> None:
    store.write([("_posts", "a file")])
    with pytest.raises(ArchiveError, match=r"_posts/b\.md cannot be written: Not a directory; .*"):
        store.write([("other/a.md", "x"), ("_posts/b.md", "x")])

    assert names_below(tmp_path) == {"archive/_posts"}


def test_a_root_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for root in (tmp_path / "file", tmp_path / "file/archive"):
        with pytest.raises(ArchiveError, match="cannot be written"):
            Store(root).write([("a.md", "x")])
        with pytest.raises(ArchiveError, match="cannot be written"):
            Store(root).check_writable()


def test_a_folder_where_the_file_belongs_leaves_no_temporary(store: Store, tmp_path: Path) -> None:
    (tmp_path / "archive/a.md").mkdir(parents=True)
    with pytest.raises(ArchiveError, match=r"a\.md cannot be written: Is a directory"):
        store.write([("a.md", "x")])

    assert not names_below(tmp_path)


def test_a_name_that_is_too_long_says_what_to_shorten(store: Store) -> None:
    with pytest.raises(ArchiveError, match="shorten `path`"):
        store.write([("标" * 90 + ".md", "x")])


def test_a_text_that_is_not_unicode_is_refused_before_anything_is_touched(
    store: Store, tmp_path: Path
) -> None:
    with pytest.raises(ArchiveError, match=r"b\.md cannot be written: .*U\+D800"):
        store.write([("a.md", "fine"), ("b.md", "bad \ud800")])

    assert not (tmp_path / "archive").exists()


def test_reading_what_is_absent_or_not_utf8_says_so(store: Store, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match=r"a\.md cannot be read: No such file"):
        store.read("a.md")
    store.write([("a.md", "x")])
    (tmp_path / "archive/a.md").write_bytes(b"ok \xff")
    with pytest.raises(ArchiveError, match=r"a\.md is not UTF-8 \(byte 3\)"):
        store.read("a.md")


def test_sweep_removes_what_dead_runs_left_and_nothing_else(store: Store, tmp_path: Path) -> None:
    root, outside = tmp_path / "archive", tmp_path / "outside"
    outside.mkdir()
    (outside / ".1-x.tmp").touch()
    store.write([("_posts/2026/a.md", ""), ("_posts/note.tmp", ""), ("_quarantine/b.md", "")])
    for name in ("_posts/.1-x.tmp", "_posts/2026/.22-y.tmp", "_quarantine/.1-z.tmp"):
        (root / name).touch()
    (root / "_posts/link").symlink_to(outside)
    (root / "_revisions").symlink_to(outside)

    assert store.sweep() == 3
    assert names_below(root) == {"_posts/2026/a.md", "_posts/note.tmp", "_quarantine/b.md"}
    assert (outside / ".1-x.tmp").exists()
    assert store.sweep() == 0


def test_there_is_nothing_to_sweep_in_an_archive_not_yet_made(store: Store) -> None:
    assert store.sweep() == 0


def test_check_writable_makes_the_archive_and_leaves_no_file(store: Store, tmp_path: Path) -> None:
    store.check_writable()

    assert (tmp_path / "archive").is_dir()
    assert not names_below(tmp_path)


def test_a_folder_of_a_system_that_cannot_sync_is_taken_as_it_is() -> None:
    folder = os.open("/proc", os.O_RDONLY)
    try:
        sync_folder(folder)
    finally:
        os.close(folder)


def test_a_failing_folder_sync_is_not_hidden(tmp_path: Path) -> None:
    folder = os.open(tmp_path, os.O_RDONLY)
    os.close(folder)
    with pytest.raises(OSError, match="Bad file descriptor"):
        sync_folder(folder)


def test_an_absent_folder_is_not_made_for_a_reader(tmp_path: Path) -> None:
    with (
        pytest.raises(FileNotFoundError),
        Folders(tmp_path).open(PurePosixPath("a/b")),
    ):
        pass
    assert not (tmp_path / "a").exists()


def test_a_file_over_the_size_limit_leaves_the_old_one(
    run_python: Callable[[str, Path], str], store: Store, tmp_path: Path
) -> None:
    store.write([("_posts/a.md", "old")])
    said = run_python(
        "import resource\n"
        "from scraper.archive.store import Store\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))\n"
        "try:\n"
        "    Store(root).write([('_posts/b.md', 'small'), ('_posts/a.md', 'x' * 20_000)])\n"
        "except Exception as error:\n"
        "    print(type(error).__name__, error)\n",
        tmp_path / "archive",
    )

    assert said.startswith("ArchiveError")
    assert "_posts/a.md cannot be written: File too large; raise the limit" in said
    assert names_below(tmp_path) == {"archive/_posts/a.md"}
    assert store.read("_posts/a.md") == "old"


def test_a_full_disk_leaves_the_old_files_and_no_temporary(
    run_on_mount: Callable[[str, str], str],
) -> None:
    said = run_on_mount(
        'mount -t tmpfs -o size=64k none "$0"',
        "from scraper.archive.store import Store\n"
        "store = Store(root)\n"
        "store.write([('_posts/a.md', 'old')])\n"
        "try:\n"
        "    store.write([('_posts/a.md', 'new'), ('_posts/b.md', 'x' * 100_000)])\n"
        "except Exception as error:\n"
        "    print(type(error).__name__, error)\n"
        "print(store.read('_posts/a.md'), sorted(p.name for p in root.rglob('*')))\n"
        "store.check_writable()\n",
    )

    error, left = said.splitlines()
    assert error.startswith("ArchiveError")
    assert "_posts/b.md cannot be written: No space left on device; free space" in error
    assert left == "old ['_posts', 'a.md']"


def test_a_read_only_disk_is_named_with_what_to_do(
    run_on_mount: Callable[[str, str], str],
) -> None:
    said = run_on_mount(
        'mount -t tmpfs -o ro none "$0"',
        "from scraper.archive.lock import ArchiveLock\n"
        "from scraper.archive.store import Store\n"
        "store = Store(root)\n"
        "write = lambda: store.write([('_posts/a.md', 'x')])\n"
        "for use in (write, store.check_writable, ArchiveLock(root).acquire):\n"
        "    try:\n"
        "        use()\n"
        "    except Exception as error:\n"
        "        print(type(error).__name__, error)\n",
    )

    assert said.count("ArchiveError") == 3
    assert said.count("Read-only file system; make that disk writable") == 3


def test_names_are_kept_as_given(store: Store, tmp_path: Path) -> None:
    name = unicodedata.normalize("NFC", "2026-01-02-é标题：“引号”.md")
    store.write([(f"_posts/{name}", "x")])

    assert names_below(tmp_path) == {f"archive/_posts/{name}"}
