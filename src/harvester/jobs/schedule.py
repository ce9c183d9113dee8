"""When a domain is looked up again: often while people mention it, seldom when it is quiet, later while it fails."""

from __future__ import annotations

from datetime import timedelta

from harvester.model import Enrichment, LookUp

DAILY = timedelta(days=1)
WEEKLY = timedelta(days=7)
MONTHLY = timedelta(days=30)
FIRST_BACK_OFF = timedelta(hours=1)
"""After the first failure; each further one in a row doubles it, up to a month."""
ANSWERED = frozenset({"ok", "nxdomain", "no_data", "not_found", "redacted", "unsupported"})
"""States that tell something of the domain. What was refused is no failure either; all others are."""
_ATTENTION = ((timedelta(days=7), DAILY), (timedelta(days=30), WEEKLY))
"""Mentioned so lately: asked so often."""


def is_failure(state: str) -> bool:
    """Whether a look-up failed, so that the next one waits longer.

    >>> is_failure("nxdomain"), is_failure("refused:robots"), is_failure("timeout"), is_failure("refused")
    (False, False, True, True)
    """
    return state not in ANSWERED and not state.startswith("refused:")


def next_look_up(told: Enrichment, failures: int, since_seen: timedelta | None) -> timedelta:
    """How long the next look-up of this kind may wait.

    `failures` are those in a row before this one; somebody mentioned the domain `since_seen` ago.

    >>> from datetime import UTC, datetime
    >>> now = datetime(2026, 11, 26, tzinfo=UTC)
    >>> next_look_up(Enrichment("glow.shop", "dns", "ok", {}, now), 0, timedelta(days=2)).days
    1
    >>> next_look_up(Enrichment("glow.shop", "dns", "timeout", {}, now), 3, timedelta(days=2))
    datetime.timedelta(seconds=28800)
    """
    usual = _usual(told.kind, told.state, since_seen)
    if is_failure(told.state):
        usual = min(MONTHLY, FIRST_BACK_OFF * 2 ** min(failures, 12))
    # Whoever was asked may want more; a stranger does not get to want more than a month.
    wanted = timedelta(seconds=min(max(told.retry_after or 0.0, 0.0), MONTHLY.total_seconds()))
    return max(usual, wanted)


def _usual(kind: LookUp, state: str, since_seen: timedelta | None) -> timedelta:
    if state.startswith("refused:"):
        # A site that does not want to be asked, or a place where we do not go, seldom thinks better of it.
        return MONTHLY
    if kind == "rdap" and state != "not_found":
        # A registration changes once a year.
        return WEEKLY if since_seen is not None and since_seen < WEEKLY else MONTHLY
    return next((wait for age, wait in _ATTENTION if since_seen is not None and since_seen < age), MONTHLY)
