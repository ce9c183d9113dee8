"""Files of any known format, through the whole way into the database."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import psycopg
import pytest

from harvester.errors import UnknownFormat, UnreadableFile
from harvester.jobs.import_file import FileReport, import_document
from harvester.sources.base import Options
from harvester.sources.documents import Unread, documents
from harvester.store.database import ANALYST, Database

pytestmark = pytest.mark.anyio

ROW = "ann;ke brightpebblecoins24.com aja\n"
TABLE = f"pengguna;komentar\n{ROW}bob;apa. org bilang gitu\n{ROW}"


async def import_file(database: Database, path: str, options: Options) -> FileReport:
    """Import the one document of a path."""
    for document in documents(path):
        if isinstance(document, Unread):
            raise document.error
        return await import_document(database, document, options)
    raise AssertionError("a path stands for a document, or for an error")


async def test_a_file_is_reported_and_a_second_time_says_nothing_new(conninfo: str, tmp_path: Path) -> None:
    file = tmp_path / "comments.csv"
    file.write_text(TABLE)
    async with Database(conninfo) as database:
        first = await import_file(database, str(file), Options())
        again = await import_file(database, str(file), Options())
        async with database.transaction(ANALYST) as connection:
            run = await (await connection.execute("select source, request, state from run limit 1")).fetchone()
    assert (first.source, first.outcome.counts.stored, first.outcome.found.mentions) == ("bare_csv", 3, 2)
    assert (again.outcome.counts.stored, again.outcome.counts.duplicate) == (0, 3)
    assert run is not None
    assert (run["source"], run["state"], run["request"]["file"]) == ("bare_csv", "finished", "comments.csv")


@pytest.mark.parametrize(
    ("meanwhile", "is_read"),
    [
        ("select 1", False),
        ("delete from comment where text like 'bob%'", True),
        ("delete from comment where false", True),
        ("truncate comment cascade", True),
        ("delete from video", True),
        ("delete from domain", False),
        ("update run set extractor_version = 'older'", True),
    ],
)
async def test_a_content_that_was_imported_is_read_once_more_only_after_a_deletion(
    conninfo: str, direct_conninfo: str, tmp_path: Path, meanwhile: str, is_read: bool
) -> None:
    file, renamed = tmp_path / "comments.csv", tmp_path / "renamed.csv"
    file.write_text(TABLE + "7;;\n")
    renamed.write_text(TABLE + "7;;\n")
    async with Database(conninfo) as database:
        first = await import_file(database, str(file), Options())
        with psycopg.connect(direct_conninfo) as connection:
            connection.execute(meanwhile)  # type: ignore[arg-type]
        again = await import_file(database, str(renamed), Options())
        assert (again.imported_at is None) == is_read
        counts = again.outcome.counts
        assert counts.fetched == counts.stored + counts.updated + counts.duplicate + counts.quarantined == 4
        assert counts.quarantined == first.outcome.counts.quarantined
        async with database.transaction(ANALYST) as connection_:
            runs = await (await connection_.execute("select state, fetched, duplicate from run order by id")).fetchall()
            (kept,) = await (await connection_.execute("select count(*)::int as n from comment")).fetchall()
    assert [run["state"] for run in runs] == ["finished", "finished"]
    assert (runs[1]["fetched"], kept["n"]) == (4, first.outcome.counts.stored)


async def test_another_mapping_or_the_word_of_the_operator_has_a_content_read_once_more(
    conninfo: str, tmp_path: Path
) -> None:
    file = tmp_path / "comments.csv"
    file.write_text(TABLE)
    async with Database(conninfo) as database:
        await import_file(database, str(file), Options())
        mapped = await import_file(database, str(file), Options({"text": "pengguna"}))
        assert (mapped.imported_at, mapped.outcome.counts.stored) == (None, 3)
        for document in documents(str(file)):
            assert not isinstance(document, Unread)
            again = await import_document(database, document, Options(), again=True)
        assert (again.imported_at, again.outcome.counts.duplicate) == (None, 3)


async def test_standard_input_is_read_like_the_file(
    conninfo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "comments.csv"
    file.write_text(TABLE)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TABLE.encode())))
    async with Database(conninfo) as database:
        await import_file(database, str(file), Options())
        piped = await import_file(database, "-", Options())
    assert piped.outcome.counts.duplicate == 3


async def test_a_file_that_cannot_be_read_says_why_and_starts_no_run(conninfo: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "odd.json").write_text('{"odd": 1}')
    async with Database(conninfo) as database:
        for name, refusal in (("none.csv", UnreadableFile), ("empty", UnreadableFile), ("odd.json", UnknownFormat)):
            with pytest.raises(refusal) as caught:
                await import_file(database, str(tmp_path / name), Options())
            assert caught.value.hint
        async with database.transaction(ANALYST) as connection:
            assert await (await connection.execute("select from run")).fetchall() == []
