"""The cookies of an answer, as a test looks at them."""

from __future__ import annotations

from http.cookies import SimpleCookie

import httpx


def cookies_of(answer: httpx.Response) -> dict[str, tuple[str, dict[str, str]]]:
    """The cookies that an answer sets, by the first words of their names, with all that is said about each."""
    found = {}
    for header in answer.headers.get_list("set-cookie"):
        for name, morsel in SimpleCookie(header).items():
            about = {key: str(value) for key, value in morsel.items() if value}
            found[name.rpartition("-")[0]] = (morsel.value, about)
    return found
