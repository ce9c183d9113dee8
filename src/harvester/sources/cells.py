"""Cells of a table that hold a list or an object: as text, or laid out over columns of their own.

Exporters write a list into its cell as JSON, data frame libraries as Python shows it; others give each value
within a column that is named by its path, such as `authorMeta.name`, `authorMeta/name` or `hashtags/0/name`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from functools import lru_cache
from typing import Any

from harvester.model import Refused
from harvester.sources.json_text import decode, python_literal, raw_form

INDEX_COLUMNS = frozenset({"column_1", "Unnamed: 0", "Unnamed: 0.1"})
"""The first column of a saved data frame, which numbers the rows: without a name, or as it is read back."""
_STEP = re.compile(r"[./]")


def compound(cell: Any) -> Any:
    """The list or object that a text stands for, None where it is damaged; any other value as it is.

    >>> compound('[{"name": "diy"}]'), compound("['diy', None]"), compound("diy"), compound("[{'na")
    ([{'name': 'diy'}], ['diy', None], 'diy', None)
    """
    if not isinstance(cell, str) or not cell.lstrip().startswith(("[", "{")):
        return cell
    for read in (decode, python_literal):
        try:
            return read(cell.strip())
        except ValueError:
            continue
    return None


def object_in(cell: Any) -> Mapping[str, Any]:
    """The object in a cell; an empty one where there is none.

    >>> object_in('{"name": "ann"}'), object_in("None"), object_in("{'name': ")
    ({'name': 'ann'}, {}, {})
    """
    value = compound(cell)
    return value if isinstance(value, Mapping) else {}


def list_in(cell: Any) -> list[Any]:
    """The entries of the list in a cell, or of one that was gathered from columns; none where there is none.

    >>> list_in('["diy"]'), list_in({"0": "diy", "1": "wood"}), list_in("")
    (['diy'], ['diy', 'wood'], [])
    """
    value = compound(cell)
    if isinstance(value, Mapping):
        return list(value.values())
    return value if isinstance(value, list) else []


def objects_in(cell: Any, name: str, place: str) -> Iterator[Mapping[str, Any] | Refused]:
    """The objects of the list in a cell of that name; what is none, or a list that is damaged, is refused."""
    value = compound(cell)
    if value is None and isinstance(cell, str):
        raw = cell.encode("utf-8", "surrogateescape")[:65_536]
        yield Refused("damaged_cell", f"The list in {name} cannot be read.", raw, place, {"form": "bytes"})
    for each in list_in(value):
        if isinstance(each, Mapping):
            yield each
        else:
            detail = f"An entry of {name} is no object."
            yield Refused("not_an_object", detail, raw_form(each), place, {"form": "bytes"})


def gathered(row: Mapping[str, Any], names: Set[str]) -> dict[str, Any]:
    """The row with its columns that are paths into one of `names` put together again; empty ones are left out.

    >>> gathered({"id": "7", "authorMeta.name": "ann", "hashtags/0/name": "diy"}, {"authorMeta", "hashtags"})
    {'id': '7', 'authorMeta': {'name': 'ann'}, 'hashtags': {'0': {'name': 'diy'}}}
    """
    if not _has_paths(tuple(row)):
        return dict(row)
    whole: dict[str, Any] = {}
    for column, value in row.items():
        name, *path = _STEP.split(column)
        if not path or name not in names:
            whole.setdefault(column, value)
        elif value not in (None, ""):
            _put(whole, [name, *path], value)
    return whole


@lru_cache(maxsize=64)
def _has_paths(columns: tuple[str, ...]) -> bool:
    """Whether a column's name is a path: the same for every row of a table, so it is looked for once."""
    return any(len(_STEP.split(column)) > 1 for column in columns)


def _put(whole: dict[str, Any], path: list[str], value: Any) -> None:
    for step in path[:-1]:
        inner = whole.get(step)
        if not isinstance(inner, dict):
            inner = whole[step] = {}
        whole = inner
    whole[path[-1]] = value
