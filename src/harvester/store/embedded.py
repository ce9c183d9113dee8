"""Our own PostgreSQL: one server per home folder, shared by all processes, gone when nobody needs it.

Everything lives in the home folder:

    postgres/             the data folder
    postgres.unfinished/  a data folder in the making
    postgres.log          what the server says
    socket/               the only way in; under the system's temporary folder where this path is too long
    locks/change          held by the process that makes, starts or stops the server
    locks/use             shared by all that use the server through `running()`
    locks/alive           shared by all processes of the server itself
    locks/stay            exists while the server is to outlive its users
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from harvester.errors import EmbeddedServerError
from harvester.store.binaries import Binaries, find_binaries
from harvester.store.data_folder import check_release, initialise, release_of
from harvester.store.file_lock import exclusive, exclusive_if_free, opened, shared
from harvester.store.postmaster import Postmaster
from harvester.store.privileges import choose_user

LARGEST_LOG = 10 * 1024 * 1024
"""Bytes; a larger log is put aside at the next start, in place of the one put aside before."""


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """What can be seen of the server from outside."""

    running: bool
    """Whether it accepts connections."""
    pid: int | None
    version: str | None
    """Such as `18.6`; the major release alone while it does not run; None before the first start."""
    data: Path
    socket: Path
    """The folder of the socket, as libpq wants it for a host."""
    log: Path


class EmbeddedServer:
    """The PostgreSQL server of one home folder, used from any number of processes at once.

    - `with server.running():` starts it if need be. When the last such user has left, the server
      stops; users that were killed count as gone.
    - `server.start()` starts it to stay until `server.stop()`.

    Every method raises EmbeddedServerError where the home folder or the server cannot be used.
    """

    def __init__(self, home: Path, binaries: Binaries | None = None) -> None:
        self.home = home.resolve()
        self.data = self.home / "postgres"
        self.log = self.home / "postgres.log"
        self._binaries = binaries
        self._locks = self.home / "locks"
        self._change = self._locks / "change"
        self._use = self._locks / "use"
        self._stay = self._locks / "stay"
        self._postmaster = Postmaster(self.data, self.log, alive=self._locks / "alive")

    def start(self) -> None:
        """Starts the server to stay, or keeps the one that runs; makes the data folder at first."""
        with self._explained():
            self._make_home()
            with shared(self._use):
                self._ensure_running()
                self._stay.touch(mode=0o600)

    @contextlib.contextmanager
    def running(self) -> Iterator[EmbeddedServer]:
        """The server for as long as the block lasts, and longer where others use it or it is to stay."""
        with contextlib.ExitStack() as leaving:
            with self._explained():
                self._make_home()
                leaving.callback(self._stop_if_unused)
                leaving.enter_context(shared(self._use))
                self._ensure_running()
            yield self

    def stop(self) -> None:
        """Stops the server whoever uses it, and returns when its last process has ended."""
        with self._explained():
            if self._locks.exists():
                with exclusive(self._change):
                    self._stay.unlink(missing_ok=True)
                    self._postmaster.shut_down()

    def status(self) -> ServerStatus:
        """Looks, and neither waits for nor changes anything."""
        with self._explained():
            answer = self._version_by_answer()
            return ServerStatus(
                running=answer is not None,
                pid=self._postmaster.pid(),
                version=answer or release_of(self.data),
                data=self.data,
                socket=self._postmaster.socket_folder(),
                log=self.log,
            )

    def conninfo(self, database: str) -> str:
        """How libpq reaches a database of this server: over the socket, as the superuser."""
        with self._explained():
            return self._postmaster.conninfo(database)

    def ensure_database(self, name: str) -> None:
        """Makes an empty database in UTF-8 unless there is one of that name; the server must run."""
        with self._explained(), self._connect() as connection:
            if connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
                return
            create = sql.SQL("create database {} template template0 encoding 'UTF8'")
            # Another process may be as quick as we are; then the database is there, as was asked.
            with contextlib.suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                connection.execute(create.format(sql.Identifier(name)))

    def _ensure_running(self) -> None:
        if self._postmaster.answers():
            return
        with exclusive(self._change) as change:
            # Whoever held the lock before us may have started it, or was killed while starting it.
            if self._postmaster.answers() or self._postmaster.comes_up():
                return
            binaries = self._binaries or find_binaries()
            run_as = choose_user(self.data)
            run_as.check_reach(self.home)
            run_as.check_reach(binaries.folder)
            if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
                self.log.replace(self.log.with_suffix(".log.1"))
            with opened(self.log) as log:
                if release_of(self.data) is None and not initialise(self.data, binaries, run_as, log, change):
                    raise EmbeddedServerError(
                        f"initdb could not make {self.data}:{self._postmaster.last_words()}",
                        hint=f"The whole log is in {self.log}.",
                    )
                check_release(self.data, binaries)
                self._postmaster.launch(binaries, run_as, log)

    def _stop_if_unused(self) -> None:
        # Whoever comes meanwhile waits for the lock on use, and finds the server stopped, not stopping.
        with self._explained(), exclusive(self._change), exclusive_if_free(self._use) as unused:
            if unused and not self._stay.exists():
                self._postmaster.shut_down()

    def _make_home(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        self._locks.mkdir(mode=0o700, exist_ok=True)

    def _version_by_answer(self) -> str | None:
        if self._postmaster.answers():
            # It may have been stopped since.
            with contextlib.suppress(psycopg.OperationalError), self._connect() as connection:
                return connection.info.parameter_status("server_version")
        return None

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(self._postmaster.conninfo("postgres"), autocommit=True)

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        """Says of which server an error of the operating system or the connection is."""
        try:
            yield
        except OSError as error:
            raise EmbeddedServerError(
                f"The embedded PostgreSQL in {self.home} cannot be used: {error}.",
                hint="Make the folder yours, or choose another one.",
            ) from error
        except psycopg.OperationalError as error:
            raise EmbeddedServerError(
                f"The embedded PostgreSQL in {self.home} cannot be reached: {error}", hint="Start it first."
            ) from error
