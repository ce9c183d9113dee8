"""Any table with a column of comments, its header in whatever language: people's own spreadsheets.

`synonyms.py` has the names of columns that exporters and spreadsheets use; `--map` names any other. A table needs a
header: where the first row is data already, taking it for one would lose a comment.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from msgspec.structs import replace

from harvester.model import Comment
from harvester.sources.base import Item, Options, Sample, Source
from harvester.sources.rest import unknown_fields
from harvester.sources.synonyms import ANY_NAME, columns_of, comment_of

_DATA = re.compile(r"https?://|^@\w|^\d{4}-\d\d-\d\d|^\d{5,}$|\n|.{120}", re.DOTALL)
_WORDS_OF_A_TEXT = 6


class BareCsv(Source):
    """Comments of a table with a recognisable, or named, column of text."""

    name = "bare_csv"
    title = "Table with a column of comments (CSV, XLSX)"

    def recognises(self, sample: Sample) -> bool:
        if sample.container != "table" or not is_header(sample.columns):
            return False
        # With another delimiter than the table's own, the rows below hardly have the same columns.
        texts = set(columns_of(tuple(sample.columns)).get("text", ()))
        return bool(texts) and (not sample.items or any(texts & item.value.keys() for item in sample.items))

    def known_fields(self, options: Options) -> Set[str]:  # noqa: ARG002  It keeps the columns that it does not use.
        return ANY_NAME

    def record(self, item: Item, options: Options) -> Comment:
        comment, used = comment_of(item.value, options)
        return replace(comment, metadata=unknown_fields(item.value, used))


def is_header(cells: Sequence[str], above: Sequence[Sequence[str]] = ()) -> bool:
    """Whether cells can be the names of columns: none is an address, a date, a long number or a long text.

    Below other rows they must name two things that are looked for, and what stands above must be narrower: a title,
    not rows of the same table, one of which happens to say "comment".

    >>> is_header(["user", "comment"]), is_header(["@ann", "comment"])
    (True, False)
    >>> is_header(["user", "comment"], [["My list"]]), is_header(["user", "comment"], [["ann", "lovely"]])
    (True, False)
    """
    if any(_DATA.search(cell) for cell in cells):
        return False
    narrower = all(sum(map(bool, row)) < len(cells) for row in above)
    return not above or (narrower and len(columns_of(tuple(cells))) > 1)


def seems_data(cells: Sequence[str]) -> bool:
    """Whether a row, rather than naming columns, holds what people write.

    >>> seems_data(["ann", "where did you buy this, it is lovely"]), seems_data(["who", "said"])
    (True, False)
    """
    return any(_DATA.search(cell) or len(cell.split()) >= _WORDS_OF_A_TEXT for cell in cells)
