"""An import survives what cuts it short: it is killed, its server restarts, answers are lost, the disk is full.

Each test compares what is stored in the end with an import of the same files that nothing disturbed.
"""

from __future__ import annotations

import asyncio
import csv
import json
import os
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import dict_row
from tests.forked import Command
from tests.jobs.stored import Rows, emptied, stored

from harvester.errors import DatabaseUnavailable, StoreError
from harvester.jobs import gathering
from harvester.jobs.import_file import import_document
from harvester.sources.base import Options
from harvester.sources.documents import Document, documents
from harvester.store.attempts import attempted
from harvester.store.database import Database
from harvester.store.embedded import EmbeddedServer
from harvester.store.ingest import RunWriter
from harvester.store.migrations import migrate
from harvester.store.privileges import choose_user
from harvester.store.verification import differences

pytestmark = pytest.mark.anyio

FILES = ("web.ndjson", "table.csv", "videos.ndjson", "seen_again.ndjson")
BATCH = 250
"""Records a transaction: small, so that what happens to an import happens within and between many of them."""
SMALL_BATCHES = (
    f"from harvester.jobs import gathering, import_file\ngathering.BATCH_SIZE = import_file.BATCH_SIZE = {BATCH}\n"
)
SEEN = 1_770_000_000_000
"""When the first page was answered, in milliseconds."""
TIMES_KILLED = {"web.ndjson": 5, "table.csv": 2}

_numbers = count(1)


# ---------------------------------------------------------------------------------------------------------------------
# Files of several formats: replies, comments seen twice, rows without ids that equal each other, damaged ones.
# ---------------------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some five thousand records."""
    made = tmp_path_factory.mktemp("files")
    write_files(made, comments=3_000, rows=1_200)
    return made


def write_files(folder: Path, *, comments: int, rows: int) -> None:
    """Write FILES; the pages of the web hold a comment with its replies each."""
    draw = Random(7)
    pages = []
    for number in range(0, comments, 3):
        top = web_comment(number, draw)
        replies = [web_comment(number + further, draw, reply_id=top["cid"]) for further in (1, 2)]
        pages.append(page(number, [{**top, "reply_comment": replies}]))
    again = [
        page(comments + number, [web_comment(number, draw, digg_count=number % 50)]) for number in range(0, comments, 4)
    ]
    lines = [*pages, *damaged(comments // 60)]
    draw.shuffle(lines)
    (folder / "web.ndjson").write_text("\n".join(lines) + "\n")
    (folder / "seen_again.ndjson").write_text("\n".join([*again, *again[:100]]) + "\n")
    videos = [
        page(0, [{"id": video_id(n), "desc": "look", "stats": {"playCount": n}, "author": f"maker{n}"}], "itemList")
        for n in range(40)
    ]
    (folder / "videos.ndjson").write_text("\n".join(videos) + "\n")
    with (folder / "table.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["user", "comment", "likes"])
        # Some of them are equal, and all are kept; a text that is too long is refused.
        for number in range(rows):
            text = "x" * 70_000 if number % 300 == 299 else words(Random(number % (rows // 2)))
            table.writerow([f"user{number % 9}" if number % 5 else "ann", text, number % 4])


def video_id(number: int) -> str:
    return str(7_570_000_000_000_000_000 + number % 40)


def web_comment(number: int, draw: Random, **more: Any) -> dict[str, Any]:
    said = words(Random(number))
    user = {"unique_id": f"user{draw.randrange(300)}" if not more else None}
    ids = {"cid": str(7_580_000_000_000_000_000 + number), "aweme_id": video_id(number // 3)}
    return {**ids, "text": said, "create_time": 1_760_000_000 + number, "digg_count": number % 50, "user": user, **more}


def words(draw: Random) -> str:
    name = f"bright{draw.randrange(70)}pebble.com"
    return draw.choice(["lovely", f"go to {name} now", "first!", f"{name.replace('.', ' (dot) ')} is where", "no"])


def page(number: int, listed: list[dict[str, Any]], name: str = "comments") -> str:
    return json.dumps({name: listed, "has_more": 1, "extra": {"now": SEEN + number * 1000}})


def damaged(pages: int) -> Iterator[str]:
    """Lines that go to quarantine, each for a reason of its own."""
    for number in range(pages):
        yield '{"comments": [' + str(number)
        yield page(number, [{"cid": str(number + 1), "aweme_id": "1", "text": None}])
        yield page(number, [{"cid": 7.58e18 + number * 1e6, "aweme_id": "1", "text": "ruined"}])


# ---------------------------------------------------------------------------------------------------------------------
# Databases, importers, and what must be true in the end.
# ---------------------------------------------------------------------------------------------------------------------
@contextmanager
def database_of(server: EmbeddedServer, template: str, *, tablespace: str = "pg_default") -> Iterator[str]:
    """The address of a migrated database of its own."""
    name = f"test_crash_{next(_numbers)}"
    with psycopg.connect(server.conninfo("postgres"), autocommit=True) as connection:
        copy = sql.SQL("create database {} template {} tablespace {}")
        connection.execute(copy.format(*map(sql.Identifier, (name, template, tablespace))))
    yield server.conninfo(name)
    with psycopg.connect(server.conninfo("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


class Undisturbed:
    """What an import that nothing disturbs leaves behind."""

    def __init__(self, conninfo: str, *files: str) -> None:
        Importer(conninfo, *files).finished()
        self.tables = stored(conninfo)
        self.runs = runs(conninfo)


@pytest.fixture(scope="module")
def undisturbed(server: EmbeddedServer, template: str, folder: Path) -> Undisturbed:
    """Of all files."""
    with database_of(server, template) as conninfo:
        return Undisturbed(conninfo, *(str(folder / file) for file in FILES))


class Importer:
    """A process that runs `harvester import`, and those that it starts."""

    def __init__(self, conninfo: str, *words: str) -> None:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("HARVESTER_")}
        environment["HARVESTER_DATABASE_URL"] = conninfo
        self._process = Command(
            "import", *words, "--json", environment=environment, before=SMALL_BATCHES, has_own_session=True
        )
        self.pid = self._process.pid

    def runs(self) -> bool:
        return self._process.poll() is None

    def send(self, how: signal.Signals) -> None:
        self._process.send_signal(how)

    def ended(self) -> tuple[int, str, str]:
        """Exit code, output and complaints."""
        answer = self._process.completed()
        return answer.returncode, answer.stdout, answer.stderr

    def finished(self) -> Rows:
        """The reports of an import that ends well."""
        code, output, complaints = self.ended()
        assert code == 0, complaints
        reports: Rows = json.loads(output)
        return reports

    def is_left(self) -> bool:
        """Whether any of its processes is still there."""
        try:
            os.killpg(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def end_what_is_left(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)

    def helpers(self) -> list[int]:
        """The processes that it started to share its work."""
        listed = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return [int(pid) for pid in listed if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def rows(conninfo: str, statement: LiteralString) -> Rows:
    with psycopg.connect(conninfo, row_factory=dict_row, prepare_threshold=None) as connection:
        return connection.execute(statement).fetchall()


def runs(conninfo: str) -> Rows:
    """All runs in the order of their beginning."""
    return rows(conninfo, "select *, request ->> 'file' as file from run order by started_at, id")


def until_it_writes(importing: Importer, conninfo: str, *, records: int = 0) -> bool:
    """Wait until the importer has written something, and so many records in all; False where it ended before."""
    last: LiteralString = "select max(updated_at) as at, coalesce(sum(fetched), 0) as records from run"
    (before,) = rows(conninfo, last)
    while importing.runs():
        (now,) = rows(conninfo, last)
        if now["at"] != before["at"] and now["records"] >= records:
            return True
        time.sleep(0.01)
    return False


def counted(run: dict[str, Any]) -> dict[str, Any]:
    """What became of a run's records; which of two equal ones came second depends on who was faster."""
    names = ("source", "state", "fetched", "stored", "quarantined", "mention_count", "errors")
    return {**{name: run[name] for name in names}, "known": run["updated"] + run["duplicate"]}


def assert_equal(conninfo: str, undisturbed: Undisturbed) -> None:
    """The rows are those of the undisturbed import, and each record was counted by one run."""
    assert stored(conninfo) == undisturbed.tables
    found = runs(conninfo)
    assert [run["state"] for run in found] == ["finished"] * len(found)
    for run in found:
        assert run["fetched"] == run["stored"] + run["updated"] + run["duplicate"] + run["quarantined"]
    assert sum(run["domain_count"] for run in found) == len(undisturbed.tables["domain"])
    for expected in undisturbed.runs:
        first, *later = [run for run in found if run["file"] == expected["file"]]
        assert counted(first) == counted(expected)
        for run in later:
            assert run["started_at"] > first["finished_at"], "an unfinished run is taken up again, not begun anew"
            assert (run["fetched"], run["stored"], run["updated"]) == (expected["fetched"], 0, 0)


# ---------------------------------------------------------------------------------------------------------------------
# The importer is killed, or told to stop.
# ---------------------------------------------------------------------------------------------------------------------
async def test_an_import_that_is_killed_again_and_again_ends_like_one_that_nothing_disturbed(
    conninfo: str, folder: Path, undisturbed: Undisturbed
) -> None:
    draw = Random(11)
    cut_short = 0
    for file, times in TIMES_KILLED.items():
        for _ in range(times):
            importing = Importer(conninfo, str(folder / file))
            until_it_writes(importing, conninfo)
            await asyncio.sleep(draw.uniform(0, 0.3))
            importing.send(signal.SIGKILL)
            importing.ended()
            importing.end_what_is_left()
            cut_short += runs(conninfo)[-1]["state"] == "running"
    assert cut_short >= sum(TIMES_KILLED.values()) - 1
    Importer(conninfo, *(str(folder / file) for file in FILES)).finished()
    assert_equal(conninfo, undisturbed)
    async with Database(conninfo) as database:
        assert await differences(database) == []


async def test_ctrl_c_stops_the_run_and_the_next_import_says_after_how_many_records_it_went_on(
    conninfo: str, folder: Path, undisturbed: Undisturbed
) -> None:
    file = str(folder / "web.ndjson")
    importing = Importer(conninfo, file)
    assert until_it_writes(importing, conninfo, records=1)
    importing.send(signal.SIGINT)
    code, output, complaints = importing.ended()
    assert (code, output, "Traceback" in complaints) == (130, "", False)
    (run,) = runs(conninfo)
    assert (run["state"], run["finished_at"] is not None) == ("stopped", True)
    (report,) = Importer(conninfo, file).finished()
    assert report["resumed_at"] == run["fetched"] > 0
    (again,) = runs(conninfo)
    assert again["id"] == run["id"]
    assert counted(again) == counted(undisturbed.runs[0])


async def test_nothing_of_an_importer_that_is_killed_is_left(conninfo: str, folder: Path) -> None:
    importing = Importer(conninfo, str(folder / "web.ndjson"))
    # By then it has another process do a part of the work.
    assert until_it_writes(importing, conninfo, records=4 * BATCH)
    importing.send(signal.SIGKILL)
    importing.ended()
    try:
        await _until(lambda: not importing.is_left())
    finally:
        importing.end_what_is_left()


async def test_an_import_goes_on_when_the_process_that_prepares_its_batches_is_killed(
    conninfo: str, folder: Path, undisturbed: Undisturbed
) -> None:
    if not Path("/proc").exists():
        pytest.skip("not run: needs /proc to list processes")
    importing = Importer(conninfo, str(folder / "web.ndjson"))
    assert until_it_writes(importing, conninfo, records=4 * BATCH)
    for pid in importing.helpers():
        os.kill(pid, signal.SIGKILL)
    importing.finished()
    assert counted(runs(conninfo)[0]) == counted(undisturbed.runs[0])


async def _until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + 5
    while not happened():
        assert time.monotonic() < end, "it never happened"
        await asyncio.sleep(0.05)


# ---------------------------------------------------------------------------------------------------------------------
# The server restarts, or its answers get lost.
# ---------------------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def own_server(server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """A server that a test may stop."""
    with EmbeddedServer(tmp_path_factory.mktemp("own"), server._binaries).running() as running:
        running.ensure_database("evidence")
        asyncio.run(_migrate(running.conninfo("evidence")))
        yield running
        # Whoever starts it again lets it stay.
        running.stop()


async def _migrate(conninfo: str) -> None:
    async for _ in migrate(conninfo):
        pass


def fast(server: EmbeddedServer) -> None:
    server.stop()


def immediate(server: EmbeddedServer) -> None:
    pid = server.status().pid
    assert pid is not None
    os.kill(pid, signal.SIGQUIT)


@pytest.mark.parametrize("shut_down", [fast, immediate], ids=["fast", "immediate"])
def test_an_import_goes_on_by_itself_after_its_server_was_restarted_under_it(
    own_server: EmbeddedServer, folder: Path, undisturbed: Undisturbed, shut_down: Callable[[EmbeddedServer], None]
) -> None:
    conninfo = own_server.conninfo("evidence")
    emptied(conninfo)
    importing = Importer(conninfo, *(str(folder / file) for file in FILES))
    for _ in range(2):
        assert until_it_writes(importing, conninfo)
        shut_down(own_server)
        own_server.start()
    assert importing.runs()
    assert [report["resumed_at"] for report in importing.finished()] == [0, 0, 0, 0]
    assert len(runs(conninfo)) == len(FILES)
    assert_equal(conninfo, undisturbed)


class Line:
    """Passes bytes on between an importer and its server, and breaks a connection at some of the COMMITs.

    `breaks` is asked for each COMMIT, from 1 on. The server has it, and its answer is what gets lost; where COMMITs
    are `swallowed` the server does not have it either.
    """

    COMMIT = b"Q\0\0\0\x0bCOMMIT\0"

    def __init__(self, conninfo: str, breaks: Callable[[int], bool], *, swallowed: bool = False) -> None:
        self._parts = conninfo_to_dict(conninfo)
        self._breaks = breaks
        self._swallowed = swallowed
        self._connections: list[asyncio.Task[None] | None] = []
        self.commits = 0

    @asynccontextmanager
    async def open(self) -> AsyncIterator[str]:
        """The address of the same database through this line."""
        async with await asyncio.start_server(self._connected, "127.0.0.1", 0) as line:
            port = line.sockets[0].getsockname()[1]
            yield make_conninfo(**{**self._parts, "host": "127.0.0.1", "port": port, "sslmode": "disable"})
            await asyncio.gather(*filter(None, self._connections))

    async def _connected(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        self._connections.append(asyncio.current_task())
        host, port = str(self._parts["host"]), int(self._parts["port"] or 5432)
        if host.startswith("/"):
            server, to_server = await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        else:
            server, to_server = await asyncio.open_connection(host, port)
        answers = asyncio.create_task(_passed_on(server, to_client))
        with suppress(OSError):
            while data := await client.read(65_536):
                if self.COMMIT in data and self._is_to_break():
                    await _cancelled(answers)
                    if not self._swallowed:
                        to_server.write(data)
                        # Its answer, which nobody gets, says that it is done.
                        await server.read(65_536)
                    break
                to_server.write(data)
        await _cancelled(answers)
        for each in (to_server, to_client):
            each.close()
            with suppress(OSError):
                await each.wait_closed()

    def _is_to_break(self) -> bool:
        self.commits += 1
        return self._breaks(self.commits)


async def _passed_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
    writer.close()


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError, OSError):
        await task


async def test_a_lost_answer_to_any_commit_neither_loses_nor_counts_anything_twice(
    conninfo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(tmp_path, comments=90, rows=0)
    monkeypatch.setattr(gathering, "BATCH_SIZE", 60)
    (document,) = documents(str(tmp_path / "web.ndjson"))
    assert isinstance(document, Document)

    async def imported(breaks: Callable[[int], bool], **options: bool) -> int:
        emptied(conninfo)
        line = Line(conninfo, breaks, **options)
        async with line.open() as address, Database(address) as database:
            await import_document(database, document, Options())
        return line.commits

    commits = await imported(lambda _: False)
    plain, (run,) = stored(conninfo), runs(conninfo)
    assert commits > 5

    every_third = lambda number: number % 3 == 0  # noqa: E731
    one_by_one = [(number.__eq__, False) for number in range(1, commits + 1)]
    for breaks, swallowed in [*one_by_one, (every_third, False), (every_third, True)]:
        await imported(breaks, swallowed=swallowed)
        assert stored(conninfo) == plain
        assert [counted(each) for each in runs(conninfo)] == [counted(run)]


async def test_a_run_whose_opening_was_answered_to_nobody_is_opened_once(conninfo: str) -> None:
    line = Line(conninfo, lambda number: number == 1)
    async with line.open() as address, Database(address) as database:
        writer = await RunWriter.start(database, "test", {"query": "asked without a file"}, "1")
        assert (await writer.finish()).fetched == 0
    assert [run["id"] for run in runs(conninfo)] == [writer.run_id]


async def test_the_mark_of_a_run_that_was_cut_short_is_not_tried_for_long(conninfo: str) -> None:
    line = Line(conninfo, lambda number: number > 1)
    async with line.open() as address, Database(address) as database:
        writer = await RunWriter.start(database, "test", {}, "1")
        with pytest.raises(StoreError, match="The run could not be closed"):
            await writer.finish("stopped")
    assert line.commits == 3


async def test_a_server_that_is_away_for_longer_is_waited_for() -> None:
    answers = iter([DatabaseUnavailable("none"), DatabaseUnavailable("none"), None])

    async def work() -> str:
        if error := next(answers):
            raise error
        return "done"

    assert await attempted(work, "It failed") == "done"


def test_a_database_that_takes_no_writes_ends_the_import_in_one_sentence(
    conninfo: str, direct_conninfo: str, folder: Path
) -> None:
    # As a hosted project is put when its disk is nearly full, and a standby by its nature.
    name = sql.Identifier(str(conninfo_to_dict(conninfo)["dbname"]))
    with psycopg.connect(direct_conninfo) as connection:
        connection.execute(sql.SQL("alter database {} set default_transaction_read_only = on").format(name))
    code, _, complaints = Importer(conninfo, str(folder / "videos.ndjson")).ended()
    assert (code, "the database takes no writes" in complaints, "Traceback" in complaints) == (3, True, False)
    assert "run the same command again" in complaints


# ---------------------------------------------------------------------------------------------------------------------
# Two importers at once.
# ---------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "files",
    [("table.csv", "table.csv"), ("web.ndjson", "web.ndjson", "seen_again.ndjson")],
    ids=["one file twice", "files that hold the same comments"],
)
async def test_importers_at_the_same_time_end_like_one_after_the_other(
    conninfo: str, folder: Path, undisturbed: Undisturbed, files: tuple[str, ...]
) -> None:
    for importing in [Importer(conninfo, str(folder / file)) for file in files]:
        importing.finished()
    found = runs(conninfo)
    assert {run["file"] for run in found} == set(files)
    for run in found:
        (expected,) = [each for each in undisturbed.runs if each["file"] == run["file"]]
        for name in ("fetched", "quarantined", "errors"):
            assert run[name] == expected[name]
        assert run["state"] == "finished"
        assert run["fetched"] == run["stored"] + run["updated"] + run["duplicate"] + run["quarantined"]
    left = stored(conninfo)
    assert sum(run["stored"] for run in found) == len(left["comment"])
    assert sum(run["mention_count"] for run in found) == len(left["domain_mention"])
    assert sum(run["domain_count"] for run in found) == len(left["domain"])
    for table in ("comment", "domain_mention", "quarantine"):
        assert left[table] == [row for row in undisturbed.tables[table] if comes_from(files, table, row)]
    async with Database(conninfo) as database:
        assert await differences(database) == []


def comes_from(files: tuple[str, ...], table: str, row: str) -> bool:
    """Whether the row comes from these files, or from others that name no videos, or do."""
    if table == "quarantine":
        return any(f'"file": "{file}"' in row for file in files)
    return ('"video_id": "file:' in row) == ("table.csv" in files)


# ---------------------------------------------------------------------------------------------------------------------
# The disk is full.
# ---------------------------------------------------------------------------------------------------------------------
@pytest.fixture
def small_disk(tmp_path: Path, own_server: EmbeddedServer) -> Iterator[Path]:
    """A disk of 60 MB that the server may write to."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=60m,mode=0700", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        missing = "not run: a small disk can be mounted by root alone, and not in every container"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
    try:
        choose_user(own_server.data).own(disk)
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.fixture
def on_small_disk(small_disk: Path, own_server: EmbeddedServer) -> Iterator[str]:
    """The address of a database whose tables are on the small disk, its temporary ones, too."""
    emptied(own_server.conninfo("evidence"))
    with psycopg.connect(own_server.conninfo("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("create tablespace small location {}").format(str(small_disk)))
        with database_of(own_server, "evidence", tablespace="small") as conninfo:
            # After it has been at the catalog a connection has to write a file, and fails where there is no room.
            connection.execute("alter system set autovacuum = off")
            connection.execute("select pg_reload_conf()")
            yield conninfo
        connection.execute("drop tablespace small")


def test_a_full_disk_is_named_and_with_room_on_it_the_same_import_goes_on(
    on_small_disk: str, small_disk: Path, folder: Path, undisturbed: Undisturbed
) -> None:
    conninfo = on_small_disk
    files = [str(folder / file) for file in FILES]
    left = os.statvfs(small_disk)
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(left.f_bavail * left.f_frsize - 3_000_000))
    code, _, complaints = Importer(conninfo, *files).ended()
    assert (code, "Traceback" in complaints) == (3, False)
    assert "the disk of the database is full" in complaints
    assert "Make room on it" in complaints
    assert "run the same command again" in complaints

    ballast.unlink()
    (run,) = runs(conninfo)
    assert run["state"] != "finished"
    kept = len(stored(conninfo)["comment"])
    assert 0 < kept == run["stored"]

    assert [report["resumed_at"] for report in Importer(conninfo, *files).finished()] == [run["fetched"], 0, 0, 0]
    assert runs(conninfo)[0]["id"] == run["id"]
    assert_equal(conninfo, undisturbed)
