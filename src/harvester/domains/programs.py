"""What files, programs and their parts are called: they have the form of a host."""

from __future__ import annotations

from typing import Final

FILE_ENDINGS: Final = frozenset("zip mov md py rs sh ps java cc so ai pl app cab ml mk pub am in do".split())
"""Top-level domains that are file name extensions too (`notes.md`, `run.sh`)."""

SURE_FILE_ENDINGS: Final = frozenset("zip mov md py rs sh ps java".split())
"""Those of them that are a file more often than a site."""

FILE_TYPES: Final = FILE_ENDINGS | frozenset(
    """txt log pdf jpg jpeg png gif svg exe dll bat dat apk iso rar json csv xml yaml yml toml ini js ts html htm css
    cpp docx doc xlsx xls pptx ppt mp3 mp4 mkv avi wav psd obj jar iml lock env bak tmp cfg conf""".split()
)
"""Extensions of files, whether they are top-level domains or not."""

FILE_NAMES: Final = frozenset(
    """readme main test index script setup run install notes final lib libc page image photo song logo paper archive
    backup makefile config answer solution app model data file document foo bar untitled screenshot video
    utils changelog license contributing todo""".split()
)
"""The names that files bear."""

PRODUCTS: Final = frozenset("asp.net vb.net ado.net ml.net paint.net ft.lb".split())
"""Names of programs, and a unit, that have the form of a host."""

PACKAGES: Final = frozenset("com org net io java javax android androidx kotlin".split())
"""What the names of packages in programs begin with (`com.example.app.run`)."""
