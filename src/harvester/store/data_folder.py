"""The data folder of a PostgreSQL server: how one is made, and which release it belongs to."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from harvester.errors import EmbeddedServerError
from harvester.store.binaries import Binaries
from harvester.store.privileges import RunAs

SUPERUSER = "harvester"
"""The role that owns the cluster, whatever the user of the operating system is called."""


def release_of(data: Path) -> str | None:
    """The major release that made this data folder, None before that.

    Raises EmbeddedServerError where the folder holds something else.
    """
    if (data / "global" / "pg_control").exists():
        return (data / "PG_VERSION").read_text().strip()
    if data.exists() and any(data.iterdir()):
        raise EmbeddedServerError(
            f"{data} is not empty, yet holds no complete PostgreSQL data folder.",
            hint="Move it away, or choose another folder.",
        )
    return None


def check_release(data: Path, binaries: Binaries) -> None:
    """Raises EmbeddedServerError where these programs cannot open this data folder."""
    release = release_of(data)
    if release != str(binaries.major):
        raise EmbeddedServerError(
            f"The data folder {data} was made by PostgreSQL {release}, and {binaries.folder} has {binaries.version}.",
            hint=f"Install PostgreSQL {release}, or move the folder away and import again.",
        )


def initialise(data: Path, binaries: Binaries, run_as: RunAs, log: int, lock: int) -> bool:
    """Makes a data folder, and says whether that worked; the file `log` has the reasons.

    It grows in a sibling and is renamed when complete, so that one that was cut short is never taken
    for whole, and redone. `lock` is a descriptor that initdb holds too: should we be killed, whoever
    waits for that lock waits for the end of initdb.
    """
    unfinished = data.with_suffix(".unfinished")
    if unfinished.exists():
        shutil.rmtree(unfinished)
    unfinished.mkdir(mode=0o700)
    run_as.own(unfinished)
    # With the C rules for letters, quotes and emoji would be parts of words to full-text search.
    letters = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
    if binaries.major >= 17:
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    else:
        locale = ["--locale-provider=libc", "--locale=C"]
    # `trust` means whoever can enter the socket folder. `peer` would compare names of users, and
    # nobody has his own name in the user namespace in which root runs the server.
    access = [f"--username={SUPERUSER}", "--auth-local=trust", "--auth-host=reject"]
    shape = ["--encoding=UTF8", *locale, f"--lc-ctype={letters}", "--data-checksums"]
    command = [str(binaries.initdb), "-D", str(unfinished), *access, *shape]
    if run_as.run(command, log, inherit=lock) != 0:
        return False
    unfinished.rename(data)
    _sync(data.parent)
    return True


def _sync(folder: Path) -> None:
    """Makes a rename in this folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
