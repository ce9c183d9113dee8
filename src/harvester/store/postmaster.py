"""The processes of one PostgreSQL server: starting them, finding them, ending them."""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import stat
import subprocess
import tempfile
import time
from pathlib import Path

from psycopg.conninfo import make_conninfo
from psycopg.pq import PGconn, Ping

from harvester.errors import EmbeddedServerError
from harvester.store.binaries import Binaries
from harvester.store.data_folder import SUPERUSER
from harvester.store.file_lock import exclusive_if_free, shared
from harvester.store.memory import memory, shared_buffers
from harvester.store.privileges import RunAs

SETTINGS = {
    # There is no way in but the socket, and only its owner may use it, so there is no password to keep.
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": "5432",
    "max_connections": "100",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "wal_buffers": "16MB",  # Else two importers write the log themselves, and wait for each other.
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",  # Laptops have solid-state disks.
    "jit": "off",  # Compiling costs more than short queries gain.
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",  # They would be most of what an idle server has to say.
    "track_functions": "pl",  # What the triggers cost: `harvester db health` shows it.
}
STATEMENT_STATISTICS = "pg_stat_statements"
"""A library that counts what statements cost; it is part of contrib, which some packages leave out."""

SOCKET = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 103
"""Bytes; macOS has 104 for it and Linux 108, with the NUL at the end (unix(4), unix(7))."""

START_SECONDS = 60.0
"""Recovery after a crash may read max_wal_size before the server answers."""
ORPHAN_SECONDS = 2.0
"""How long sessions whose server was killed may take to notice it by themselves."""
STOP_SECONDS = {signal.SIGINT: 30.0, signal.SIGQUIT: 5.0}
"""A fast shutdown ends the sessions and writes all down; an immediate one leaves that to recovery."""
POLL_SECONDS = 0.01

PROC = Path("/proc")
"""What Linux tells of processes; macOS has `ps` instead, which small images of Linux lack."""


class Postmaster:
    """The server of one data folder, seen from any process; whoever changes it holds a lock on that.

    Every process of the server shares the lock `alive` from birth to death. So the kernel tells
    whether one is left, where process numbers cannot: those are reused, linger as zombies, and mean
    nothing to another container.
    """

    def __init__(self, data: Path, log: Path, alive: Path) -> None:
        self.data = data
        self.log = log
        self._alive = alive
        self._digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
        self._title = f"harvester-{self._digest}"

    def pid(self) -> int | None:
        """The number of the first process, None where that number now belongs to somebody else."""
        lines = self._pid_file()
        if lines and lines[0].isdigit() and str(self.data) in _command(int(lines[0])):
            return int(lines[0])
        return None

    def answers(self) -> bool:
        """Whether the server accepts connections; takes about a millisecond."""
        folder = self.socket_folder()
        # In the system's temporary folder anybody could have put a folder of that name, and a server.
        if not _is_private(folder, owners={os.geteuid(), _owner(self.data)}):
            return False
        conninfo = make_conninfo(self.conninfo("postgres"), connect_timeout=2)
        return PGconn.ping(conninfo.encode()) == Ping.OK

    def is_alive(self) -> bool:
        """Whether any process of the server is left, in whatever state."""
        with exclusive_if_free(self._alive) as free:
            # One that was started by hand holds no lock of ours, but has its number in the data folder.
            return not free or self.pid() is not None

    def conninfo(self, database: str) -> str:
        """How libpq reaches a database of this server."""
        return make_conninfo(host=str(self.socket_folder()), port=5432, user=SUPERUSER, dbname=database)

    def socket_folder(self) -> Path:
        """Where the server says that it listens, else where it is going to.

        A copy of the data folder of a running server holds that server's word, which is not for us.
        """
        lines = self._pid_file()
        if len(lines) > 4 and lines[1] == str(self.data) and lines[4]:
            return Path(lines[4])
        return self._next_socket_folder()

    def comes_up(self) -> bool:
        """Waits until the server answers (True) or its last process has ended (False).

        Raises EmbeddedServerError where neither happens.
        """
        began = time.monotonic()
        while self.is_alive():
            if self.answers():
                return True
            waited = time.monotonic() - began
            if waited > ORPHAN_SECONDS and self.pid() is None:
                # The server was killed, and its sessions keep the next one from starting.
                self._kill(f"postgres: {self._title}:")
            if waited > START_SECONDS:
                raise EmbeddedServerError(
                    f"The server of {self.data} runs, but did not answer for {START_SECONDS:.0f} seconds:"
                    f"{self.last_words()}",
                    hint="It may still be recovering from a crash: wait, and try again. Else stop it "
                    "(it may run in another container that shares the folder) and start it anew.",
                )
            time.sleep(POLL_SECONDS)
        return False

    def launch(self, binaries: Binaries, run_as: RunAs, log: int) -> None:
        """Starts the server where none is alive, and returns when it answers.

        Raises EmbeddedServerError with its last words where it does not come up.
        """
        self._clear_remains()
        if _owner(self.data) != run_as.uid:
            run_as.own_all(self.data)
        folder = self._make_socket_folder(run_as)
        names = {
            "unix_socket_directories": str(folder),
            "cluster_name": self._title,
            "shared_buffers": shared_buffers(memory()),
        }
        if binaries.has_library(STATEMENT_STATISTICS):
            names["shared_preload_libraries"] = STATEMENT_STATISTICS
        settings = [f"-c{name}={value}" for name, value in {**SETTINGS, **names}.items()]
        # The shell ends at once, so the server is no child of ours and in no terminal's session.
        in_background = ["/bin/sh", "-c", '"$@" &', "sh"]
        with shared(self._alive) as alive:
            command = [*in_background, str(binaries.postgres), "-D", str(self.data), *settings]
            run_as.run(command, log, inherit=alive)
        if not self.comes_up():
            raise EmbeddedServerError(
                f"The embedded PostgreSQL did not start:{self.last_words()}",
                hint=f"The whole log is in {self.log}.",
            )

    def shut_down(self) -> None:
        """Ends the server, gently if it lets us, and returns when its last process has ended."""
        for how, seconds in STOP_SECONDS.items():
            pid = self.pid()
            if pid is not None:
                _send(pid, how)
                self._wait_for_end(seconds)
        if self.is_alive():
            self._kill(f"postgres: {self._title}:", f"cluster_name={self._title}")
            self._wait_for_end(ORPHAN_SECONDS)
        if self.is_alive():
            raise EmbeddedServerError(
                f"The server of {self.data} does not end.",
                hint="It may run in another container that shares the folder: stop it there.",
            )

    def last_words(self) -> str:
        """The end of the log, each line on its own."""
        if not self.log.exists():
            return ""
        lines = self.log.read_text(errors="replace").splitlines()
        return "".join(f"\n  {line}" for line in lines[-8:])

    def _next_socket_folder(self) -> Path:
        """Beside the data folder, else under the system's temporary folder, where paths are short.

        What is removed or given away goes by this alone, never by what the data folder's owner wrote.
        """
        short = f"harvester-{self._digest}"
        temporary = (tempfile.gettempdir(), "/tmp")  # noqa: S108 - the owner is checked before every use.
        places = (self.data.parent / "socket", *(Path(folder, short) for folder in temporary))
        return next(place for place in places if _can_hold_socket(place))

    def _make_socket_folder(self, run_as: RunAs) -> Path:
        folder = self._next_socket_folder()
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        if not _is_private(folder, owners={os.geteuid(), run_as.uid}):
            raise EmbeddedServerError(
                f"{folder} is to hold the server's socket, but is not a folder that is ours alone.",
                hint="Remove it, or choose a shorter path for the data, so that it is not needed.",
            )
        run_as.own(folder)
        return folder

    def _clear_remains(self) -> None:
        """Removes what a killed server left: its process number may be another process's by now."""
        folder = self._next_socket_folder()
        for remains in (self.data / "postmaster.pid", folder / SOCKET, folder / f"{SOCKET}.lock"):
            remains.unlink(missing_ok=True)

    def _wait_for_end(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while self.is_alive() and time.monotonic() < end:
            time.sleep(POLL_SECONDS)

    def _kill(self, *titles: str) -> None:
        """Kills every process with one of these in its title.

        The first process keeps the settings that it was given there; its children show cluster_name.
        """
        for pid in _all_pids():
            if any(title in _command(pid) for title in titles):
                _send(pid, signal.SIGKILL)

    def _pid_file(self) -> list[str]:
        """Process number, data folder, start time, port, socket folder, … (miscadmin.h of PostgreSQL)."""
        with contextlib.suppress(FileNotFoundError):
            return (self.data / "postmaster.pid").read_text().splitlines()
        return []


def _can_hold_socket(folder: Path) -> bool:
    # The setting and libpq read a comma as the start of another folder, the setting a quote as quoting.
    return len(os.fsencode(folder / SOCKET)) <= LONGEST_SOCKET_PATH and not {",", '"'} & set(str(folder))


def _is_private(folder: Path, owners: set[int | None]) -> bool:
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid in owners and not found.st_mode & 0o077


def _owner(path: Path) -> int | None:
    try:
        return path.stat().st_uid
    except FileNotFoundError:
        return None


def _send(pid: int, how: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, how)


def _command(pid: int) -> str:
    """The command line of a process; empty for one that is gone or a zombie."""
    if PROC.exists():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            return os.fsdecode((PROC / str(pid) / "cmdline").read_bytes()).replace("\0", " ")
        return ""
    return _ps("-p", str(pid), "-o", "command=")


def _all_pids() -> list[int]:
    if PROC.exists():
        return [int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit()]
    return [int(pid) for pid in _ps("-ax", "-o", "pid=").split()]


def _ps(*options: str) -> str:
    command = ["/bin/ps", *options]  # Fixed words, apart from a number.
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout  # noqa: S603
