"""Who is asking: what every page, form and query may know of the person or program behind a request.

A page that only shows needs nothing: nobody reaches it without having signed in. It passes the identity on to the
database, which decides what is seen:

    async with reading(request.app.state.database, identity_of(request).claims) as connection: …

A form asks for the role that it needs, and names whoever sent it. The door has compared the token that `csrf_field`
writes, and read the form, before the route is called:

    <form method="post" action="/domains/{{ page.name }}/verdict">{{ csrf_field() }} … </form>

    @pages.post("/domains/{domain_name}/verdict")
    async def give_verdict(request: Request, domain_name: str, who: Annotated[Identity, Depends(analyst)]) -> Response:
        words = form_of(request).get("words", "")
        async with request.app.state.database.transaction(ANALYST, who.claims) as connection: …

With a session POST needs the token in the field `csrf` or the header `X-CSRF-Token`; a bearer needs none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

from markupsafe import Markup
from starlette.requests import Request

from harvester.errors import NotPermitted, NotSignedIn

Role = Literal["viewer", "analyst", "admin"]
"""A viewer reads, an analyst decides as well, an admin does everything; each may what those before it may."""
ROLES: tuple[Role, ...] = get_args(Role)
CSRF_FIELD = "csrf"


@dataclass(frozen=True, slots=True)
class Identity:
    """Whoever has signed in, proven."""

    subject: str
    """The id of a user of Supabase, `local` for the one of this machine, `key:` and the id of an API key."""
    role: Role
    claims: Mapping[str, Any]
    """What `auth.jwt()` returns in the database; without `sub` where there is no user of Supabase."""
    name: str
    """For people to read; text that strangers may have chosen."""

    def may(self, role: Role) -> bool:
        """Whether this is enough for what needs that role.

        >>> local_admin().may("analyst")
        True
        """
        return ROLES.index(self.role) >= ROLES.index(role)


def local_admin() -> Identity:
    """The person at this machine, where no Supabase project says who is who.

    There is no `sub` among its claims: to policies nobody has signed in, and the connection's own settings count.
    """
    return Identity("local", "admin", {"role": "authenticated", "app_metadata": {"role": "admin"}}, "Local admin")


def of_key(key_id: str, name: str, role: Role) -> Identity:
    """A program with an API key; like the local admin it is no user of Supabase, and has no `sub`."""
    claims = {"role": "authenticated", "app_metadata": {"role": role}, "api_key_id": key_id}
    return Identity(f"key:{key_id}", role, claims, name)


def role_in(claims: Mapping[str, Any]) -> Role | None:
    """The role that claims give: `app_metadata.role`. Users write `user_metadata` themselves, so it is never read.

    >>> role_in({"app_metadata": {"role": "analyst"}}), role_in({"user_metadata": {"role": "admin"}})
    ('analyst', None)
    """
    metadata = claims.get("app_metadata")
    role = metadata.get("role") if isinstance(metadata, Mapping) else None
    return cast("Role", role) if role in ROLES else None


def identity_of(request: Request) -> Identity:
    """Who sent this request; raises NotSignedIn where nobody has signed in."""
    identity = getattr(request.state, "identity", None)
    if not isinstance(identity, Identity):
        raise NotSignedIn("Nobody is signed in.")
    return identity


def form_of(request: Request) -> Mapping[str, str]:
    """The fields of the form that this request sends, the last value of each; empty where it sends none."""
    return cast("Mapping[str, str]", getattr(request.state, "form", {}))


def values_of(request: Request, name: str) -> list[str]:
    """All values that the form gives a field, as of boxes that are ticked; none where it has no such field."""
    fields = cast("Sequence[tuple[str, str]]", getattr(request.state, "fields", ()))
    return [value for each, value in fields if each == name]


async def viewer(request: Request) -> Identity:
    """Dependency of FastAPI: anybody who has signed in."""
    return _with_role(request, "viewer")


async def analyst(request: Request) -> Identity:
    """Dependency of FastAPI: an analyst or an admin; raises NotPermitted for anybody else."""
    return _with_role(request, "analyst")


async def admin(request: Request) -> Identity:
    """Dependency of FastAPI: an admin; raises NotPermitted for anybody else."""
    return _with_role(request, "admin")


def _with_role(request: Request, role: Role) -> Identity:
    identity = identity_of(request)
    if not identity.may(role):
        raise NotPermitted(f"This needs the role {role}; yours is {identity.role}.", hint="Ask an admin for it.")
    return identity


@dataclass(frozen=True, slots=True)
class _Visit:
    identity: Identity | None
    csrf: str


_visit: ContextVar[_Visit] = ContextVar("visit", default=_Visit(None, ""))  # noqa: B039 - it is frozen.


@contextmanager
def visiting(identity: Identity | None, csrf: str) -> Iterator[None]:
    """Let templates know who is there, and the token of their forms, for the length of the block."""
    token = _visit.set(_Visit(identity, csrf))
    try:
        yield
    finally:
        _visit.reset(token)


def signed_in() -> Identity | None:
    """In templates: who looks at the page; None where nobody has signed in."""
    return _visit.get().identity


def csrf_field() -> Markup:
    """In templates: the hidden field without which no form is accepted."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(CSRF_FIELD, _visit.get().csrf)
