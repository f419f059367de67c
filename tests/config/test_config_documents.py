from pathlib import Path

import pytest

from scraper.config.documents import Document, find_lines, parse_document, read_document, show_path

TEXT = '''\
top = 1
[fetch]  # a comment
delay = "1s"
"quoted key" = 2
a.b = 3
text = """
[not.a.table]
nor = "a key"
"""
[[sources]]
name = "one"
urls = [
  "http://a/?x=1",
]
[sources.headers]
X = "y"
[[sources]]
name = "two"
'''


def test_every_table_and_key_has_its_line() -> None:
    assert find_lines(TEXT) == {
        ("top",): 1,
        ("fetch",): 2,
        ("fetch", "delay"): 3,
        ("fetch", "quoted key"): 4,
        ("fetch", "a", "b"): 5,
        ("fetch", "text"): 6,
        ("sources", 0): 10,
        ("sources", 0, "name"): 11,
        ("sources", 0, "urls"): 12,
        ("sources", 0, "headers"): 15,
        ("sources", 0, "headers", "X"): 16,
        ("sources", 1): 17,
        ("sources", 1, "name"): 18,
    }


def test_a_key_without_a_line_has_its_tables() -> None:
    document, mistakes = parse_document("s.toml", TEXT)
    assert mistakes == []
    assert document.find(("sources", 1, "urls", 0)) == "s.toml:17"
    assert document.find(("archive", "root")) == "s.toml"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = \n", "s.toml:1: found a syntax error in column 5 (Invalid value), expected TOML"),
        ("a = 1\na = 2\n", "s.toml:2: found a syntax error in column 6 (Cannot overwrite a value)"),
        ("[a", "s.toml: found a syntax error (Expected ']' at the end of a table declaration"),
        (f"a = {'[' * 9000}", "s.toml: found a syntax error (maximum recursion"),
    ],
)
def test_a_syntax_error_says_where(text: str, message: str) -> None:
    document, mistakes = parse_document("s.toml", text)
    assert document == Document("s.toml")
    assert str(mistakes[0]).startswith(message)


def test_a_file_in_another_encoding_says_so(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_bytes('title = "早报"'.encode("gbk"))
    _, [mistake] = read_document(file)
    assert str(mistake) == (
        f"{file}: found byte 0xd4 at offset 9, expected UTF-8 text: save the file as UTF-8"
    )


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_bytes(b"\xef\xbb\xbfa = 1\r\n")
    document, mistakes = read_document(file)
    assert (document.values, mistakes) == ({"a": 1}, [])


def test_a_file_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    _, [mistake] = read_document(tmp_path)
    assert str(mistake) == f"{tmp_path}: found Is a directory, expected a file that can be read"


def test_paths_below_the_working_directory_are_shown_relative(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert show_path(Path.cwd() / "config" / "s.toml") == "config/s.toml"
    assert show_path(Path("config/s.toml")) == "config/s.toml"
    assert show_path(Path("/elsewhere/s.toml")) == "/elsewhere/s.toml"
