"""Calls on every kind of client, and checks of the errors that they raise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import anyio
import pytest

from prefectkit import AsyncPrefect, Prefect
from prefectkit.errors import PrefectKitError
from tests.fakes import AsyncFakeTransport, FakeTransport

KINDS = ("sync", "asyncio", "trio")
SECRET = "hunter2"


def run_call(kind: str, call: Callable[[Any], Any], api: Any = None, **arguments: Any) -> Any:
    """The result of a call on a new client of this kind, which is closed afterwards."""
    if kind == "sync":
        with Prefect(api, **arguments) as client:
            return call(client)

    async def main() -> Any:
        async with AsyncPrefect(api, **arguments) as opened:
            return await call(opened)

    return anyio.run(main, backend=kind)


def fake_transport(kind: str, *responses: Any) -> FakeTransport | AsyncFakeTransport:
    """A fake transport for this kind of client: sends nothing, and records the requests."""
    return FakeTransport(*responses) if kind == "sync" else AsyncFakeTransport(*responses)


@contextmanager
def raises(kind: type[PrefectKitError], *words: str) -> Iterator[None]:
    """Expect exactly this class of error, with these words, and no secret in its message or those of its causes."""
    with pytest.raises(Exception) as caught:
        yield
    error: BaseException | None = caught.value
    assert type(error) is kind, repr(error)
    for word in words:
        assert word in str(error)
    while error is not None:
        assert SECRET not in f"{error} {error!r}"
        error = error.__cause__
