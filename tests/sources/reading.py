"""Reads a text as if it were a file, for the tests of the formats."""

from __future__ import annotations

import io
import json
from typing import Any

from harvester.model import Record
from harvester.sources.base import Options
from harvester.sources.reading import read


def records_of(content: Any, options: Options | None = None) -> tuple[str, list[Record]]:
    """The format's name and the records of a file: bytes, text, or a value that is written as JSON."""
    if not isinstance(content, bytes | str):
        content = json.dumps(content)
    raw = content.encode() if isinstance(content, str) else content
    reading = read(io.BytesIO(raw), "file", options or Options())
    return reading.source.name, list(reading.records)
