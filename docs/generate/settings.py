"""docs/reference/settings.md, from `Settings`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from annotated_types import Ge, Le

from harvester.settings import Settings

from .markdown import code, page, prose, table

_INTRODUCTION = (
    "Each is an environment variable or a line of a file `.env` in the folder where `harvester` is started; the "
    "variable wins. All are optional, and an empty one counts as not set. "
    "[.env.example](../../.env.example) is a file to start from.\n\n"
    "Source: [settings.py](../../src/harvester/settings.py)."
)


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of the page."""

    name: str
    default: str
    help: str


def settings() -> Iterator[Setting]:
    """Every setting, in the order of its class."""
    prefix = Settings.model_config["env_prefix"]
    for name, field in Settings.model_fields.items():
        words = " ".join(filter(None, [field.description, _bounds(field.metadata)]))
        yield Setting(f"{prefix}{name.upper()}", _shown(field.get_default()), words)


def _bounds(rules: Sequence[object]) -> str:
    least = next((rule.ge for rule in rules if isinstance(rule, Ge)), None)
    most = next((rule.le for rule in rules if isinstance(rule, Le)), None)
    if most is not None:
        return f"From {least or 0} to {most}."
    return "" if least is None else f"From {least} on."


def _shown(default: object) -> str:
    match default:
        case None:
            return ""
        case bool():
            return str(default).lower()
        case Path():
            return default.as_posix()
        case _:
            return str(default)


def settings_page() -> str:
    """The file."""
    rows = [(code(each.name), code(each.default) or "not set", prose(each.help)) for each in settings()]
    return page("Settings", _INTRODUCTION, table(("name", "default", "meaning"), rows))
