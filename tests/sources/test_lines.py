"""Encodings and lines, whatever wrote them, and in bounded memory."""

from __future__ import annotations

import io
import tracemalloc
from typing import BinaryIO, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sources.reading import records_of

from harvester.model import Comment
from harvester.sources import lines as module
from harvester.sources.lines import SAMPLE_BYTES, as_utf8, encoding_of, lines

TABLE = "user,komentar\nann,Visítame en café.example 👋 今すぐ Привет\nbob,ja\n"
RUSSIAN = "пользователь;комментарий\nаня;заходи на сайт пример точка ру\nборис;нет, спасибо\n"


class InPieces(io.RawIOBase):
    """A stream that gives a few bytes at a time, as pipes do."""

    def __init__(self, content: bytes, piece: int) -> None:
        self._rest = memoryview(content)  # What is left of it is not copied for each piece.
        self._piece = piece

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._rest[: min(len(buffer), self._piece)]
        self._rest = self._rest[len(data) :]
        buffer[: len(data)] = data
        return len(data)


def stream(content: bytes, piece: int = 10**9) -> BinaryIO:
    return cast("BinaryIO", InPieces(content, piece))


def buffered(raw: BinaryIO) -> BinaryIO:
    return cast("BinaryIO", io.BufferedReader(raw, 16))  # type: ignore[arg-type]


# --- encodings ---


@pytest.mark.parametrize("text", [TABLE, RUSSIAN, '{"text": "今すぐ検索して、公式サイトへ"}', "text\nок\nда\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_text_reads_alike_in_every_encoding_of_unicode(text: str, encoding: str) -> None:
    content = text.encode(encoding)
    assert as_utf8(stream(content[100:]), content[:100]).read() == text.encode()


def test_a_big_endian_byte_order_mark_is_known() -> None:
    content = b"\xfe\xff" + TABLE.encode("utf-16-be")
    assert as_utf8(stream(b""), content).read() == TABLE.encode()


@pytest.mark.parametrize("text", ["user,text\nann,el comentário\n", "text\ncaf\xe9", "é", "text\n5 €, “schön”\n"])
def test_what_windows_wrote_is_read_as_windows_wrote_it(text: str) -> None:
    content = text.encode("cp1252")
    assert as_utf8(stream(b""), content).read() == text.encode()


@pytest.mark.parametrize(
    "content",
    [b"text\ncaf\xc3\xa9 \xff\xfe broken\n", b"text\n\xc3\xa9\xe9\n", b"text\nann\0,he\0llo\n", b"a\0", b"\0a,"],
)
def test_a_damaged_text_stays_as_it_is(content: bytes) -> None:
    assert encoding_of(content)[0] in ("utf-8", "utf-16-le", "utf-16-be")
    if b"text" in content:
        assert as_utf8(stream(b""), content).read() == content


def test_a_character_that_the_sample_cuts_in_half_is_no_damage() -> None:
    content = b"text\n" + b"a" * (SAMPLE_BYTES - 7) + "é👋".encode() * 9
    for cut in range(SAMPLE_BYTES - 4, SAMPLE_BYTES + 5):
        assert encoding_of((b"x" * (SAMPLE_BYTES - cut) + content)[:SAMPLE_BYTES]) == ("utf-8", 0)


@given(st.text(max_size=50), st.sampled_from(["utf-16-le", "utf-16-be", "utf-8", "cp1252"]), st.integers(1, 7))
def test_streams_that_come_in_pieces_read_like_whole_ones(text: str, encoding: str, piece: int) -> None:
    content = ("text\nwords and more of them: " + text).encode(encoding, "replace")
    whole = as_utf8(stream(b""), content).read()
    start, rest = content[:40], content[40:]
    if encoding_of(start) == encoding_of(content):
        assert as_utf8(stream(rest, piece), start).read() == whole


def test_half_a_character_at_the_end_of_utf_16_is_replaced() -> None:
    assert as_utf8(stream(b""), "text\nab".encode("utf-16") + b"\x3d").read().decode() == "text\nab�"


def test_every_encoding_of_a_table_gives_the_same_comments() -> None:
    found = {encoding: records_of(TABLE.encode(encoding))[1] for encoding in ("utf-8", "utf-8-sig", "utf-16")}
    assert found["utf-8"] == found["utf-8-sig"] == found["utf-16"]
    assert [record.text for record in found["utf-8"] if isinstance(record, Comment)][1] == "ja"


# --- lines ---


@given(st.lists(st.sampled_from([b"a", b"bb", b"\n", b"\r", b"\r\n", "\u2028".encode(), b"\x85", b"\x0b", b""])))
def test_lines_end_where_they_say_whatever_the_blocks_are(parts: list[bytes]) -> None:
    content = b"".join(parts)
    for piece in (1, 2, 3, 1000):
        assert list(lines(stream(content, piece), carriage_returns=True)) == content.splitlines(keepends=True)
        expected = io.BytesIO(content).readlines()
        assert list(lines(buffered(stream(content, piece)), carriage_returns=False)) == expected


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
@pytest.mark.parametrize("before", [0, 1])
@pytest.mark.parametrize("after", [0, 1, 3])
@pytest.mark.parametrize("closed", [True, False])
def test_an_overlong_line_comes_as_its_beginning_and_the_others_whole(
    end: bytes, before: int, after: int, closed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LONGEST", 100)
    monkeypatch.setattr(module, "_BLOCK", 16)
    for length in (*range(95, 140), 1_000):
        short = [b"short" + end] * before, [b"line" + end] * after
        long = b"x" * length + (end if closed or after else b"")
        found = list(lines(stream(b"".join((*short[0], long, *short[1]))), carriage_returns=True))
        found = [line for line in found if line != b"\n"] if end == b"\r\n" else found
        assert found == [*short[0], long[:100], *short[1]]


def test_lines_after_an_overlong_one_are_not_glued_together() -> None:
    content = b"x" * (module.LONGEST + 10) + b"\none\ntwo\nthree"
    assert list(lines(buffered(stream(content)), carriage_returns=False))[1:] == [b"one\n", b"two\n", b"three"]


class Endless(io.RawIOBase):
    """So many bytes of one line, never held at once."""

    def __init__(self, length: int) -> None:
        self._left = length

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        size = min(len(buffer), self._left)
        self._left -= size
        buffer[:size] = b"a" * size
        return size


@pytest.mark.parametrize("carriage_returns", [True, False])
def test_an_endless_line_is_passed_over_in_bounded_memory(carriage_returns: bool) -> None:
    tracemalloc.start()
    try:
        found = list(lines(as_utf8(cast("BinaryIO", Endless(200_000_000)), b""), carriage_returns=carriage_returns))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [len(line) for line in found] == [module.LONGEST]
    assert peak < 8 * module.LONGEST
