"""What the addresses of pages may carry."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


class PageQuery(BaseModel):
    """The query parameters of a page, none by themselves; a parameter that a page does not have is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PlatformsQuery(PageQuery):
    """Whether the page shows domains of which everybody knows what they are, for people and programs alike."""

    platforms: Annotated[
        Literal["hide", "show"],
        Field(description="Whether the big platforms (`kind` platform) are left out or shown; no figure changes."),
    ] = "hide"


def _named(value: Any) -> Any:
    """Names as a form gives them, each by itself, or as an address has them, with commas between; each once."""
    names = value if isinstance(value, list | tuple) else [value]
    return tuple(dict.fromkeys(part.strip() for name in names for part in str(name).split(",") if part.strip()))


Columns = BeforeValidator(_named)
"""Makes a tuple of the columns that were asked for."""
