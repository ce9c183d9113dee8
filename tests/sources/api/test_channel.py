"""A question and its answer over real HTTP: tokens, refusals, repetitions, and what the gate sees of them."""

from __future__ import annotations

import asyncio
import gc
import warnings
from typing import Any

import pytest
from aiohttp import web
from structlog.testing import capture_logs
from tests.sources.api.scripted import CREDENTIALS, SECRET, TOKEN_PATH, Handler, Said, asking, ok, refused, until

from harvester.errors import (
    AccessRefused,
    ApiUnavailable,
    CollectionPaused,
    QuotaSpent,
    RequestRefused,
    SearchExpired,
)
from harvester.sources.api.channel import Question

pytestmark = pytest.mark.anyio

QUESTION = Question("research", "/v2/research/video/query/", "id,username", {"max_count": 100}, "videos", 100)
NEXT_PAGE = Question("research", "/v2/research/video/query/", "id", {"cursor": 100}, "videos", 100, is_continued=True)
HTML = Said("<html><title>504</title></html>", 504, {"Content-Type": "text/html"})
INVALID = refused(401, "access_token_invalid", "The access token is invalid or not found in the request.")
EXPIRED = refused(400, "invalid_params", "Search Id 7378809778820092971 is invalid or expired")


async def _close(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.close()
    return web.Response()


async def _hang(_: web.Request) -> web.StreamResponse:
    await asyncio.sleep(5)
    return web.Response()


async def test_a_question_carries_a_token_and_its_fields_and_counts_its_rows() -> None:
    async with asking(ok({"videos": [{"id": 1}, {"id": 2}]})) as (channel, script, books):
        served = await channel.ask(QUESTION)
    asked = script.requests[-1]
    assert served.data == {"videos": [{"id": 1}, {"id": 2}]}
    assert (asked.path_qs, asked.headers["Content-Type"]) == (
        "/v2/research/video/query/?fields=id,username",
        "application/json",
    )
    assert asked.headers["Authorization"] == "Bearer clt.1"
    assert script.bodies == [{"max_count": 100}]
    assert [(api, passage.most, passage.records) for api, passage in books.passages] == [("research", 100, 2)]


async def test_one_token_serves_all_requests_of_a_channel() -> None:
    async with asking() as (channel, script, books):
        await asyncio.gather(*(channel.ask(QUESTION) for _ in range(20)))
    assert (script.token_requests, books.unbooked_count, len(books.passages)) == (1, 1, 20)


async def test_many_refused_tokens_lead_to_one_renewal() -> None:
    gone = asyncio.Barrier(10)

    async def refuse_first(request: web.Request) -> web.StreamResponse:
        if request.headers["Authorization"] == "Bearer clt.1":
            await gone.wait()
            return INVALID.response()
        return ok().response()

    async with asking(refuse_first) as (channel, script, books):
        await asyncio.gather(*(channel.ask(QUESTION) for _ in range(10)))
    assert script.token_requests == 2
    assert len(books.passages) == 20, "what is sent again is a request, too"


async def test_a_token_that_is_refused_for_ever_ends_in_few_requests() -> None:
    async with asking(INVALID) as (channel, script, books):
        with pytest.raises(AccessRefused, match="access_token_invalid"):
            await channel.ask(QUESTION)
    assert len(books.passages) <= 7
    assert script.token_requests <= 7


async def test_wrong_credentials_are_refused_at_once_for_all_who_wait() -> None:
    wrong = Said({"error": "invalid_client", "error_description": f"The secret {SECRET} is incorrect."})
    async with asking(tokens=[wrong]) as (channel, script, books):
        results = await asyncio.gather(*(channel.ask(QUESTION) for _ in range(5)), return_exceptions=True)
    assert all(isinstance(result, AccessRefused) for result in results)
    assert (script.token_requests, books.passages) == (1, [])
    assert all(SECRET not in str(result) + repr(result) for result in results)


@pytest.mark.parametrize(
    "trouble", [HTML, _close, refused(429, "rate_limit_exceeded"), Said({"error": "server_error"})]
)
async def test_a_token_is_asked_for_again_after_a_failure(trouble: Said | Handler) -> None:
    async with asking(tokens=[trouble, trouble]) as (channel, script, books):
        await channel.ask(QUESTION)
    assert script.token_requests == 3
    assert books.records == [0]


async def test_a_server_without_tokens_is_given_up() -> None:
    async with asking(tokens=[HTML] * 10) as (channel, script, _):
        with pytest.raises(ApiUnavailable, match="oauth/token"):
            await channel.ask(QUESTION)
    assert script.token_requests == 6


@pytest.mark.parametrize(
    ("trouble", "counted"),
    [
        (HTML, None),
        (Said("<html></html>"), None),
        (Said(""), None),
        (Said('{"data": {"videos": [{"id": 73'), None),
        (_close, None),
        (_hang, None),
        (refused(500, "internal_error"), 0),
        (refused(200, "something_new"), 0),
        (refused(429, "rate_limit_exceeded"), 0),
        (refused(429, "rate_limit_exceeded", Retry_After="0"), 0),
        (Said("<html></html>", 429), None),
    ],
    ids=[
        "a page of a gateway", "html", "nothing", "torn json", "closed", "hanging", "internal error", "a strange code",
        "too many", "too many, with a time", "too many, as html",
    ],
)  # fmt: skip
async def test_a_failure_is_repeated_and_each_attempt_passes_the_gate(
    trouble: Said | Handler, counted: int | None
) -> None:
    async with asking(trouble, trouble, ok({"videos": [{"id": 1}]}), seconds=0.3) as (channel, script, books):
        served = await channel.ask(QUESTION)
    assert served.data["videos"] == [{"id": 1}]
    assert books.records == [counted, counted, 1]
    assert script.bodies == [{"max_count": 100}] * 3


async def test_an_api_that_fails_for_ever_is_given_up() -> None:
    async with asking(refused(500, "internal_error")) as (channel, _, books):
        with pytest.raises(ApiUnavailable, match="log id 20261126L"):
            await channel.ask(QUESTION)
    assert len(books.passages) == 6


async def test_retry_after_is_waited_for() -> None:
    clock = asyncio.get_running_loop().time
    slow = refused(429, "rate_limit_exceeded", Retry_After="1")
    async with asking(slow, ok()) as (channel, _, books):
        begun = clock()
        await channel.ask(QUESTION)
        assert clock() - begun >= 1.0
    assert books.open == 0


async def test_waits_are_outside_of_passages() -> None:
    async with asking(refused(429, "rate_limit_exceeded", Retry_After="100")) as (channel, script, books):
        task = asyncio.create_task(channel.ask(QUESTION))
        await until(lambda: script.bodies and not books.open)
        books.is_paused = True
        assert not task.done()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert books.records == [0]


async def test_a_spent_quota_is_told_to_the_gate_and_not_asked_again() -> None:
    message = "The API daily quota limit exceeded. Please try again later"
    async with asking(refused(429, "daily_quota_limit_exceeded", message)) as (channel, _, books):
        with pytest.raises(QuotaSpent, match=message):
            await channel.ask(QUESTION)
    assert [(passage.records, passage.is_spent) for _, passage in books.passages] == [(0, True)]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refused(401, "scope_not_authorized", "The user did not authorize the scope."), AccessRefused),
        (refused(400, "invalid_params", "The fields x are invalid."), RequestRefused),
        (refused(404, "not_found", "There is no such path."), RequestRefused),
    ],
)
async def test_what_will_not_change_is_asked_once(answer: Said, error: type[Exception]) -> None:
    async with asking(answer) as (channel, _, books):
        with pytest.raises(error, match=r"log id 20261126L"):
            await channel.ask(QUESTION)
    assert books.records == [0]


async def test_a_search_that_was_lost_by_mistake_is_found_again() -> None:
    async with asking(EXPIRED, EXPIRED, ok({"videos": []})) as (channel, _, books):
        await channel.ask(NEXT_PAGE)
    assert len(books.passages) == 3


async def test_a_search_that_is_lost_is_begun_again_by_the_caller() -> None:
    async with asking(EXPIRED) as (channel, _, books):
        with pytest.raises(SearchExpired, match="Search Id 7378809778820092971 is invalid or expired"):
            await channel.ask(NEXT_PAGE)
    assert len(books.passages) == 6


async def test_nothing_is_sent_while_requests_are_stopped() -> None:
    async with asking() as (channel, script, books):
        books.is_paused = True
        with pytest.raises(CollectionPaused):
            await channel.ask(QUESTION)
        assert script.requests == []
        books.is_paused = False
        await channel.ask(QUESTION)
        books.is_paused = True
        with pytest.raises(CollectionPaused):
            await channel.ask(QUESTION)
    assert len(script.bodies) == 1


async def test_who_is_called_back_leaves_no_passage_open_and_nothing_unclosed() -> None:
    async with asking(_hang) as (channel, script, books):
        tasks = [asyncio.create_task(channel.ask(QUESTION)) for _ in range(3)]
        await until(lambda: len(script.bodies) == 3)
        assert books.open == 3
        for task in tasks:
            task.cancel()
        assert all(
            isinstance(each, asyncio.CancelledError) for each in await asyncio.gather(*tasks, return_exceptions=True)
        )
        assert books.open == 0
        assert books.records == [None] * 3, "nobody knows what the API has counted"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        gc.collect()


async def test_whoever_is_called_back_while_asking_for_a_token_leaves_the_others_waiting_for_another() -> None:
    async with asking(tokens=[_hang]) as (channel, script, books):
        first = asyncio.create_task(channel.ask(QUESTION))
        await until(lambda: script.requests)
        others = [asyncio.create_task(channel.ask(QUESTION)) for _ in range(3)]
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.gather(*others)
    assert (script.token_requests, len(books.passages), books.open) == (2, 3, 0)


async def test_bodies_keep_ids_of_any_size_and_answers_whatever_texts_hold() -> None:
    question = Question("research", "/x/", "id", {"video_id": 12345678910987654321}, "comments", 100)
    row = b'{"id":12345678910987654321,"text":"a\\u0000\\ud83d","like_count":NaN,"like_count":7}'
    body = b'{"data":{"comments":[' + row + b']},"error":{"code":"ok"}}'
    async with asking(Said(body)) as (channel, script, _):
        served = await channel.ask(question)
    assert script.bodies == [{"video_id": 12345678910987654321}]
    assert served.data["comments"] == [{"id": 12345678910987654321, "text": "a\0\ud83d", "like_count": 7}]
    assert served.has_duplicates


async def test_logs_say_what_failed_but_no_secret_and_no_text() -> None:
    secret_text = {"videos": [{"video_description": "somebody's words"}]}
    with capture_logs() as logs:
        async with asking(refused(500, "internal_error"), INVALID, HTML, ok(secret_text)) as (channel, _, _):
            await channel.ask(QUESTION)
    failed = [log for log in logs if log["event"] == "attempt_failed"]
    assert [(log["code"], log["status"], log["log_id"]) for log in failed] == [
        ("internal_error", 500, "20261126L"),
        ("access_token_invalid", 401, "20261126L"),
        ("html", 504, None),
    ]
    answered = [log for log in logs if log["event"] == "answered"]
    assert [log["path"] for log in answered] == [
        TOKEN_PATH, QUESTION.path, QUESTION.path, TOKEN_PATH, QUESTION.path, QUESTION.path,
    ]  # fmt: skip
    assert all(log["log_level"] == "debug" and log["seconds"] >= 0 for log in answered)
    said = repr(logs)
    assert not [each for each in (SECRET, CREDENTIALS.key, "clt.", "somebody") if each in said]


@pytest.mark.parametrize("echo", ["message", "log_id", "code"])
async def test_an_api_that_repeats_our_secrets_does_not_make_us_repeat_them(echo: str) -> None:
    async def repeat(request: web.Request) -> web.StreamResponse:
        token = request.headers["Authorization"].split()[1]
        error: dict[str, Any] = {"code": "invalid_params", "message": "", "log_id": "", echo: f"{token} {SECRET}"}
        return web.json_response({"error": error}, status=400)

    with capture_logs() as logs:
        async with asking(repeat) as (channel, _, _):
            with pytest.raises(RequestRefused) as caught:
                await channel.ask(QUESTION)
    assert "clt." not in str(caught.value) + repr(logs)
    assert SECRET not in str(caught.value) + repr(logs)
