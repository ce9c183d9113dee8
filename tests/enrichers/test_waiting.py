"""How long somebody wants to be left alone is read from what they say, and bounded."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from harvester.enrichers.waiting import LONGEST, seconds_to_wait

NOW = datetime(2026, 11, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "said", "seconds"),
    [
        (429, "120", 120.0),
        (503, " 0 ", 0.0),
        (503, "Mon, 02 Nov 2026 00:02:00 GMT", 120.0),
        (503, "Mon, 02 Nov 2026 00:02:00 -0000", 120.0),
        (503, "Sun, 01 Nov 2026 00:00:00 GMT", 0.0),
        (429, "9" * 15, LONGEST),
        (429, "9" * 5_000, None),
        (429, "soon", None),
        (503, f"Mon, {'9' * 20} Nov 2026 00:02:00 GMT", None),
        (503, f"Mon, 02 Nov 2026 00:02:00 +{'9' * 20}", None),
        (429, "-1", None),
        (429, "١٢", None),
        (429, None, None),
        (200, "120", None),
        (None, "120", None),
    ],
    ids=range(15),
)
def test_only_what_can_be_read_is_waited_for(status: int | None, said: str | None, seconds: float | None) -> None:
    headers = {} if said is None else {"retry-after": said}
    assert seconds_to_wait(status, headers, NOW) == seconds
