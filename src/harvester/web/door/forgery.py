"""Forms that pages of strangers send in somebody's name (CSRF): recognised by where they come from, and by a token.

Source: cheatsheetseries.owasp.org, Cross-Site Request Forgery Prevention: fetch metadata, origin, and a token that is
bound to the session by HMAC.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping

from starlette.requests import Request

from harvester.errors import FormRefused
from harvester.web.door.origin import Origin, origin_of
from harvester.web.identity import CSRF_FIELD

HEADER = "X-CSRF-Token"
_HINT = "Open the page again, and send the form from there."


class Forgery:
    """Makes and compares the tokens of forms; a new start of the dashboard makes all earlier ones worthless."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def token(self, secret: str) -> str:
        """The token of forms for whoever has this cookie."""
        return hmac.new(self._key, secret.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()

    def check(self, request: Request, form: Mapping[str, str], secret: str, origin: Origin) -> None:
        """Raises FormRefused unless a page of this origin has sent it, for whoever has this cookie."""
        if not _is_from(request, origin):
            raise FormRefused("The form was sent by a page that is not the dashboard's.", hint=_HINT)
        given = request.headers.get(HEADER) or form.get(CSRF_FIELD, "")
        if not secret or not hmac.compare_digest(given.encode("utf-8", "surrogatepass"), self.token(secret).encode()):
            raise FormRefused("The form is too old, or was sent without its page.", hint=_HINT)


def _is_from(request: Request, origin: Origin) -> bool:
    """Whether the browser says that a page of this origin sent the request; one that says nothing is not believed."""
    site, sender = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None and site != "same-origin":
        return False
    if sender is None:
        return site is not None
    return origin_of(sender) == origin
