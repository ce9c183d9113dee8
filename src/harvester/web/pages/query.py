"""What the addresses of pages may carry."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class PageQuery(BaseModel):
    """The query parameters of a page, none by themselves; a parameter that a page does not have is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PlatformsQuery(PageQuery):
    """Whether the page shows domains of which everybody knows what they are, for people and programs alike."""

    platforms: Annotated[
        Literal["hide", "show"],
        Field(description="Whether the big platforms (`kind` platform) are left out or shown; no figure changes."),
    ] = "hide"
