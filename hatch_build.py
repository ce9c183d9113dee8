"""A wheel whose extractor is machine code: mypyc compiles the modules of `harvester.domains` as they are.

Off by default, since it needs a C compiler and the headers of Python (Debian: gcc, python3-dev):

    HATCH_BUILD_HOOKS_ENABLE=1 pip install .
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOM = Path("src/harvester/domains")
LEFT = {"__init__", "explanation", "kinds", "listing"}
"""Modules that hold nothing which is asked for every text."""


class CompiledExtractor(BuildHookInterface[Any]):
    """Puts the compiled modules beside their sources, which stay for tracebacks and for reading."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile into a folder of its own; an editable install keeps its Python, so that edits count."""
        if version == "editable":
            return
        from mypyc.build import mypycify
        from setuptools import Distribution

        built = Path(tempfile.mkdtemp(prefix="harvester-compiled-"))
        modules = sorted(str(path) for path in (Path(self.root) / ROOM).glob("*.py") if path.stem not in LEFT)
        extensions = mypycify(
            ["--ignore-missing-imports", "--config-file=", *modules],
            opt_level="3",
            group_name="harvester_domains",
            target_dir=str(built / "c"),
        )
        if sys.platform == "linux":
            # Calls inside the library go straight to their function: nobody may put another in its place.
            for extension in extensions:
                extension.extra_compile_args += ["-fno-semantic-interposition", "-fvisibility=hidden"]
                extension.extra_link_args += ["-Wl,-Bsymbolic"]
        compiler = Distribution({"name": "harvester", "ext_modules": extensions}).get_command_obj("build_ext")
        compiler.build_lib, compiler.build_temp = str(built / "lib"), str(built / "o")
        compiler.ensure_finalized()
        compiler.run()
        build_data["pure_python"], build_data["infer_tag"] = False, True
        for library in sorted((built / "lib").rglob("*.so")):
            build_data["force_include"][str(library)] = str(library.relative_to(built / "lib"))
