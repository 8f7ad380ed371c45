"""A user's call on every kind of client, and what the user gets to read when it fails."""

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


def use(kind: str, call: Callable[[Any], Any], api: Any = None, **arguments: Any) -> Any:
    """What a call returns, on a client of this kind that is made for it and closed."""
    if kind == "sync":
        with Prefect(api, **arguments) as client:
            return call(client)

    async def main() -> Any:
        async with AsyncPrefect(api, **arguments) as opened:
            return await call(opened)

    return anyio.run(main, backend=kind)


def fake(kind: str, *responses: Any) -> FakeTransport | AsyncFakeTransport:
    """A transport for that kind that sends nothing, and notes what it was to send."""
    return FakeTransport(*responses) if kind == "sync" else AsyncFakeTransport(*responses)


@contextmanager
def refused(kind: type[PrefectKitError], *words: str) -> Iterator[None]:
    """Just this error of the SDK's, with these words, and no secret in its message nor in that of its causes."""
    with pytest.raises(Exception) as caught:
        yield
    error: BaseException | None = caught.value
    assert type(error) is kind, repr(error)
    for word in words:
        assert word in str(error)
    while error is not None:
        assert SECRET not in f"{error} {error!r}"
        error = error.__cause__
