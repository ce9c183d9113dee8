"""docs/reference/commands.md, from the command line itself."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from enum import Enum
from typing import Any

import typer

from harvester.cli.main import command_line

from .markdown import block, code, codes, page, prose, table

_INTRODUCTION = (
    "Every command explains itself: `harvester domain list --help`. What an exit code means is said in "
    "[Errors](errors.md), what the environment may set in [Settings](settings.md).\n\n"
    "Source: [src/harvester/cli/](../../src/harvester/cli/)."
)
_EXAMPLE = "Example: "

# The classes of commands and parameters are no public part of Typer; their attributes are those of Click.
Command = Any
Parameter = Any


def program() -> Command:
    """The whole command line."""
    return typer.main.get_command(command_line())


def commands(under: Command, *words: str) -> Iterator[tuple[str, Command]]:
    """Every command with the words that call it; a noun comes before its verbs."""
    for word, command in under.commands.items():
        if command.hidden:
            continue
        called = (*words, word)
        yield " ".join(called), command
        if is_noun(command):
            yield from commands(command, *called)


def is_noun(command: Command) -> bool:
    """Whether verbs follow, as in `harvester db`."""
    return hasattr(command, "commands")


def parameters(command: Command) -> list[Parameter]:
    """Arguments, then options, those for help left out."""
    shown = [each for each in command.params if not getattr(each, "hidden", False)]
    return sorted(shown, key=lambda each: each.param_type_name != "argument")


def commands_page() -> str:
    """The file."""
    whole = program()
    listed = list(commands(whole, whole.name))
    verbs = [(name, command) for name, command in listed if not is_noun(command)]
    contents = [
        (f"[{code(name)}](#{name.replace(' ', '-')})", prose(_help(command).partition("\n\n")[0]))
        for name, command in verbs
    ]
    return page(
        "Commands",
        prose(_help(whole)),
        _INTRODUCTION,
        table(("command", "what it does"), contents),
        "Before the verb:",
        _parameters(whole),
        *(_section(name, command) for name, command in listed),
    )


def _section(name: str, command: Command) -> str:
    if is_noun(command):
        return f"## {name}\n\n{_paragraphs(_help(command))}"
    usage = " ".join([name, *(_usage(each) for each in parameters(command))])
    level = "#" * len(name.split())
    parts = [f"{level} {name}", _paragraphs(_help(command)), block(usage), _parameters(command)]
    if command.epilog:
        parts += ["Example:", block(inspect.cleandoc(command.epilog).removeprefix(_EXAMPLE), "sh")]
    return "\n\n".join(filter(None, parts))


def _help(command: Command) -> str:
    return inspect.cleandoc(command.help or "")


def _paragraphs(text: str) -> str:
    return "\n\n".join(prose(paragraph) for paragraph in text.split("\n\n"))


def _parameters(command: Command) -> str:
    rows = [(_names(each), code(_default(each)), _meaning(each)) for each in parameters(command)]
    return table(("parameter", "default", "meaning"), rows) if rows else ""


def _placeholder(parameter: Parameter) -> str:
    return str(parameter.metavar or parameter.name.upper()).replace("...", "…")


def _usage(parameter: Parameter) -> str:
    if parameter.param_type_name == "argument":
        shown = _placeholder(parameter)
        if parameter.nargs != 1 and not shown.endswith("…"):
            shown += "…"
    else:
        shown = "|".join(parameter.opts + parameter.secondary_opts)
        shown += "" if parameter.is_flag else f" {_placeholder(parameter)}"
    return shown if parameter.required else f"[{shown}]"


def _names(parameter: Parameter) -> str:
    if parameter.param_type_name == "argument":
        return code(_placeholder(parameter))
    names = parameter.opts + parameter.secondary_opts
    return codes(names if parameter.is_flag else [f"{name} {_placeholder(parameter)}" for name in names])


def _default(parameter: Parameter) -> str:
    default = parameter.default
    if callable(default) or default is None or default is False or default == []:
        return ""
    return str(default.value if isinstance(default, Enum) else default)


def _meaning(parameter: Parameter) -> str:
    kind = parameter.type_descriptor.annotation
    notes = []
    if isinstance(kind, type) and issubclass(kind, Enum):
        notes.append(f"One of {codes(str(each.value) for each in kind)}.")
    least, most = getattr(parameter, "min", None), getattr(parameter, "max", None)
    if most is not None:
        notes.append(f"From {least or 0} to {most}.")
    elif least is not None:
        notes.append(f"From {least} on.")
    if parameter.param_type_name == "option" and parameter.multiple:
        notes.append("May be given several times.")
    words = prose(parameter.help or "")
    if notes and not words.endswith((".", "…")):
        words += "."
    return " ".join([words, *notes])
