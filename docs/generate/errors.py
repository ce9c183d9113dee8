"""docs/reference/errors.md, from the exception tree and what the dashboard makes of it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from harvester.errors import HarvesterError
from harvester.web.problem import Problem, problem_of

from .markdown import block, code, page, prose, table

_COMMAND_LINE = (
    "`harvester` ends with one sentence on standard error, mostly with a hint what to do next, and with the exit code "
    "of the error. 0 means done, 2 is also a command line that cannot be understood, and 130 is Ctrl-C.\n\n"
    "The API answers with `application/problem+json` "
    "([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)) and the HTTP status of the error. One without a status is "
    "met at the command line; where the API meets it after all, the status is 500.\n\n"
    "Programs should look at the code: it is stable, the sentences are not.\n\n"
    "Sources: [errors.py](../../src/harvester/errors.py), [web/problem.py](../../src/harvester/web/problem.py)."
)
_UNFORESEEN = 500
_API_ALONE = "These codes come from the API alone, for requests that it cannot serve:"

# One of each kind of failure that is no error of ours.
_STRANGE: tuple[Exception, ...] = (
    RequestValidationError([{"type": "extra_forbidden", "loc": ("query", "name"), "msg": ""}]),
    RequestValidationError([{"type": "int_parsing", "loc": ("query", "name"), "msg": "(the reason)"}]),
    HTTPException(404),
    HTTPException(405),
    RuntimeError(),
)


def kinds(root: type[HarvesterError] = HarvesterError) -> Iterator[type[HarvesterError]]:
    """The root, then all that descends from it, in the order of the source."""
    yield root
    for kind in _children(root):
        yield from kinds(kind)


def _children(kind: type[HarvesterError]) -> list[type[HarvesterError]]:
    return [each for each in kind.__subclasses__() if each.__module__ == HarvesterError.__module__]


def tree() -> str:
    """The exception tree as its module draws it, without the explanations."""
    return "\n".join([HarvesterError.__name__, *_branches(HarvesterError, "")])


def _branches(kind: type[HarvesterError], indent: str) -> Iterator[str]:
    children = _children(kind)
    for child in children:
        last = child is children[-1]
        yield f"{indent}{'└' if last else '├'}── {child.__name__}"
        yield from _branches(child, indent + ("    " if last else "│   "))


def strange_problems() -> Iterator[Problem]:
    """The problems that the API reports without an error of ours, as far as their codes are no error's."""
    ours = {kind.code for kind in kinds()}
    for failure in _STRANGE:
        problem = problem_of(failure)
        if problem.code not in ours:
            yield problem


def errors_page() -> str:
    """The file."""
    headings = ("code", "error", "meaning", "exit code", "HTTP status")
    rows = [
        (code(kind.code), code(kind.__name__), prose(inspect.getdoc(kind) or ""), str(kind.exit_code), _status(kind))
        for kind in kinds()
    ]
    problems = [(code(each.code), prose(each.detail), str(each.status)) for each in strange_problems()]
    return page(
        "Errors", _COMMAND_LINE, block(tree()), table(headings, rows), _API_ALONE,
        table(("code", "meaning", "HTTP status"), problems),
    )  # fmt: skip


def _status(kind: type[HarvesterError]) -> str:
    status = problem_of(kind("")).status
    return "" if status == _UNFORESEEN else str(status)
