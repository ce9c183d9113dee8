"""Items of a file of JSON: lines, or one document with an API's envelope around its records."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, BinaryIO

import msgspec

from harvester.model import Refused
from harvester.sources.base import Item, Part
from harvester.sources.text_layer import text_of


def json_items(file: BinaryIO, encoding: str) -> Iterator[Part]:
    """Items of JSON lines where the first line is an object of its own, else of one document."""
    position = file.tell()
    text = text_of(file, encoding, newline="\n")
    # Lines end at \n alone: captions hold U+2028 and other separators that str.splitlines would take.
    first_line = text.readline()
    if _is_object(first_line):
        yield from _lines(chain([first_line], text))
        return
    file.seek(position)
    whole = text_of(file, encoding, newline="\n").read()
    try:
        document = decode(whole)
    except ValueError:
        yield from _lines(iter(whole.split("\n")))
    else:
        yield from unwrap(document)


def _lines(lines: Iterator[str]) -> Iterator[Part]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            document = decode(line)
        except ValueError as error:
            yield Refused("bad_json", f"Line {number} is no JSON: {error}.", line.encode("utf-8", "surrogateescape"))
        else:
            yield from unwrap(document)


def decode(text: str) -> Any:
    """A JSON text as Python values, integers exact; raises ValueError where it is none.

    NaN and the infinities, which some exporters write, become None.

    >>> decode('{"id": 7386111312293610270, "likes": NaN}')
    {'id': 7386111312293610270, 'likes': None}
    """
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError):
        pass
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    # The standard library reads what the faster parser refuses: NaN, lone surrogates, huge integers.
    try:
        return json.loads(text, parse_constant=lambda _: None)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def unwrap(document: Any, *, answered: bool = False) -> Iterator[Part]:
    """The items of a JSON document: out of an API's envelope, out of a list, or the object itself.

    A list named `comments` or `videos` is the answer of an API (`answered`) when paging keys stand beside it.

    >>> [item.value for item in unwrap({"data": {"comments": [{"id": 1}]}, "error": {"code": "ok"}})]
    [{'id': 1}]
    """
    if isinstance(document, list):
        for element in document:
            yield from unwrap(element)
        return
    if not isinstance(document, Mapping):
        yield Refused(
            "not_an_object", f"There is a {type(document).__name__} where an object belongs.", raw_form(document)
        )
        return
    answered = answered or not document.keys().isdisjoint({"status_code", "has_more", "cursor"})
    for key in ("comments", "videos"):
        listed = document.get(key)
        if answered and isinstance(listed, list):
            envelope = {name: value for name, value in document.items() if name != key}
            for element in listed:
                if isinstance(element, Mapping):
                    yield Item(element, envelope)
                else:
                    yield Refused("not_an_object", f"An entry of {key} is no object.", raw_form(element))
            return
    inner = document.get("data")
    if isinstance(inner, Mapping) and ("error" in document or "code" in document):
        yield from unwrap(inner, answered=True)
        return
    yield Item(document)


def _is_object(line: str) -> bool:
    try:
        return isinstance(decode(line), Mapping)
    except ValueError:
        return False


def raw_form(value: Any) -> bytes:
    """The form in which a decoded item is kept in quarantine."""
    return json.dumps(value, ensure_ascii=True, default=str).encode()
