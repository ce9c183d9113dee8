"""As whom PostgreSQL runs: it refuses to be root, and owns its data folder."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harvester.errors import EmbeddedServerError

PASSED_ON = ("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH")
"""All that a server that outlives us gets of our environment, which may hold tokens."""


@dataclass(frozen=True, slots=True)
class RunAs:
    """The user that owns the files, and the words before a command that keep it from being root."""

    uid: int
    gid: int
    wrapper: tuple[str, ...] = ()

    def run(self, command: Sequence[str], output: int, *, inherit: int | None = None) -> int:
        """Runs a command to its end and gives its exit code.

        `output` is the file descriptor of a file, never of a pipe: a server that the command leaves
        behind would keep the pipe open and its reader waiting. `inherit` is a descriptor that the
        command and all its children hold open, and with it the lock on that file.
        """
        switch = self.uid != os.geteuid()
        environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        return subprocess.run(  # noqa: S603 - the words come from this room, and no shell splits them.
            [*self.wrapper, *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            check=False,
            cwd="/",  # The folder we are in may be closed to that user.
            env={**environment, "LC_ALL": "C"},
            pass_fds=() if inherit is None else (inherit,),
            start_new_session=True,
            user=self.uid if switch else None,
            group=self.gid if switch else None,
            extra_groups=[] if switch else None,
        ).returncode

    def own(self, path: Path) -> None:
        """Gives this user a file or a folder, which only root can do and only root needs to do."""
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def own_all(self, folder: Path) -> None:
        """Gives this user a folder with all that is in it."""
        for parent, folders, files in os.walk(folder):
            for name in (*folders, *files):
                self.own(Path(parent, name))
        self.own(folder)

    def check_reach(self, path: Path) -> None:
        """Raises EmbeddedServerError with the first folder on the way that is closed to this user."""
        if os.geteuid() != 0 or self._reaches(path):
            return
        closed = next((folder for folder in reversed(path.parents) if not self._reaches(folder)), path)
        raise EmbeddedServerError(
            f"PostgreSQL refuses to run as root, and without root's powers it cannot enter {closed}.",
            hint="Run the harvester as an ordinary user, choose a folder that every user may pass "
            f"through, or allow it with `chmod o+x {closed}`.",
        )

    def _reaches(self, path: Path) -> bool:
        return self.run(["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)], subprocess.DEVNULL) == 0


def choose_user(data: Path) -> RunAs:
    """The user for this data folder: ourselves, or for root the owner, a user namespace or `nobody`.

    In a user namespace root becomes `nobody` in its own eyes, which satisfies PostgreSQL, while the
    files stay root's and no account or permission has to change. Containers often forbid namespaces,
    and macOS has none: then the server becomes the real `nobody`.

    Raises EmbeddedServerError where an ordinary user meets the data folder of somebody else.
    """
    owner = data.stat() if data.exists() else None
    if os.geteuid() != 0:
        if owner and owner.st_uid != os.geteuid():
            raise EmbeddedServerError(
                f"The data folder {data} belongs to {_name(owner.st_uid)}, not to {_name(os.geteuid())}.",
                hint="Run the harvester as its owner, or choose another folder.",
            )
        return RunAs(os.geteuid(), os.getegid())
    if owner and owner.st_uid != 0:
        return RunAs(owner.st_uid, owner.st_gid)
    # initdb looks the user up by its number, so it has to be one that exists.
    nobody = pwd.getpwnam("nobody")
    unshare = shutil.which("unshare")
    if unshare:
        mapped = (f"--map-user={nobody.pw_uid}", f"--map-group={nobody.pw_gid}")
        namespace = RunAs(0, 0, (unshare, "--user", *mapped))
        if namespace.run(["/bin/sh", "-c", ":"], subprocess.DEVNULL) == 0:
            return namespace
    return RunAs(nobody.pw_uid, nobody.pw_gid)


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
