"""What the addresses of pages may carry."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class PageQuery(BaseModel):
    """The query parameters of a page, none by themselves; a parameter that a page does not have is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)
