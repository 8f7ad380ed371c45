"""What the pause helpers do with each reply of the server that the real one gives seldom."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from prefectkit.compat import flow_runs
from prefectkit.compat.flow_runs import resume_flow_run, suspend_flow_run
from prefectkit.models import Completed, Paused, Running, SetStateStatus
from prefectkit.models.states import State, StateType

RUN = UUID(int=7)


def reply(status: SetStateStatus, state: Any = None, **details: Any) -> Any:
    kept = None if state is None else State(type=StateType(state.type), name=state.name)
    return SimpleNamespace(status=status, state=kept, details=SimpleNamespace(**details))


class Client:
    """A client that gives these replies, one after the other."""

    def __init__(self, *replies: Any) -> None:
        self.replies = list(replies)

    async def set_flow_run_state(self, *_: Any) -> Any:
        return self.replies.pop(0)

    async def resume_flow_run(self, *_: Any, **__: Any) -> Any:
        return self.replies.pop(0)

    async def read_flow_run(self, _: Any) -> Any:
        return SimpleNamespace(state=State(type=StateType.PAUSED, name="Paused"))


def replying(monkeypatch: pytest.MonkeyPatch, *replies: Any) -> Client:
    client = Client(*replies)

    @asynccontextmanager
    async def open_client() -> AsyncGenerator[Any]:
        yield client

    monkeypatch.setattr(flow_runs, "open_client", open_client)
    return client


def test_a_server_that_says_wait_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    wait = reply(SetStateStatus.WAIT, delay_seconds=0)
    client = replying(monkeypatch, wait, wait, reply(SetStateStatus.ACCEPT, Paused()))
    suspend_flow_run(flow_run_id=RUN)
    assert client.replies == []


def test_a_pause_that_was_resumed_before_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    replying(monkeypatch, reply(SetStateStatus.REJECT, Running()))
    suspend_flow_run(flow_run_id=RUN)


def test_a_run_that_was_resumed_from_the_same_pause_goes_on_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow_runs, "run_ids", lambda: (None, RUN))
    client = replying(monkeypatch, reply(SetStateStatus.REJECT, Running()))
    flow_runs.pause_flow_run(timeout=60, key="again")
    assert client.replies == []


@pytest.mark.parametrize(
    ("response", "message"),
    [
        (reply(SetStateStatus.ABORT, reason="a final state"), "Flow run cannot be suspended: a final state"),
        (reply(SetStateStatus.REJECT, Completed()), "cannot be suspended. Received unexpected state"),
        (reply(SetStateStatus.ACCEPT), "Received unexpected state from API: None"),
    ],
)
def test_a_refused_suspension_raises(monkeypatch: pytest.MonkeyPatch, response: Any, message: str) -> None:
    replying(monkeypatch, response)
    with pytest.raises(RuntimeError, match=message):
        suspend_flow_run(flow_run_id=RUN)


def test_a_refused_resumption_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    replying(monkeypatch, reply(SetStateStatus.REJECT, reason="not now"))
    with pytest.raises(RuntimeError, match="Cannot resume this run: not now"):
        resume_flow_run(RUN)
