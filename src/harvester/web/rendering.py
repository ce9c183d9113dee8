"""Turns a page into an answer: HTML by its template, JSON by `exports`."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from harvester.exports.defanged import defanged
from harvester.exports.document import write_json
from harvester.store.domain_filter import DomainFilter
from harvester.web.chart import bar_chart
from harvester.web.done import done
from harvester.web.identity import csrf_field, signed_in
from harvester.web.inert import marked, visible
from harvester.web.look_ups import age, fact_label, fact_text
from harvester.web.precision_chart import shares
from harvester.web.problem import Problem
from harvester.web.quantities import duration, size

TIKTOK = "https://www.tiktok.com/"
"""The only place outside that a page may link to."""


def html(template: str, page: object, *, status: int = 200) -> Response:
    """A page as HTML; the template sees the page, who looks at it, and nothing else of the request."""
    return Response(_TEMPLATES.get_template(template).render(page=page), status, media_type="text/html")


def json(page: object, *, next_address: str | None = None) -> Response:
    """A page as JSON, with the address of the next page in the header `Link` (RFC 8288)."""
    return Response(write_json(page) + "\n", media_type="application/json", headers=_link(next_address))


def problem(page: Problem, *, as_html: bool) -> Response:
    """What went wrong, as a page or as `application/problem+json`."""
    if as_html:
        answer = html("problem.html", page, status=page.status)
    else:
        answer = Response(write_json(page) + "\n", page.status, media_type="application/problem+json")
    if page.status in (429, 503):
        answer.headers["Retry-After"] = "5"
    return answer


def address(path: str, **parameters: Any) -> str:
    """One of our own addresses; parameters that are None, false or empty are left out, and names have commas between.

    >>> address("/domains", q="ca&si no", after=None)
    '/domains?q=ca%26si+no'
    >>> address("/domains", columns=("domain_name", "tld"))
    '/domains?columns=domain_name,tld'
    """
    given = {name: value for name, value in parameters.items() if value not in (None, "", False, ())}
    asked = urlencode({name: _plain(value) for name, value in given.items()}, safe=",")
    return quote(path) + ("?" + asked if asked else "")


def next_address(request: Request, cursor: str | None) -> str | None:
    """The address of the next page: this one, from the cursor on."""
    if cursor is None:
        return None
    # A form gives each column by itself; of any other parameter the last one counts.
    columns = tuple(request.query_params.getlist("columns"))
    return address(request.url.path, **{**request.query_params, "columns": columns, "after": cursor})


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return ",".join(value)
    return "true" if value is True else value


def _link(next_address: str | None) -> dict[str, str]:
    return {"Link": f'<{next_address}>; rel="next"'} if next_address else {}


def _time(moment: datetime | None) -> Markup:
    """A time to the minute, in UTC; the exact one is in the element."""
    if moment is None:
        return Markup('<span class="none">unknown</span>')
    moment = moment.astimezone(UTC)
    return Markup('<time datetime="{}">{:%Y-%m-%d %H:%M}</time>').format(moment.strftime("%Y-%m-%dT%H:%M:%SZ"), moment)


def _number(value: int | None) -> Markup:
    return Markup('<span class="none">unknown</span>') if value is None else Markup.escape(f"{value:,}")


def _host(name: str) -> Markup:
    """A host that breaks after its dots where a line is too short."""
    return Markup(".<wbr>").join(name.split("."))


def _days(counts: Iterable[Any], name: str) -> list[tuple[date, int]]:
    """Counts per day as pairs, for a chart."""
    return [(count.day, getattr(count, name)) for count in counts]


def _parameters(wanted: DomainFilter) -> dict[str, Any]:
    """A filter as it stands in an address."""
    return dict(wanted.parameters())


def _on_tiktok(video_url: str | None) -> bool:
    return video_url is not None and video_url.startswith(TIKTOK)


_TEMPLATES = Environment(
    loader=PackageLoader("harvester.web"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters |= {
    "age": age,
    "bar_chart": bar_chart,
    "shares": shares,
    "days": _days,
    "defanged": defanged,
    "duration": duration,
    "fact_label": fact_label,
    "fact_text": fact_text,
    "host": _host,
    "json": write_json,
    "marked": marked,
    "parameters": _parameters,
    "merged": operator.or_,
    "number": _number,
    "size": size,
    "time": _time,
    "visible": visible,
}
_TEMPLATES.tests["on_tiktok"] = _on_tiktok
_TEMPLATES.globals |= {"address": address, "csrf_field": csrf_field, "done": done, "signed_in": signed_in}
