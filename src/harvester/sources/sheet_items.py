"""Items of a spreadsheet (XLSX): the rows of its first sheet that has any, by the names of its columns."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from itertools import islice
from typing import Any, BinaryIO

from harvester.errors import UnreadableFile
from harvester.model import Refused
from harvester.sources.base import Part
from harvester.sources.sheet_bounds import refuse_unbounded
from harvester.sources.table_items import MOST_PREAMBLE, Header, row_items


class Sheet:
    """An open spreadsheet; its rows are read one by one, in bounded memory apart from its table of texts."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        """Raises UnreadableFile where it is no spreadsheet that can be read, or one that does not fit memory."""
        try:
            refuse_unbounded(file, name)
            self._sheet, self.first_rows = _first_filled(file)
        except UnreadableFile:
            raise
        except Exception as error:  # The library raises whatever it stumbles over in a damaged file.
            raise UnreadableFile(
                f"{name} is a spreadsheet that cannot be read: {_said(error)}.", hint="Save it as CSV, then import it."
            ) from error
        if not self.first_rows:
            raise UnreadableFile(f"{name} is a spreadsheet without a row.", hint="Check what it holds.")

    def items(self, header: Header) -> Iterator[Part]:
        """The rows below the header."""
        return row_items(self._rows(len(header.preamble) + 1), header)

    def _rows(self, above: int) -> Iterator[tuple[int, list[str]] | Refused]:
        rows = enumerate(self._sheet.iter_rows(values_only=True), start=1)
        while True:
            try:
                with _quiet():
                    number, cells = next(rows)
            except StopIteration:
                return
            except Exception as error:  # noqa: BLE001  As above; what was read before it is kept.
                yield Refused("damaged_archive", f"The spreadsheet is damaged from here on: {_said(error)}.", b"")
                return
            if number > above:
                yield number, _cells(cells)


def _first_filled(file: BinaryIO) -> tuple[Any, list[list[str]]]:
    """The first sheet that has any row, and its first rows; no rows where all sheets are empty."""
    # The library is large, and nearly no import needs it.
    import openpyxl

    with _quiet():
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        for sheet in book.worksheets:
            if not hasattr(sheet, "iter_rows"):
                continue  # It is a chart.
            # The written size of a sheet is often wrong.
            sheet.reset_dimensions()
            rows = [_cells(row) for row in islice(sheet.iter_rows(values_only=True), MOST_PREAMBLE + 1)]
            if any(map(any, rows)):
                return sheet, rows
    return None, []


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the library's warnings of styles, validations and dates that it does not know."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _said(error: Exception) -> str:
    return str(error)[:200] or type(error).__name__


def _cells(row: tuple[Any, ...]) -> list[str]:
    """Cells as a table of text has them: times as ISO 8601, empty ones as empty texts."""
    return [_text(value) for value in row]


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, datetime | date) else str(value)
