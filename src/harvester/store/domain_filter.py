"""Which domains a listing, a page or an export is about: conditions on the row of a domain, all to be combined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal, LiteralString

from psycopg import sql

State = Literal["suspicious", "verified", "unreviewed", "ignored"]
Platforms = Literal["hide", "show"]
Kind = Literal["platform", "shortener", "link_in_bio", "messenger"]
Method = Literal["url", "bare", "dot_word", "bracketed", "spaced", "homoglyph", "unicode", "reversed"]
"""The ways of writing a domain, as the extractor names them."""


@dataclass(frozen=True, slots=True)
class DomainFilter:
    """What a domain must fulfil to be listed; as it stands, all do. The fields are the parameters of addresses."""

    tld: str | None = None
    """The last label, or any public suffix below it: `com`, `co.uk`."""
    first_seen_from: date | None = None
    """The first day (UTC) of its first mention."""
    first_seen_to: date | None = None
    """The last day (UTC) of its first mention, itself included."""
    least_mentions: int | None = None
    state: State | None = None
    """Ignored domains are among the listed ones only where they are asked for."""
    kind: Kind | None = None
    method: Method | None = None
    """At least one mention was written so."""
    promoted: bool = False
    """At least one mention stands under a promoted video."""
    platforms: Platforms = "show"
    """Whether the big platforms are among them; who asks for the kind of platforms gets them."""

    def parameters(self) -> Mapping[str, Any]:
        """What was asked for, and nothing else; in the order of the fields.

        >>> DomainFilter(tld="com", promoted=True).parameters()
        {'tld': 'com', 'promoted': True}
        """
        return {
            name: value for name, value in asdict(self).items() if value not in (None, False) and name != "platforms"
        }

    @property
    def hides_platforms(self) -> bool:
        """Whether it leaves out what everybody knows."""
        return self.platforms == "hide" and self.kind is None

    def condition(self) -> tuple[sql.Composable, dict[str, Any]]:
        """A condition on `public.domain d` and its parameters."""
        asked = dict(self.parameters())
        parts: list[LiteralString] = [_CONDITIONS[name] for name in asked if name != "state"]
        parts.append(_STATES[self.state] if self.state is not None else _NOT_IGNORED)
        if self.hides_platforms:
            # Few, and met as an index is walked.
            parts.append("d.kind is distinct from 'platform'")
        if self.tld is not None:
            asked["tld"] = self.tld.replace("\0", "").strip().lstrip(".").lower()
        return sql.SQL(" and ").join(map(sql.SQL, parts)), asked


ALL_DOMAINS = DomainFilter()

# The two that look beyond the domain ask an index for one row each, so that a domain with a million mentions costs no
# more than one with a single one.
_CONDITIONS: Mapping[str, LiteralString] = {
    "tld": "(d.tld = %(tld)s or d.public_suffix = %(tld)s)",
    "first_seen_from": "d.first_seen_at >= %(first_seen_from)s::date::timestamp at time zone 'UTC'",
    "first_seen_to": "d.first_seen_at < (%(first_seen_to)s::date + 1)::timestamp at time zone 'UTC'",
    "least_mentions": "d.mention_count >= %(least_mentions)s",
    "kind": "d.kind = %(kind)s",
    "method": "exists (select from public.domain_mention m where m.domain_id = d.id and m.tier = 'shown'"
    " and m.extraction_method = %(method)s)",
    "promoted": "exists (select from public.domain_mention m join public.video v on v.id = m.video_id"
    " where m.domain_id = d.id and m.tier = 'shown' and v.is_promoted)",
}
_NOT_IGNORED: LiteralString = "d.verdict is distinct from 'ignore'"
_STATES: Mapping[str, LiteralString] = {
    "suspicious": "d.is_suspicious",
    "verified": "d.is_verified and " + _NOT_IGNORED,
    "unreviewed": "not d.is_suspicious and not d.is_verified",
    "ignored": "d.verdict = 'ignore'",
}
