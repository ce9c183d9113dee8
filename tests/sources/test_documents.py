"""What a path stands for: files, folders, archives, pipes; and what no damage and no malice may do to them."""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import subprocess
import sys
import threading
import warnings
import zipfile
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.errors import SourceError, UnreadableFile
from harvester.model import Comment, Refused
from harvester.sources.base import Options
from harvester.sources.documents import Document, Named, Unread, documents
from harvester.sources.reading import read

TABLE = b"username,text\nann,one\nbob,two\n"
ROWS = b"username,text\n" + b"".join(b"user%d,word %d %x\n" % (n, n, n * 2654435761) for n in range(20_000))
ENCRYPTED = 0x1


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", method) as file, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # Two members of one name are meant.
        for name, content in members:
            file.writestr(name, content)
    return archive.getvalue()


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., str]:
    """Writes a file and gives its path."""

    def write(content: bytes, name: str = "file") -> str:
        path = tmp_path / name
        path.write_bytes(content)
        return str(path)

    return write


def names(found: list[Named], folder: Path | str = "") -> list[str]:
    return [each.name.removeprefix(f"{folder}/") for each in found]


def content_of(document: Named) -> bytes:
    assert isinstance(document, Document), document
    with closing(document.open()) as stream:
        return stream.read()


def refusal_of(path: str) -> UnreadableFile:
    """The one reason for which a path cannot be read: at once, or when it is opened or read."""
    (found,) = documents(path)
    if isinstance(found, Unread):
        assert isinstance(found.error, UnreadableFile)
        return found.error
    with pytest.raises(UnreadableFile) as refusal:
        drain(found)
    return refusal.value


def drain(document: Document) -> None:
    with closing(document.open()) as stream:
        while stream.read(65_536):
            pass


def records(document: Named) -> list[str]:
    """The texts of the comments of a document, and the reasons of what was refused."""
    assert isinstance(document, Document), document
    with closing(document.open()) as stream:
        found = list(read(stream, document.name, Options()).records)
    assert all(isinstance(record, Comment | Refused) for record in found)
    return [record.text if isinstance(record, Comment) else getattr(record, "reason", "") for record in found]


# --- plain files, folders, pipes ---


def test_a_plain_file_is_itself(written: Callable[..., str]) -> None:
    path = written(TABLE)
    (document,) = documents(path)
    assert isinstance(document, Document)
    assert (document.name, document.size, content_of(document)) == (path, len(TABLE), TABLE)


@pytest.mark.parametrize(
    ("path", "words"), [("", "cannot be opened"), ("nowhere/at all", "no such file"), ("a\0b", "cannot be opened")]
)
def test_what_is_no_file_says_so(path: str, words: str) -> None:
    error = refusal_of(path)
    assert words in error.message
    assert error.hint


def test_a_folder_stands_for_the_files_below_it_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b/2.csv", "b/10.csv", "a/z.csv", "a/a/deep.csv", "top.csv", ".hidden", ".git/config", "a/.hidden"):
        Path(tmp_path, name).parent.mkdir(parents=True, exist_ok=True)
        Path(tmp_path, name).write_bytes(TABLE)
    Path(tmp_path, "a/link.csv").symlink_to(tmp_path / "top.csv")
    Path(tmp_path, "round").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "a/pipe")
    found = names(list(documents(str(tmp_path))), tmp_path)
    assert found == ["top.csv", "a/z.csv", "a/a/deep.csv", "b/10.csv", "b/2.csv"]


def test_a_folder_without_files_says_so(tmp_path: Path) -> None:
    Path(tmp_path, ".hidden").write_bytes(TABLE)
    assert "holds no file" in refusal_of(str(tmp_path)).message


def test_a_bad_file_of_a_folder_does_not_hide_the_others(tmp_path: Path) -> None:
    Path(tmp_path, "1.csv").write_bytes(TABLE)
    Path(tmp_path, "2.zip").write_bytes(zipped(("in.csv", TABLE))[:-40])
    Path(tmp_path, "3.csv").write_bytes(TABLE)
    assert [type(each) for each in documents(str(tmp_path))] == [Document, Unread, Document]


def test_what_may_not_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("1.csv", "2.csv", "closed/3.csv"):
        Path(tmp_path, name).parent.mkdir(exist_ok=True)
        Path(tmp_path, name).write_bytes(TABLE)
    really, listed = Path.open, os.scandir

    def opened(path: Path, *arguments: str) -> object:
        if path.name == "2.csv":
            raise PermissionError(13, "Permission denied", str(path))
        return really(path, *arguments)

    def scanned(path: str) -> object:
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    # The tests may run as somebody who may read everything.
    monkeypatch.setattr(Path, "open", opened)
    monkeypatch.setattr(os, "scandir", scanned)
    found = list(documents(str(tmp_path)))
    assert names(found, tmp_path) == ["1.csv", "2.csv", "closed"]
    assert ["Permission denied" in each.error.message for each in found if isinstance(each, Unread)] == [True, True]


@pytest.mark.parametrize("content", [TABLE, gzip.compress(TABLE), zipped(("in.csv", TABLE))])
def test_standard_input_is_read_whatever_it_is(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content)))
    for document in documents("-"):
        assert document.name.startswith("standard input")
        assert content_of(document) == content_of(document) == TABLE


def test_standard_input_that_cannot_be_read_is_an_error_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(zipped(("a", TABLE))[:40])))
    assert "standard input" in refusal_of("-").message


def test_a_named_pipe_is_read_like_standard_input(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(gzip.compress(TABLE),))
    writer.start()
    for document in documents(str(pipe)):
        assert content_of(document) == content_of(document) == TABLE
    writer.join()


# --- gzip ---


@pytest.mark.parametrize("rest", [b"", gzip.compress(b"eve,three\n"), b"\0" * 512])
def test_a_gzip_file_is_what_it_holds_in_all_its_parts(rest: bytes, written: Callable[..., str]) -> None:
    (document,) = documents(written(gzip.compress(TABLE) + rest))
    assert content_of(document).startswith(TABLE)
    assert records(document)[:2] == ["one", "two"]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda packed: packed[: len(packed) // 2], id="cut off"),
        pytest.param(lambda packed: packed[:-6], id="without its checksum"),
        pytest.param(lambda packed: packed[:-8] + b"\0\0\0\0" + packed[-4:], id="with a wrong checksum"),
        pytest.param(lambda packed: packed + b"something else", id="with something behind"),
        pytest.param(lambda packed: packed[:150_000] + b"\xff" * 99 + packed[150_099:], id="overwritten"),
    ],
)
def test_a_damaged_gzip_file_gives_what_comes_before_and_says_that_it_is_damaged(
    damage: Callable[[bytes], bytes], written: Callable[..., str]
) -> None:
    (document,) = documents(written(damage(gzip.compress(ROWS))))
    found = records(document)
    assert found[-1] == "damaged_archive"
    assert len(found) > 5_000
    assert found[0].startswith("word 0 ")


@pytest.mark.parametrize("length", [2, 5, 10, 11])
def test_a_gzip_file_that_is_cut_off_at_once_is_damaged_not_empty(length: int, written: Callable[..., str]) -> None:
    assert "damaged" in refusal_of(written(gzip.compress(TABLE)[:length])).message


# --- zip ---


def test_an_archive_stands_for_its_files_in_the_order_of_their_names(written: Callable[..., str]) -> None:
    path = written(
        zipped(
            ("b.csv", TABLE), ("a/", b""), ("a/z.csv", TABLE), ("a/b.csv", TABLE), ("__MACOSX/a/._z.csv", b"x"),
            (".DS_Store", b"x"), ("a/.hidden", b"x"), ("__MACOSX\\._z.csv", b"x"),
        ),
        "archive.zip",
    )  # fmt: skip
    found = list(documents(path))
    assert names(found, path) == ["a/b.csv", "a/z.csv", "b.csv"]
    assert [content_of(each) for each in found] == [TABLE] * 3


def test_the_files_of_an_archive_can_be_opened_while_it_is_gone_through_and_later(written: Callable[..., str]) -> None:
    path = written(zipped(("a.csv", TABLE), ("b.csv", TABLE)))
    assert [content_of(each) for each in documents(path)] == [TABLE, TABLE]
    assert [content_of(each) + content_of(each) for each in list(documents(path))] == [TABLE * 2, TABLE * 2]


def test_two_files_of_one_name_are_both_read(written: Callable[..., str]) -> None:
    path = written(zipped(("a.csv", TABLE), ("a.csv", TABLE + b"eve,three\n")))
    assert sorted(len(content_of(each)) for each in documents(path)) == [len(TABLE), len(TABLE) + 10]


def test_the_one_file_of_tiktoks_own_download_is_read_alone(written: Callable[..., str]) -> None:
    path = written(zipped(("photo.jpg", b"x"), ("data/user_data_tiktok.json", b"{}"), ("notes.txt", b"x")))
    assert names(list(documents(path)), path) == ["data/user_data_tiktok.json"]


@pytest.mark.parametrize("name", ["../../outside.csv", "/etc/outside.csv", "..\\outside.csv", "C:\\outside.csv"])
def test_a_name_that_points_elsewhere_is_but_a_name(
    name: str, written: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = tmp_path / "in" / "side"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    path = written(zipped((name, TABLE)))
    (document,) = documents(path)
    assert content_of(document) == TABLE
    assert sorted(each.name for each in tmp_path.rglob("*")) == ["file", "in", "side"], "nothing was written"


def test_a_link_in_an_archive_is_left_alone(written: Callable[..., str]) -> None:
    link = zipfile.ZipInfo("link.csv")
    link.external_attr = (0o120777 << 16) | 0x20
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr(link, "/etc/passwd")
        file.writestr("a.csv", TABLE)
    path = written(archive.getvalue())
    assert names(list(documents(path)), path) == ["a.csv"]


@pytest.mark.parametrize(
    "content",
    [
        zipped(),
        zipped(("folder/", b"")),
        zipped((".DS_Store", b"x")),
        zipped((".", b"x")),
        zipped(("~", b"x")).replace(b"~", b"\0"),
    ],
)
def test_an_archive_without_a_file_says_so(content: bytes, written: Callable[..., str]) -> None:
    assert "without a file" in refusal_of(written(content)).message


def test_an_encrypted_file_is_named_and_the_others_are_read(written: Callable[..., str]) -> None:
    content = bytearray(zipped(("a.csv", TABLE), ("b.csv", TABLE)))
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= ENCRYPTED
    secret, plain = documents(written(bytes(content)))
    assert isinstance(secret, Unread)
    assert "encrypted" in secret.error.message
    assert content_of(plain) == TABLE


@pytest.mark.parametrize("inner", [zipped(("a.csv", TABLE)), gzip.compress(TABLE), gzip.compress(gzip.compress(TABLE))])
@pytest.mark.parametrize("outer", [gzip.compress, lambda inner: zipped(("inner", inner))])
def test_an_archive_inside_an_archive_is_not_read(
    inner: bytes, outer: Callable[[bytes], bytes], written: Callable[..., str]
) -> None:
    assert "inside an archive" in refusal_of(written(outer(inner))).message


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"7z\xbc\xaf\x27\x1c", "7z"), (b"Rar!\x1a\x07\x01\0", "RAR"), (b"\xfd7zXZ\0", "xz"), (b"BZh91AY&SY", "bzip2"),
        (b"\x28\xb5\x2f\xfd", "zstd"), (b"\xd0\xcf\x11\xe0\xa1\xb1", "old format"),
        (b"comments.csv".ljust(257, b"\0") + b"ustar\x0000", "tar"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("packed", [bytes, gzip.compress, lambda content: zipped(("in", content))])
def test_other_ways_to_pack_are_called_by_their_names(
    start: bytes, kind: str, packed: Callable[[bytes], bytes], written: Callable[..., str]
) -> None:
    error = refusal_of(written(packed(start + b"\0" * 500)))
    assert kind in error.message
    assert error.hint


@pytest.mark.parametrize("member", ["[Content_Types].xml", "mimetype"])
def test_a_document_that_is_no_spreadsheet_says_so(member: str, written: Callable[..., str]) -> None:
    path = written(zipped((member, b"x"), ("word/document.xml", b"x"), ("content.xml", b"x")))
    assert "no spreadsheet" in refusal_of(path).message


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_ways_to_pack_that_cannot_be_unpacked_in_steps_are_not_read(method: int, written: Callable[..., str]) -> None:
    assert "not read" in refusal_of(written(zipped(("a.csv", TABLE), method=method))).message


def test_a_file_with_a_wrong_checksum_says_that_it_is_damaged(written: Callable[..., str]) -> None:
    content = bytearray(zipped(("a.csv", ROWS), method=zipfile.ZIP_STORED))
    content[300_000] ^= 0x01
    (document,) = documents(written(bytes(content)))
    found = records(document)
    assert found[-1] == "damaged_archive"
    assert len(found) > 18_000


def test_a_small_file_with_a_wrong_checksum_is_not_taken_for_empty(written: Callable[..., str]) -> None:
    content = bytearray(zipped(("a.csv", TABLE), method=zipfile.ZIP_STORED))
    content[50] ^= 0x01
    assert "damaged" in refusal_of(written(bytes(content))).message


def test_progress_is_counted_in_packed_bytes(written: Callable[..., str]) -> None:
    for content in (gzip.compress(ROWS), zipped(("a.csv", ROWS))):
        (document,) = documents(written(content))
        assert isinstance(document, Document)
        with closing(document.open()) as stream:
            places = []
            while stream.read(100_000):
                places.append(stream.raw.tell())  # type: ignore[attr-defined]
        assert places == sorted(places)
        assert 0 < places[0] < places[-1] <= document.size


# --- bombs ---


def test_a_gzip_bomb_is_refused_however_large_it_is(written: Callable[..., str]) -> None:
    path = written(gzip.compress(b"\0" * (64 * 1024 * 1024), 9) * 160)
    assert Path(path).stat().st_size < 16 * 1024 * 1024, "ten gigabytes, packed small"
    assert "bomb" in refusal_of(path).message


def test_an_archive_that_says_it_is_a_bomb_is_refused_before_it_is_opened(written: Callable[..., str]) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        for name in ("a.csv", "b.csv"):
            with file.open(name, "w") as member:
                for _ in range(300):
                    member.write(b"\0" * 1024 * 1024)
    (found,) = documents(written(archive.getvalue()))
    assert isinstance(found, Unread)
    assert "bomb" in found.error.message


def test_a_file_of_another_size_than_the_archive_says_is_damaged(written: Callable[..., str]) -> None:
    content = bytearray(zipped(("a.csv", ROWS)))
    at = content.index(b"PK\x01\x02")
    content[at + 24 : at + 28] = (1_000).to_bytes(4, "little")
    assert "damaged" in refusal_of(written(bytes(content))).message


def test_members_that_overlap_count_as_often_as_they_are_named(written: Callable[..., str]) -> None:
    """A small archive whose list names the same bytes thousands of times."""
    base = zipped(("a.csv", b"\0" * 30_000_000))
    at, end = base.index(b"PK\x01\x02"), base.index(b"PK\x05\x06")
    entry = base[at:end]
    count = 5_000
    tail = bytearray(base[end:])
    tail[8:12] = count.to_bytes(2, "little") * 2
    tail[12:16] = (len(entry) * count).to_bytes(4, "little")
    assert "bomb" in refusal_of(written(base[:at] + entry * count + bytes(tail))).message


# --- any damage ---


@given(seed=st.integers(0, 10**9), how=st.sampled_from(["cut", "flip", "insert", "zero"]), as_gzip=st.booleans())
def test_no_damage_to_an_archive_raises_anything_but_its_error(
    seed: int, how: str, as_gzip: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    chance = random.Random(seed)
    content = bytearray(gzip.compress(ROWS[:5_000]) if as_gzip else zipped(("a.csv", ROWS[:5_000]), ("b", TABLE)))
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(4, len(content))
        if how == "cut":
            del content[at:]
            break
        if how == "insert":
            content[at:at] = chance.randbytes(chance.randint(1, 9))
        else:
            content[at] = content[at] ^ (1 << chance.randrange(8)) if how == "flip" else 0
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(content)
    for document in documents(str(path)):
        if isinstance(document, Document):
            with suppress(SourceError):
                records(document)


MEASURED = r"""
import re, resource, sys
from contextlib import closing, suppress
from pathlib import Path
from harvester.errors import SourceError
from harvester.sources.base import Options
from harvester.sources.documents import Document, documents
from harvester.sources.reading import read
for document in documents(sys.argv[1]):
    if isinstance(document, Document):
        with suppress(SourceError), closing(document.open()) as stream:
            for record in read(stream, document.name, Options()).records: pass
status = Path("/proc/self/status")
if status.exists():  # Elsewhere the peak may be that of the process that started this one.
    print(re.search(r"VmHWM:\s*(\d+)", status.read_text())[1])
else:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def peak_memory(path: str) -> int:
    """Kilobytes at most, while a process of its own reads the path."""
    ran = subprocess.run([sys.executable, "-c", MEASURED, path], capture_output=True, text=True, check=True)
    return int(ran.stdout)


@pytest.mark.parametrize("filling", [b"\0", b"a", b"[", b'"', b'{"a":', b"a,\n", b'"a,'])
def test_a_bomb_is_read_in_bounded_memory(filling: bytes, written: Callable[..., str]) -> None:
    block = gzip.compress(filling * (8 * 1024 * 1024 // len(filling)), 9)
    assert peak_memory(written(block * 64)) < 250_000


def test_records_of_megabytes_each_are_not_held_together(written: Callable[..., str]) -> None:
    words = json.dumps([f"w{number}" for number in range(300_000)])
    line = f'{{"cid": "7591000000000001001", "aweme_id": "7591000000000000123", "text": "x", "words": {words}}}'
    assert peak_memory(written("\n".join([line] * 50).encode())) < 250_000
    assert peak_memory(written(f"[{','.join([line] * 50)}]".encode())) < 250_000
