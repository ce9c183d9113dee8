"""A process that is kept running: started again when it ends, and told to stop when its parent is."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable, Sequence

from harvester.errors import SettingsError

FIRST_SECONDS = 1.0
LONGEST_SECONDS = 60.0
STEADY_SECONDS = 60.0
"""A child that lived for so long is started again soon; one that keeps dying, after twice as long each time."""
GRACE_SECONDS = 15.0
"""For a child that was told to stop: longer than what a worker gives to the jobs that it has in hand."""
_SETTINGS = SettingsError.exit_code


async def kept_running(
    command: Sequence[str], *, started: Callable[[int], None], ended: Callable[[str, float], None]
) -> None:
    """Run a command until cancelled, which ends it in order; in the process group of the caller.

    Its standard input is a pipe that ends with this process, however that ends. `started` is told each process id,
    `ended` how it ended and after how many seconds the next one starts. Raises SettingsError where the command ends
    because of its settings: the next one would as well.
    """
    wait = FIRST_SECONDS
    while True:
        begun = time.monotonic()
        process = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.PIPE)
        try:
            started(process.pid)
            code = await process.wait()
        finally:
            await _end(process)
        if code == _SETTINGS:
            raise SettingsError(
                "The worker cannot work with these settings; it says why above.",
                hint="The dashboard alone: harvester up --no-worker",
            )
        if time.monotonic() - begun > STEADY_SECONDS:
            wait = FIRST_SECONDS
        ended(how(code), wait)
        await asyncio.sleep(wait)
        wait = min(2 * wait, LONGEST_SECONDS)


def how(code: int) -> str:
    """How a process ended, in words.

    >>> how(-9), how(3)
    ('was killed by SIGKILL', 'ended with exit code 3')
    """
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        return f"was killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"was killed by signal {-code}"


async def _end(process: asyncio.subprocess.Process) -> None:
    """Tell it to stop unless it has; break it off where it takes too long."""
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), GRACE_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
