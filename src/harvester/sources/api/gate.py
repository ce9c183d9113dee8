"""What stands between a client and the network: every request passes it, and the day's quota is booked there."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Literal, Protocol

Api = Literal["research", "commercial"]
"""The two APIs have a quota each."""


@dataclass(slots=True)
class Passage:
    """One request on its way."""

    most: int
    """Records that it may bring: so many are booked before it is sent."""
    records: int | None = None
    """Records that came, set once an answer was read, 0 where it was a refusal: those booked too many are given back.
    None where no answer could be read: the API may have counted them all."""
    is_spent: bool = False
    """Whether the API said that the day's quota is used up, whatever our own books say."""


class Gate(Protocol):
    """Lets requests pass, one by one: each attempt is a request, whatever becomes of it."""

    def passage(self, api: Api, most: int) -> AbstractAsyncContextManager[Passage]:
        """Book one request that may bring `most` records, and keep count of it until the block ends.

        Raises QuotaSpent or CollectionPaused where it may not be sent; CollectionPaused also out of the block, if
        requests are stopped meanwhile.
        """
        ...

    def unbooked(self) -> AbstractAsyncContextManager[None]:
        """Let a request pass that counts against no quota: one for a token.

        Raises CollectionPaused as `passage` does.
        """
        ...
