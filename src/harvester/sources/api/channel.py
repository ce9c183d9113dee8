"""A question to the APIs and its answer: through the gate, with a token, repeated until there is one to be had."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote_plus, urlencode

import structlog

from harvester.errors import CollectionError
from harvester.model import Credentials
from harvester.sources.api.connection import SECONDS, Broken, Connection, Reply
from harvester.sources.api.gate import Api, Gate
from harvester.sources.api.token import Token, Tokens, used_until
from harvester.sources.api.tries import PLACE_LOST_TRIES, Tries
from harvester.sources.api.verdict import Verdict, judge, judge_token
from harvester.sources.json_text import has_duplicates

_TOKEN_PATH = "/v2/oauth/token/"  # noqa: S105  It is no password.
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of one of the APIs."""

    api: Api
    path: str
    """`/v2/research/video/query/`."""
    fields: str
    """Names of the fields that rows shall have, with commas between."""
    body: Mapping[str, Any]
    rows: str | None = None
    """The name under which the answer lists its rows; None where it is about one thing alone."""
    most: int = 1
    """Rows that may come."""
    is_continued: bool = False
    """Whether it goes on with a list that was begun before."""
    place_lost_tries: int = PLACE_LOST_TRIES
    """How often it is repeated where the API does not know the search, or the place in the list."""

    def served(self, data: Mapping[str, Any]) -> int:
        """The rows of an answer."""
        if self.rows is None:
            return int(bool(data))
        rows = data.get(self.rows)
        return len(rows) if isinstance(rows, list) else 0


@dataclass(frozen=True, slots=True)
class Served:
    """The answer to a question."""

    data: Mapping[str, Any]
    error: Mapping[str, Any]
    """What stands beside the data: the code `ok`, and the log id by which TikTok finds the request again."""
    at: datetime
    """When it had come."""
    has_duplicates: bool
    """Whether an object in it has the same key twice."""
    most: int
    """Rows that were asked for; fewer than wanted where fewer are left of the day."""


class Channel:
    """The way to TikTok's APIs, one for all requests of a process; to be kept by `async with`."""

    def __init__(
        self, url: str, credentials: Credentials, gate: Gate, patience: float = 1.0, *, seconds: float = SECONDS
    ) -> None:
        """Failed requests are repeated after about `patience` seconds, then ever more; an answer takes `seconds`.

        Raises SettingsError for an address to which a secret may not be sent.
        """
        self._connection = Connection(url, seconds=seconds)
        self._credentials = credentials
        self._hidden = tuple(
            form for text in (credentials.key, credentials.secret) for form in (text, quote_plus(text))
        )
        self._gate = gate
        self._patience = patience
        self._tokens = Tokens(self._new_token)

    async def __aenter__(self) -> Self:
        await self._connection.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._connection.__aexit__(kind, error, trace)

    async def ask(self, question: Question) -> Served:
        """The answer to a question; each attempt at it goes through the gate, and waits between them do not.

        Raises AccessRefused, RequestRefused, SearchExpired, ApiUnavailable, QuotaSpent, and what the gate raises.
        """
        tries = Tries(
            question.path,
            self._patience,
            is_continued=question.is_continued,
            place_lost_tries=question.place_lost_tries,
        )
        while True:
            token = await self._tokens.current()
            verdict, reply, most = await self._attempt(question, token)
            if verdict.kind == "ok" and reply is not None:
                return _served(verdict, reply, most)
            if verdict.kind == "token_refused":
                self._tokens.refuse(token)
            await self._pause(question.path, tries, verdict)

    async def _attempt(self, question: Question, token: Token) -> tuple[Verdict, Reply | None, int]:
        """What became of one request, the reply, and how many rows were asked for."""
        path = f"{question.path}?{urlencode({'fields': question.fields}, safe=',')}"
        async with self._gate.passage(question.api, question.most) as passage:
            # Where fewer records are left of the day, no more than those are asked for. The standard library writes
            # integers of any size.
            fewer = {"max_count": passage.most} if "max_count" in question.body else {}
            body = json.dumps({**question.body, **fewer}).encode()
            try:
                reply = await self._post(path, body, "application/json", token.text)
            except Broken as broken:
                return Verdict("unusable", broken.code), None, passage.most
            verdict = judge(reply, (*self._hidden, token.text))
            if verdict.kind == "ok":
                passage.records = question.served(verdict.document.get("data") or {})
            elif verdict.is_read:
                passage.records = 0
                passage.is_spent = verdict.kind == "spent"
            return verdict, reply, passage.most

    async def _new_token(self) -> Token:
        tries = Tries(_TOKEN_PATH, self._patience)
        form = {
            "client_key": self._credentials.key,
            "client_secret": self._credentials.secret,
            "grant_type": "client_credentials",
        }
        body = urlencode(form).encode()
        while True:
            asked_at = asyncio.get_running_loop().time()
            async with self._gate.unbooked():
                try:
                    reply = await self._post(_TOKEN_PATH, body, "application/x-www-form-urlencoded")
                    verdict = judge_token(reply, self._hidden)
                except Broken as broken:
                    verdict = Verdict("unusable", broken.code)
            if verdict.kind == "ok":
                answer = verdict.document
                return Token(answer["access_token"], used_until(asked_at, answer.get("expires_in")))
            await self._pause(_TOKEN_PATH, tries, verdict)

    async def _post(self, path: str, body: bytes, kind: str, token: str | None = None) -> Reply:
        clock = asyncio.get_running_loop().time
        begun = clock()
        reply = await self._connection.post(path, body, kind, token=token)
        _log.debug(
            "answered",
            path=path.partition("?")[0],
            status=reply.status,
            size=len(reply.body),
            seconds=round(clock() - begun, 4),
        )
        return reply

    async def _pause(self, path: str, tries: Tries, verdict: Verdict) -> None:
        """Wait for the next attempt after one that failed; raises where there shall be none."""
        about = {"path": path, "code": verdict.code, "status": verdict.status, "log_id": verdict.log_id}
        try:
            seconds = tries.pause(verdict)
        except CollectionError:
            _log.warning("given_up", **about, attempt=tries.count)
            raise
        _log.warning("attempt_failed", **about, attempt=tries.count, pause=round(seconds, 3))
        await asyncio.sleep(seconds)


def _served(verdict: Verdict, reply: Reply, most: int) -> Served:
    document = verdict.document
    error = document.get("error")
    return Served(
        document.get("data") or {},
        error if isinstance(error, Mapping) else {},
        reply.at,
        has_duplicates(reply.body, document),
        most,
    )
