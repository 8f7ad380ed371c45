"""The ends of a transport's life and of its package that no ordinary call reaches."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import Future
from typing import Any

import pytest

import prefectkit.transports
from prefectkit.transports.asgi.event_loop_thread import EventLoopThread
from prefectkit.transports.embedded import transport as embedded


def test_a_name_that_the_package_has_not() -> None:
    with pytest.raises(AttributeError, match="Telegraph"):
        _ = prefectkit.transports.Telegraph  # type: ignore[attr-defined] -- what is tested


def test_what_the_embedded_server_raises_after_its_response_is_for_who_debugs(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "prefectkit.embedded"):
        embedded._log_background_error(ValueError("locked"))
    (record,) = caplog.records
    assert record.levelno == logging.DEBUG
    assert record.exc_info is not None and str(record.exc_info[1]) == "locked"


@pytest.mark.parametrize(
    ("message", "quiet"), [("can't create new thread at interpreter shutdown", True), ("x", False)]
)
def test_an_interpreter_that_starts_no_thread_any_more_ends_quietly(
    message: str, quiet: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(_: Any) -> None:
        raise RuntimeError(message)

    monkeypatch.setattr(asyncio, "run", run)
    monkeypatch.setattr(EventLoopThread, "_serve", lambda self: None)
    thread = EventLoopThread.__new__(EventLoopThread)
    thread._ended = Future()
    if quiet:
        thread._run()
    else:
        with pytest.raises(RuntimeError, match="x"):
            thread._run()
    assert thread._ended.done()
