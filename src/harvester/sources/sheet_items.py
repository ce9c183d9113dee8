"""Items of a spreadsheet (XLSX): the rows of its first sheet that has any, by the names of its columns."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

import openpyxl

from harvester.errors import UnreadableFile
from harvester.model import Refused
from harvester.sources.base import Part
from harvester.sources.table_items import MOST_PREAMBLE, Header, row_items


class Sheet:
    """An open spreadsheet; its rows are read one by one, in bounded memory apart from its table of texts."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        """Raises UnreadableFile where it is no spreadsheet that can be read."""
        try:
            with warnings.catch_warnings():
                # It warns of styles and validations that it does not know; none of them matters here.
                warnings.simplefilter("ignore")
                book = openpyxl.load_workbook(file, read_only=True, data_only=True)
            self._sheets = [sheet for sheet in book.worksheets if hasattr(sheet, "iter_rows")]
            self.first_rows: list[list[str]] = []
            for sheet in self._sheets:
                # The written size of a sheet is often wrong.
                sheet.reset_dimensions()
                self.first_rows = [_cells(row) for row in islice(sheet.iter_rows(values_only=True), MOST_PREAMBLE + 1)]
                if any(any(row) for row in self.first_rows):
                    self._sheet = sheet
                    break
            else:
                raise UnreadableFile(f"{name} is a spreadsheet without a row.", hint="Check what it holds.")
        except (zipfile.BadZipFile, ParseError, KeyError, ValueError, TypeError, OSError, EOFError) as error:
            raise UnreadableFile(
                f"{name} is a spreadsheet that cannot be read: {str(error)[:200]}.",
                hint="Save it as CSV, then import it.",
            ) from error

    def items(self, header: Header) -> Iterator[Part]:
        """The rows below the header."""
        return row_items(self._rows(len(header.preamble) + 1), header)

    def _rows(self, above: int) -> Iterator[tuple[int, list[str]] | Refused]:
        rows = enumerate(self._sheet.iter_rows(values_only=True), start=1)
        while True:
            try:
                number, cells = next(rows)
            except StopIteration:
                return
            except (zipfile.BadZipFile, ParseError, KeyError, ValueError, TypeError, OSError, EOFError) as error:
                yield Refused("damaged_archive", f"The spreadsheet is damaged from here on: {str(error)[:200]}.", b"")
                return
            if number > above:
                yield number, _cells(cells)


def _cells(row: tuple[Any, ...]) -> list[str]:
    """Cells as a table of text has them: times as ISO 8601, empty ones as empty texts."""
    return [_text(value) for value in row]


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, datetime | date) else str(value)
