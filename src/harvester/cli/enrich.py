"""`harvester enrich`: asks the outside world about domains now."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harvester.cli.enriching import allowed, enriching_desk
from harvester.cli.opening import with_evidence
from harvester.cli.output import AsJson, console, print_json, printable
from harvester.domains import extract, parse_domain
from harvester.model import Enrichment, LookUp
from harvester.store.database import Database

if TYPE_CHECKING:
    from harvester.enrichers.catalog import Allowed

_TITLES: Mapping[LookUp, str] = {"dns": "DNS", "rdap": "RDAP", "http": "HTTP"}
_WHY = {
    "refused:pap": "not asked: HARVESTER_PAP forbids it",
    "refused:not_configured": "not asked: HARVESTER_RDAP is off",
    "refused:no_contact": "not asked: HARVESTER_CONTACT is not set",
    "refused:in_hand": "not asked: a worker has it in hand, try again in two minutes",
}
_SHOWN_ELSEWHERE = {"state", "checked_at"}


@dataclass(frozen=True, slots=True)
class Told:
    """What one look-up told, as it is printed."""

    domain_name: str
    is_stored: bool
    kind: LookUp
    state: str
    checked_at: datetime | None
    """None where nothing was asked."""
    result: Mapping[str, Any]


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog="Example: harvester enrich casino.com 'hxxps://glow[.]shop/win' --dns --json")(enrich)


def enrich(
    names: Annotated[list[str], typer.Argument(metavar="DOMAIN...", help="Domains or addresses, in any spelling.")],
    dns: Annotated[
        bool, typer.Option("--dns", help="Ask the resolver for addresses, alias, mail and name servers.")
    ] = False,
    rdap: Annotated[bool, typer.Option("--rdap", help="Ask the registry who registered it, and when.")] = False,
    http: Annotated[bool, typer.Option("--http", help="Visit its web server.")] = False,
    as_json: AsJson = False,
) -> None:
    """Look domains up now, and keep what it told of those that are stored.

    Without a choice all is asked that the settings and the protocol (HARVESTER_PAP) allow; docs/howto/enrich.md says
    who sees what.
    """  # fmt: skip
    from harvester.cli.logs import log_from

    log_from("error")
    wanted = list(dict.fromkeys(_host(name) for name in names))
    may = allowed()
    chosen: dict[LookUp, bool] = {"dns": dns, "rdap": rdap, "http": http}
    kinds: list[LookUp] = [kind for kind in _TITLES if chosen[kind]] or may.kinds or list(_TITLES)
    asked = [kind for kind in kinds if kind in may.kinds]
    told, stored = with_evidence(lambda database: _told(database, may, wanted, asked))
    rows = _rows(wanted, kinds, may, told, stored)
    if as_json:
        print_json(rows)
    else:
        for name in wanted:
            _show([row for row in rows if row.domain_name == name])


def _host(written: str) -> str:
    """The domain that somebody wrote, disguised or not."""
    domain = parse_domain(written)
    if domain is not None:
        return domain.domain_name
    found = {mention.domain.domain_name for mention in extract(written)}
    if len(found) != 1:
        raise typer.BadParameter(f"{printable(written)!r} names {'several domains' if found else 'no domain'}.")
    return found.pop()


async def _told(
    database: Database, may: Allowed, names: Sequence[str], kinds: Sequence[LookUp]
) -> tuple[list[Enrichment], set[str]]:
    from harvester.jobs.enrich_now import look_up_now
    from harvester.store.enrichment import stored_names

    stored = await stored_names(database, names)
    told: list[Enrichment] = []
    async with enriching_desk(database, may) as desk:
        for kind in kinds:
            told += [each async for each in look_up_now(desk, kind, names, stored)]
    return told, stored


def _rows(
    names: Sequence[str], kinds: Sequence[LookUp], may: Allowed, told: Sequence[Enrichment], stored: set[str]
) -> list[Told]:
    by_key = {(each.domain_name, each.kind): each for each in told}
    rows = []
    for name in names:
        for kind in kinds:
            each = by_key.get((name, kind))
            if each is None:
                state = f"refused:{may.why_not(kind) or 'in_hand'}"
                rows.append(Told(name, name in stored, kind, state, None, {}))
            else:
                rows.append(Told(name, name in stored, kind, each.state, each.checked_at, each.result))
    return rows


def _show(rows: Sequence[Told]) -> None:
    note = "" if rows[0].is_stored else "  (not stored: nothing is kept)"
    lines = [f"{rows[0].domain_name}{note}"]
    for row in rows:
        at = f" · {row.checked_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if row.checked_at else ""
        lines.append(f"  {_TITLES[row.kind]:<5} {_WHY.get(row.state, row.state)}{at}")
        lines += [f"        {name:<12} {_text(value)}" for name, value in _facts(row.result)]
    console.print("\n".join(printable(line) for line in lines), markup=False, soft_wrap=True)


def _facts(result: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [(name, value) for name, value in result.items() if name not in _SHOWN_ELSEWHERE and value not in (None, [])]


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    return json.dumps(value, ensure_ascii=False)
