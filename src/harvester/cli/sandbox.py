"""`harvester sandbox`: our own server that plays TikTok's APIs."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harvester.cli.output import complaints, console
from harvester.sandbox.faults import FAULTS, RATE, RATE_OF_ALL, checked
from harvester.sandbox.generate import DEMO, SEED, Scale
from harvester.sandbox.modes import CHOICES, Delays, Limits, Modes
from harvester.sandbox.tokens import CLIENT_KEY, CLIENT_SECRET

if TYPE_CHECKING:
    from harvester.sandbox.world import World

_LIMITS = ("requests_per_day", "records_per_day", "token_seconds", "token_calls")
_CHOICES = "; ".join(f"{name}={' or '.join(values)}" for name, values in CHOICES.items())


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog="Example: harvester sandbox --fault all --fault hanging=0")(sandbox)


def sandbox(  # noqa: PLR0913 - each is an option of the command.
    *,
    host: Annotated[str, typer.Option(help="A loopback address: anybody who reaches the sandbox may use it.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free port.")] = 0,
    videos: Annotated[int, typer.Option(min=1, help="How many videos there are.")] = DEMO.videos,
    comments: Annotated[int, typer.Option(min=0, help="How many comments there are, replies included.")] = (
        DEMO.comments
    ),
    days: Annotated[int, typer.Option(min=1, help="Over how many days they appear.")] = DEMO.days,
    seed: Annotated[int, typer.Option(help="Another number gives another world, and other faults.")] = SEED,
    anchor: Annotated[
        str | None, typer.Option(metavar="TIME", help="When the last day ends, 2026-01-31T12:00Z. Unset: now.")
    ] = None,
    fault: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME[=RATE]",
            help=f"Let something go wrong, at a rate from 0 to 1; without a rate {RATE}. `all` is each of them, "
            f"without a rate {RATE_OF_ALL}.",
        ),
    ] = None,
    per_minute: Annotated[
        int | None, typer.Option(min=1, help="Requests within any minute. Unset: any number.")
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help=f"Limits: {', '.join(_LIMITS)}. Seconds of slow faults: hang, slow, retry_after. What differs by "
            f"source: {_CHOICES}.",
        ),
    ] = None,
    list_faults: Annotated[
        bool,
        typer.Option("--list-faults", help="Name what can go wrong, and stop."),
    ] = False,
) -> None:
    """Play TikTok's Research API and Commercial Content API on this machine, from invented data, until Ctrl-C.

    Prints the address and the settings with which the harvester asks it. Nothing is kept.
    """
    if list_faults:
        width = max(len(each.name) for each in FAULTS)
        for each in FAULTS:
            console.print(f"{each.name:{width}}  {each.help}", markup=False, soft_wrap=True)
        return
    from harvester.sandbox.world import World

    try:
        scale, end = Scale(videos, comments, days), _anchor(anchor)
        faults = checked(dict(_rates(fault or [])))
        limits, modes, delays = _settings(settings or [], Limits(per_minute=per_minute))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    with World.invent(scale, anchor=end, seed=seed) as world:
        asyncio.run(_serve(world, host=host, port=port, limits=limits, modes=modes, faults=faults, delays=delays))


async def _serve(world: World, **options: Any) -> None:
    from harvester.sandbox.server import serving

    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with serving(world, **options) as url:
        console.print(f"ready {url}", markup=False, soft_wrap=True)
        for name, value in (("URL", url), ("CLIENT_KEY", CLIENT_KEY), ("CLIENT_SECRET", CLIENT_SECRET)):
            console.print(f"export HARVESTER_TIKTOK_{name}={value}", markup=False, soft_wrap=True)
        await stop.wait()
    complaints.print("stopped", markup=False)


def _anchor(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"--anchor {text} is no time such as 2026-01-31T12:00Z.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _rates(given: Sequence[str]) -> Iterator[tuple[str, float]]:
    for text in given:
        name, has_rate, rate = text.partition("=")
        try:
            yield name, float(rate) if has_rate else RATE_OF_ALL if name == "all" else RATE
        except ValueError:
            raise ValueError(f"--fault {text}: the rate is a number from 0 to 1.") from None


def _settings(given: Sequence[str], limits: Limits) -> tuple[Limits, Modes, Delays]:
    modes, delays = Modes(), Delays()
    for text in given:
        name, _, value = text.partition("=")
        if name in _LIMITS:
            limits = replace(limits, **{name: int(_number(text, value))})
        elif name == "hang":
            delays = replace(delays, hang=_number(text, value))
        elif name == "slow":
            delays = replace(delays, slow=_number(text, value))
        elif name == "retry_after":
            delays = replace(delays, retry_after=int(_number(text, value)))
        else:
            modes = modes.having(name, value)
    return limits, modes, delays


def _number(text: str, value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = -1
    if not 0 <= number < 10**12:
        raise ValueError(f"--set {text}: the value is a number from 0 on.")
    return number
