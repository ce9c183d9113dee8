"""Refused records, read again without their file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harvester.jobs.import_file import import_document
from harvester.jobs.retry import retry
from harvester.sources import catalog
from harvester.sources.base import Item, Options
from harvester.sources.documents import Document, documents
from harvester.sources.research_api import ResearchComments
from harvester.store.database import ANALYST, Database
from harvester.store.quarantine import Kind

pytestmark = pytest.mark.anyio

COMMENT = {"id": 7386111312293610270, "video_id": 7385291383449439519, "parent_comment_id": 7385291383449439519}


async def rows(database: Database, statement: str) -> list[dict[str, Any]]:
    async with database.transaction(ANALYST) as connection:
        return await (await connection.execute(statement)).fetchall()  # type: ignore[arg-type]


async def imported(database: Database, file: Path, content: str, options: Options | None = None) -> Any:
    file.write_text(content)
    (document,) = documents(str(file))
    assert isinstance(document, Document)
    return (await import_document(database, document, options or Options())).outcome


async def test_after_a_mapping_was_mended_the_stored_raw_form_is_imported_without_the_file(
    conninfo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "rows.json"
    listed = [
        {**COMMENT, "id": COMMENT["id"] + n, "text": None, "words": f"see brightpebblecoins24.com {n}"}
        for n in range(5)
    ]
    async with Database(conninfo) as database:
        outcome = await imported(database, file, json.dumps(listed))
        assert (outcome.counts.quarantined, outcome.counts.stored) == (5, 0)
        file.unlink()
        (unchanged,) = await retry(database, Kind(), {})
        assert (unchanged.released, unchanged.counts.quarantined, unchanged.counts.fetched) == (0, 5, 5)

        as_it_was = ResearchComments.record

        def mended(self: ResearchComments, item: Item, options: Options) -> Any:
            return as_it_was(self, Item({**item.value, "text": item.value.get("words")}), options)

        monkeypatch.setattr(ResearchComments, "record", mended)
        (retried,) = await retry(database, Kind(reason="missing_text"), {})
        assert (retried.source, retried.released, retried.counts.stored) == ("research_comments", 5, 5)
        assert await rows(database, "select from quarantine") == []
        assert await rows(database, "select count(*)::int as n from domain_mention") == [{"n": 5}]
        assert await retry(database, Kind(), {}) == []


async def test_a_column_that_is_named_at_the_retry_is_found_in_the_stored_rows(conninfo: str, tmp_path: Path) -> None:
    async with Database(conninfo) as database:
        outcome = await imported(
            database, tmp_path / "a.csv", "id,text\n" + "7.58e+18,see brightpebblecoins24.com\n" * 2
        )
        assert outcome.counts.quarantined == 2
        # Equal rows of a file without videos are two comments, in quarantine as elsewhere.
        assert len(await rows(database, "select from quarantine")) == 2
        (retried,) = await retry(database, Kind(), {"text": "text", "comment_id": "none"})
        assert (retried.released, retried.counts.stored) == (2, 2)
        assert [row["video_id"][:5] for row in await rows(database, "select video_id from video")] == ["file:"]


@pytest.mark.parametrize("damage", ['{"id": 1, "video_id"', "[1]", '"words"', "\0\0"])
async def test_what_still_cannot_be_read_stays_byte_for_byte(conninfo: str, tmp_path: Path, damage: str) -> None:
    sound = json.dumps({**COMMENT, "text": "fine"})
    async with Database(conninfo) as database:
        outcome = await imported(database, tmp_path / "lines.ndjson", f"{sound}\n{damage}\n")
        assert (outcome.counts.stored, outcome.counts.quarantined) == (1, 1)
        before = await rows(database, "select *, xmin::text from quarantine")
        (retried,) = await retry(database, Kind(), {})
        assert (retried.released, retried.counts.quarantined) == (0, 1)
        assert await rows(database, "select *, xmin::text from quarantine") == before


async def test_a_rule_that_refused_a_record_is_asked_again(
    conninfo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Database(conninfo) as database:
        await imported(database, tmp_path / "a.json", json.dumps([{**COMMENT, "text": "x" * 100}]))
        monkeypatch.setattr("harvester.jobs.cleaning.LONGEST_TEXT", 50)
        await imported(
            database, tmp_path / "b.json", json.dumps([{**COMMENT, "id": 73861113122936109, "text": "y" * 60}])
        )
        assert [row["reason"] for row in await rows(database, "select reason from quarantine")] == ["too_long"]
        monkeypatch.undo()
        (retried,) = await retry(database, Kind(), {})
        assert (retried.released, retried.counts.stored) == (1, 1)


async def test_a_source_that_this_version_lacks_leaves_its_records_where_they_are(
    conninfo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Database(conninfo) as database:
        await imported(database, tmp_path / "a.json", json.dumps([{**COMMENT, "id": "7.3e18", "text": "x"}]))
        monkeypatch.setattr(catalog, "SOURCES", ())
        (retried,) = await retry(database, Kind(), {})
        assert (retried.released, retried.counts.errors) == (0, {"unknown_source": 1})
