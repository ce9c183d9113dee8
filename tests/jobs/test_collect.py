"""From records to rows: naming, cleaning, extraction and the report."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.jobs import gathering
from harvester.jobs.cleaning import cleaned
from harvester.jobs.collect import Outcome, collect
from harvester.model import Comment, Record, Refused, Video
from harvester.store.database import ANALYST, Database

pytestmark = pytest.mark.anyio

BATCH_SIZE = 1_000
RUN = "select state, fetched, stored, finished_at is not null as over from run"


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of BATCH_SIZE records: what happens between them needs no more."""
    monkeypatch.setattr(gathering, "BATCH_SIZE", BATCH_SIZE)


async def collected(database: Database, records: list[Record], **options: Any) -> Outcome:
    return await collect(database, "test", {"file": "x"}, records, **options)


async def rows(database: Database, statement: str) -> list[dict[str, Any]]:
    async with database.transaction(ANALYST) as connection:
        # psycopg takes literal SQL alone for safe; what is ignored here is a statement of this house.
        return await (await connection.execute(statement)).fetchall()  # type: ignore[arg-type]


async def test_a_domain_that_was_meant_is_stored_with_its_exact_span(conninfo: str) -> None:
    text = "go to brightpebblecoins24 (dot) com now"
    async with Database(conninfo) as database:
        outcome = await collected(database, [Comment("11", "1", text)])
        (found,) = await rows(
            database,
            "select domain_name, mention_text, position_start, position_end, extraction_method, m.tier, c.text"
            " from domain_mention m join domain d on d.id = m.domain_id join comment c on c.id = m.comment_id",
        )
    assert (outcome.found.mentions, outcome.found.names) == (1, {"brightpebblecoins24.com"})
    assert found["domain_name"] == "brightpebblecoins24.com"
    assert text[found["position_start"] : found["position_end"]] == found["mention_text"]
    assert found["tier"] == "shown"


async def test_the_version_of_the_extractor_is_noted_even_when_nothing_was_found(conninfo: str) -> None:
    async with Database(conninfo) as database:
        await collected(database, [Comment("11", "1", "nothing here")])
        assert await rows(database, "select from comment where extractor_version is null") == []


async def test_comments_without_ids_get_the_same_ids_at_each_import_and_equal_ones_are_all_kept(conninfo: str) -> None:
    records: list[Record] = [Comment(None, None, text, username="ann") for text in ("one", "two", "one", "one")]
    async with Database(conninfo) as database:
        first = await collected(database, records, video_id="file:abc")
        second = await collected(database, records, video_id="file:abc")
        other = await collected(database, records[:1], video_id="file:def")
        videos = await rows(database, "select video_id, metadata from video order by video_id")
    assert [each.counts.stored for each in (first, second, other)] == [4, 0, 1]
    assert second.counts.duplicate == 4
    assert [each["video_id"] for each in videos] == ["file:abc", "file:def"]
    assert all(each["metadata"] == {"synthetic": "the file names no video"} for each in videos)


async def test_what_postgresql_cannot_hold_is_repaired_and_counted(conninfo: str) -> None:
    async with Database(conninfo) as database:
        outcome = await collected(
            database,
            [
                Video("1", username="ann\0\0", metadata={"tags": ["a\0b"]}),
                Comment("11", "1", "half \ud83d and whole \ud83d\ude00"),
                Comment("12", "1", "x" * 65_537),
                Comment("13", "1", "", username="y" * 600),
            ],
        )
        stored = await rows(
            database, "select v.username, v.metadata, c.text from comment c join video v on v.id = c.video_id"
        )
    assert stored == [{"username": "ann", "metadata": {"tags": ["ab"]}, "text": "half \ufffd and whole \U0001f600"}]
    assert outcome.counts.errors == {"nul_removed": 3, "surrogate_replaced": 1, "too_long": 2}
    assert (outcome.counts.fetched, outcome.counts.stored, outcome.counts.quarantined) == (4, 2, 2)


async def test_the_report_holds_a_few_samples_of_each_reason(conninfo: str) -> None:
    records: list[Record] = [Refused("bad_json", f"Line {number} is no JSON.", b"{%d" % number) for number in range(9)]
    async with Database(conninfo) as database:
        outcome = await collected(database, [*records, Refused("ruined_id", "cid is 7e18.", b"[]")])
    assert outcome.samples == {
        "bad_json": ["Line 0 is no JSON.", "Line 1 is no JSON.", "Line 2 is no JSON."], "ruined_id": ["cid is 7e18."],
    }  # fmt: skip


@pytest.mark.usefixtures("small_batches")
async def test_progress_is_told_batch_by_batch(conninfo: str) -> None:
    told: list[int] = []
    async with Database(conninfo) as database:
        await collected(database, [Comment(str(n), "1", "") for n in range(2 * BATCH_SIZE + 1)], progress=told.append)
    assert (len(told), told[-1], told == sorted(told)) == (3, 2 * BATCH_SIZE + 1, True)


@pytest.mark.usefixtures("small_batches")
async def test_a_failure_of_the_source_keeps_the_batches_before_it_and_marks_the_run(conninfo: str) -> None:
    def torn() -> Iterator[Record]:
        yield from (Comment(str(n), "1", "") for n in range(BATCH_SIZE + 501))
        raise RuntimeError

    async with Database(conninfo) as database:
        with pytest.raises(RuntimeError):
            await collect(database, "test", {}, torn())
        (run,) = await rows(database, RUN)
    # The writer may be cut short in its first batch too: then nothing of it is stored.
    assert run in [{"state": "failed", "fetched": n, "stored": n, "over": True} for n in (0, BATCH_SIZE)]


@pytest.mark.usefixtures("small_batches")
async def test_an_interruption_stops_the_run_and_the_same_content_again_goes_on_from_there(conninfo: str) -> None:
    records: list[Record] = [Comment(str(n), "1", "", like_count=n % 7) for n in range(3 * BATCH_SIZE + 1)]
    stopping = threading.Event()

    def slow() -> Iterator[Record]:
        yield from records[: 2 * BATCH_SIZE]
        stopping.wait(60)
        yield from records[2 * BATCH_SIZE :]

    async with Database(conninfo) as database:
        begun = asyncio.create_task(collect(database, "test", {"sha256": "x"}, slow(), progress=lambda _: stop()))

        def stop() -> None:
            begun.cancel()
            stopping.set()

        with pytest.raises(asyncio.CancelledError):
            await begun
        (run,) = await rows(database, RUN)
        assert (run["state"], run["fetched"] in (BATCH_SIZE, 2 * BATCH_SIZE), run["over"]) == ("stopped", True, True)
        outcome = await collect(database, "test", {"sha256": "x", "file": "renamed"}, records)
        assert outcome.resumed_at == run["fetched"]
        assert await rows(database, RUN) == [
            {"state": "finished", "fetched": len(records), "stored": len(records), "over": True}
        ]
        assert await rows(database, "select count(*) as n from comment") == [{"n": len(records)}]


@given(
    st.text(alphabet=st.characters(codec=None), max_size=50), st.text(alphabet=st.characters(codec=None), max_size=20)
)
def test_a_cleaned_record_is_always_storable_text(text: str, username: str) -> None:
    record = cleaned(Comment("1", "2", text, username=username or None, metadata={"a": [text]}), Counter())
    assert isinstance(record, Comment)
    for each in (record.text, record.username or "", record.metadata["a"][0]):
        each.encode("utf-8")
        assert "\0" not in each
