"""Modes: when a cassette replays, when it records, and what `close` does; sync, asyncio and trio."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest

from prefectkit.core.errors import (
    CassetteError,
    CassetteMiss,
    ClientClosedError,
    ConfigError,
    ConnectError,
    IncompleteResponse,
    TransportError,
    TransportTimeout,
)
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.retries.policy import Phase
from prefectkit.transports.cassette.transport import AsyncCassetteTransport, CassetteTransport
from tests.transports.cassette_fakes import KINDS, Cassette, SyncFake, json_response, lines, record, replay, request

pytestmark = pytest.mark.usefixtures("_no_ci")


@pytest.fixture
def _no_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cassettes" / "a.jsonl"


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def numbers(responses: list[Response]) -> list[Any]:
    return [response.json()["number"] for response in responses]


def test_once_records_and_the_default_replays_without_a_server(kind: str, path: Path) -> None:
    cassette = Cassette(kind, path, mode="once")
    assert not cassette.transport.is_playback
    assert cassette.send(request()).json() == {"number": 1}
    cassette.close()

    again = Cassette(kind, path, alone=True)
    assert again.transport.is_playback
    response = again.send(request(base_url="https://elsewhere/api"))
    assert (response.status, response.json()) == (200, {"number": 1})
    assert response.headers == {"content-type": "application/json", "content-length": "12"}
    with pytest.raises(CassetteMiss, match="all 1 records of it were replayed"):
        again.send(request())
    again.close()


def test_the_caller_gets_the_real_response_while_recording(kind: str, path: Path) -> None:
    cassette = Cassette(
        kind, path, lambda request: json_response({"token": "t0p-secret"}, headers={"x-own": "1"}), mode="once"
    )
    response = cassette.send(request())
    assert response.json() == {"token": "t0p-secret"}
    assert response.headers["x-own"] == "1"


def test_once_only_replays_where_there_is_a_file(path: Path) -> None:
    record(path, request())
    cassette = Cassette("sync", path, mode="once")
    assert cassette.transport.is_playback
    assert cassette.send(request()).json() == {"number": 1}
    with pytest.raises(CassetteMiss):
        cassette.send(request(body={"other": True}))
    assert cassette.inner.calls == 0


def test_new_episodes_replays_what_is_there_and_records_the_rest(kind: str, path: Path) -> None:
    record(path, request(body={"a": 1}))
    cassette = Cassette(kind, path, lambda request: json_response({"number": 100}), mode="new_episodes")
    assert cassette.send(request(body={"a": 1})).json() == {"number": 1}
    assert cassette.send(request(body={"a": 2})).json() == {"number": 100}
    cassette.close()
    assert cassette.inner.calls == 1
    assert numbers(replay(path, request(body={"a": 2}), request(body={"a": 1}))) == [100, 1]


def test_new_episodes_makes_a_file_where_there_is_none(path: Path) -> None:
    record(path, request(), mode="new_episodes")
    assert numbers(replay(path, request())) == [1]


def test_all_replaces_what_is_asked_and_keeps_the_rest(path: Path) -> None:
    record(path, request(body={"a": 1}), request(body={"a": 2}))
    cassette = Cassette("sync", path, lambda request: json_response({"number": 100}), mode="all")
    assert cassette.send(request(body={"a": 1})).json() == {"number": 100}
    assert cassette.transport.unused == []
    cassette.close()
    assert numbers(replay(path, request(body={"a": 1}), request(body={"a": 2}))) == [100, 2]


def test_rewrite_replaces_the_file_even_a_damaged_one(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("damaged")
    record(path, request(body={"a": 1}), mode="rewrite")
    assert len(lines(path)) == 2


def test_nothing_recorded_leaves_the_file_alone(path: Path) -> None:
    record(path, request())
    before = path.read_bytes()
    record(path, mode="rewrite")
    assert path.read_bytes() == before
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_a_recording_survives_an_exception_of_the_caller(path: Path) -> None:
    cassette = Cassette("sync", path, mode="once")
    with pytest.raises(ZeroDivisionError):
        try:
            cassette.send(request())
            _ = 1 / 0
        finally:
            cassette.close()
    assert numbers(replay(path, request())) == [1]


def test_records_replay_once_in_order_for_each_key(path: Path) -> None:
    one, two = request(body={"a": 1}), request(body={"a": 2})
    record(path, one, two, one, two)
    assert numbers(replay(path, two, one, one, two)) == [2, 1, 3, 4]


def test_allow_repeats_gives_the_last_one_again(path: Path) -> None:
    record(path, request(), request())
    assert numbers(replay(path, *[request()] * 4, allow_repeats=True)) == [1, 2, 2, 2]


def test_unused_records_are_listed_and_logged(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    record(path, request(), request("GET", "/flows/1"), request("DELETE", "/flows/1"))
    cassette = Cassette("sync", path, alone=True)
    cassette.send(request("GET", "/flows/1"))
    assert cassette.transport.unused == ["POST /flow_runs/filter", "DELETE /flows/1"]
    with caplog.at_level(logging.WARNING, "prefectkit.cassette"):
        cassette.close()
        cassette.close()
    assert [entry.getMessage() for entry in caplog.records] == [
        f"{path}: 2 recorded requests were not made: POST /flow_runs/filter, DELETE /flows/1"
    ]


def test_strict_close_refuses_unused_records(kind: str, path: Path) -> None:
    record(path, request(), request("GET", "/flows/1"))
    cassette = Cassette(kind, path, strict_close=True)
    cassette.send(request())
    with pytest.raises(CassetteError, match="1 recorded requests were not made: GET /flows/1"):
        cassette.close()
    assert cassette.inner.closed == 1


def test_close_closes_the_inner_transport_once_and_ends_it(kind: str, path: Path) -> None:
    cassette = Cassette(kind, path, mode="once")
    cassette.send(request())
    cassette.close()
    cassette.close()
    assert cassette.inner.closed == 1
    with pytest.raises(ClientClosedError):
        cassette.send(request())


def test_the_recording_is_saved_where_the_inner_transport_fails_to_close(path: Path) -> None:
    class Stuck(SyncFake):
        def close(self) -> None:
            raise OSError("stuck")

    transport = CassetteTransport(path, Stuck(), mode="once")
    transport.send(request())
    with pytest.raises(OSError, match="stuck"):
        transport.close()
    assert numbers(replay(path, request())) == [1]


def test_a_response_that_comes_after_the_end_is_not_kept(path: Path) -> None:
    def respond(_: Request) -> Response:
        cassette.close()
        return json_response({"number": 7})

    cassette = Cassette("sync", path, respond, mode="once")
    assert cassette.send(request()).json() == {"number": 7}
    assert not path.exists()


@pytest.mark.parametrize(
    "error",
    [
        ConnectError("no route to host"),
        TransportTimeout("60 s were up"),
        TransportTimeout("no free connection", phase=Phase.NOTHING_SENT),
        IncompleteResponse("the response broke off"),
        TransportError("certificate refused", phase=Phase.NOTHING_SENT, retryable=False),
    ],
    ids=lambda error: type(error).__name__,
)
def test_faults_are_recorded_and_raised_again(kind: str, path: Path, error: TransportError) -> None:
    outcomes: Iterator[Any] = iter([error, json_response({"number": 2})])

    def respond(_: Request) -> Response:
        outcome = next(outcomes)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome  # type: ignore[no-any-return]

    cassette = Cassette(kind, path, respond, mode="once")
    with pytest.raises(type(error)) as recorded:
        cassette.send(request())
    assert recorded.value is error
    assert cassette.send(request()).json() == {"number": 2}
    cassette.close()

    again = Cassette(kind, path, alone=True)
    with pytest.raises(TransportError) as raised:
        again.send(request())
    assert type(raised.value) is type(error)
    assert (str(raised.value), raised.value.phase, raised.value.retryable) == (str(error), error.phase, error.retryable)
    assert again.send(request()).json() == {"number": 2}


def test_a_fault_of_another_package_becomes_its_nearest_base(path: Path) -> None:
    class Odd(IncompleteResponse):
        pass

    def respond(_: Request) -> Response:
        raise Odd("odd")

    with pytest.raises(Odd):
        record(path, request(), respond=respond)
    with pytest.raises(IncompleteResponse) as raised:
        replay(path, request())
    assert type(raised.value) is IncompleteResponse


def test_other_exceptions_are_not_recorded(path: Path) -> None:
    def respond(_: Request) -> Response:
        raise KeyboardInterrupt

    cassette = Cassette("sync", path, respond, mode="once")
    with pytest.raises(KeyboardInterrupt):
        cassette.send(request())
    cassette.close()
    assert not path.exists()


def test_a_stream_is_recorded_whole(kind: str, path: Path) -> None:
    closed: list[str] = []

    def chunks() -> Iterator[bytes]:
        try:
            yield b"one,"
            yield b"two\n"
        finally:
            closed.append("yes")

    cassette = Cassette(
        kind, path, lambda request: Response(200, {"content-type": "text/csv"}, chunks=chunks()), mode="once"
    )
    response = cassette.send(request("GET", "/flow_runs/1/logs/download", stream=True))
    assert (response.body, response.chunks) == (b"one,two\n", None)
    assert closed == ["yes"]
    cassette.close()
    [again] = replay(path, request("GET", "/flow_runs/1/logs/download", stream=True))
    assert (again.body, again.headers["content-type"]) == (b"one,two\n", "text/csv")


def test_a_stream_that_breaks_off_is_a_fault(kind: str, path: Path) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"one"
        raise IncompleteResponse("broke off")

    cassette = Cassette(kind, path, lambda request: Response(200, chunks=chunks()), mode="once")
    with pytest.raises(IncompleteResponse):
        cassette.send(request(stream=True))
    cassette.close()
    with pytest.raises(IncompleteResponse, match="broke off"):
        replay(path, request(stream=True))


@pytest.mark.parametrize("mode", ["once", "new_episodes"])
def test_where_ci_is_set_nothing_is_recorded_by_the_way(path: Path, mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(CassetteError, match="CI is set, only 'all' and 'rewrite' record"):
        Cassette("sync", path, mode=mode)
    record(path, request())
    cassette = Cassette("sync", path, mode=mode)
    assert cassette.send(request()).json() == {"number": 1}
    with pytest.raises(CassetteMiss):
        cassette.send(request())
    assert cassette.inner.calls == 0


@pytest.mark.parametrize("ci", ["", "0", "false", "False"])
def test_ci_may_be_set_to_no(path: Path, ci: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", ci)
    record(path, request(), mode="once")
    assert path.exists()


@pytest.mark.parametrize("mode", ["all", "rewrite"])
def test_where_ci_is_set_an_order_to_record_is_one(path: Path, mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "1")
    record(path, request(), mode=mode)
    assert len(lines(path)) == 2


def test_a_missing_file_says_how_to_record_it(path: Path) -> None:
    with pytest.raises(CassetteError, match=r"there is no cassette at .*: record it with mode='once'$"):
        Cassette("sync", path)


def test_an_unknown_mode_is_refused(path: Path) -> None:
    with pytest.raises(ConfigError, match="'record' is not a cassette mode: use one of none, once"):
        Cassette("sync", path, mode="record")


@pytest.mark.parametrize("mode", ["once", "new_episodes", "all", "rewrite"])
def test_a_mode_that_records_needs_a_transport(path: Path, mode: str) -> None:
    with pytest.raises(ConfigError, match="pass `inner`"):
        Cassette("sync", path, alone=True, mode=mode, strict_close=True)
    assert not path.parent.exists()


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
async def test_a_loop_of_replays_can_be_cancelled(path: Path, anyio_backend: str) -> None:
    record(path, request())
    transport = AsyncCassetteTransport(path, allow_repeats=True)
    with anyio.move_on_after(0.01) as scope:
        while True:
            await transport.send(request())
    assert scope.cancelled_caught


def test_a_forked_child_does_not_write(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cassette = Cassette("sync", path, mode="once")
    cassette.send(request())
    with monkeypatch.context() as child:
        child.setattr("os.getpid", lambda: -1)
        cassette.close()
        assert not path.exists()
    cassette.close()
    assert numbers(replay(path, request())) == [1]


def test_csrf_tokens_are_asked_for_as_often_as_the_client_likes(path: Path) -> None:
    first = request("GET", "/csrf-token?client=3f0c2c8e-0d5b-4b53-9a52-0c3c8a1f6a11")
    other = request("GET", "/csrf-token?client=9d5e7c1b-6d3e-4a0e-8f2b-0f6a9f1d2c22")
    record(
        path,
        first,
        respond=lambda request: json_response({"token": "abcdef123456", "expiration": "2020-01-01T00:00:00Z"}),
    )
    assert [response.status for response in replay(path, other, other, strict_close=True)] == [200, 200]
    assert replay(path, strict_close=True) == []
    record(path, request())
    assert [response.status for response in replay(path, request(), other)] == [200, 404]


def test_repr_shows_the_file(path: Path) -> None:
    assert repr(Cassette("sync", path, mode="once").transport) == f"<CassetteTransport {str(path)!r}>"
