"""`harvester …` as a process of its own that need not import everything anew.

Python takes up to a second to import what a verb works with, and the first text that is read another. A command of this
module is forked off a process that has that behind it and has done nothing else (`tests.warm`); its words, environment,
folder, streams, signals and exit code are its own.
"""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context, resource_tracker
from multiprocessing.context import ForkServerContext
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, NoReturn

from harvester.cli.main import run

_PIPE = 65_536
"""Bytes that a pipe takes although nobody reads them yet."""


class Command:
    """A process that runs `harvester` with these words, and what it said; methods are called as those of `Popen`."""

    def __init__(
        self,
        *words: str,
        environment: Mapping[str, str],
        folder: Path | str = "/",
        given: str = "",
        before: str = "",
        has_own_session: bool = False,
    ) -> None:
        """It has no environment but this; `given` is what it reads, `before` is Python that runs first."""
        # Files, not pipes: what a killed process leaves behind would keep those open.
        self._output, self._complaints = NamedTemporaryFile(), NamedTemporaryFile()  # noqa: SIM115  They outlive this.
        begin = _Begin(
            words, dict(environment), str(folder), given.encode(), (self._output.name, self._complaints.name), before,
            has_own_session,
        )  # fmt: skip
        self._process = _forking().Process(target=begin)
        self._process.start()
        assert self._process.pid is not None
        self.pid = self._process.pid

    def poll(self) -> int | None:
        """Its exit code; None while it runs."""
        return self._process.exitcode

    def send_signal(self, how: signal.Signals) -> None:
        """Nothing where it has ended."""
        if self.poll() is None:
            os.kill(self.pid, how)

    def kill(self) -> None:
        """As `kill -9` does; nothing where it has ended."""
        self._process.kill()
        self._process.join()

    def wait(self, seconds: float = 60) -> int:
        """Its exit code; killed where it takes longer."""
        self._process.join(seconds)
        code = self.poll()
        if code is None:
            self.kill()
            raise subprocess.TimeoutExpired("harvester", seconds, self.output(), self.complaints())
        return code

    def output(self) -> str:
        """What it wrote so far."""
        return Path(self._output.name).read_text(errors="replace")

    def complaints(self) -> str:
        """What it wrote to its stderr so far."""
        return Path(self._complaints.name).read_text(errors="replace")

    def completed(self, seconds: float = 60) -> subprocess.CompletedProcess[str]:
        """Wait until it ends; what `subprocess.run` gives."""
        try:
            return subprocess.CompletedProcess("harvester", self.wait(seconds), self.output(), self.complaints())
        finally:
            self.close()

    def close(self) -> None:
        """Forget what it said, once it has ended."""
        self._output.close()
        self._complaints.close()
        self._process.close()


@cache
def _forking() -> ForkServerContext:
    """The way to processes that are forked off one of ours, not off this one, which has threads and much else."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["tests.warm", __name__])
    return context


@dataclass(frozen=True, slots=True)
class _Begin:
    """What the forked process is, and does."""

    words: tuple[str, ...]
    environment: dict[str, str]
    folder: str
    given: bytes
    said: tuple[str, str]
    """Its files for output and complaints."""
    before: str
    has_own_session: bool

    def __call__(self) -> None:
        if self.has_own_session:
            os.setsid()
        # What it shares with processes of its own is for a tracker of its own to clear away.
        tracker: Any = resource_tracker._resource_tracker
        os.close(tracker._fd)
        tracker._fd = None
        os.environ.clear()
        os.environ.update(self.environment)
        os.chdir(self.folder)
        assert len(self.given) <= _PIPE
        reading, writing = os.pipe()
        os.write(writing, self.given)
        os.close(writing)
        streams = [reading, *(os.open(name, os.O_WRONLY | os.O_APPEND) for name in self.said)]
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
        sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
        sys.stderr = os.fdopen(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)
        # Tests that run behind a shell's `&` have Ctrl-C ignored, and would hand that down.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.argv = ["harvester", *self.words]
        exec(self.before, {})
        _end(_code_of_run())


def _code_of_run() -> int:
    """What a process gives back whose program is `run()`."""
    try:
        run()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001  Python itself tells of any.
        sys.excepthook(*sys.exc_info())
        return 1
    return 0


def _end(code: int) -> NoReturn:
    """End as Python does: first the threads, then what was left for the end; `multiprocessing` has it the other way."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
