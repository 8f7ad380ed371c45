"""What the error of a call says of it: which limit ended it, what may have happened, and who to ask about it."""

from __future__ import annotations

import gc
import weakref
from contextlib import suppress
from typing import Any

import pytest

from prefectkit import Prefect
from prefectkit.core.errors import (
    AmbiguousOutcomeError,
    CallError,
    ConfigError,
    ConnectError,
    IncompleteResponse,
    Locked,
    ResponseDecodeError,
    StatusError,
    TransportError,
)
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.options import Options
from prefectkit.core.retries.policy import Phase, RetryPolicy, RetrySafety
from tests.core.calls import DOWN, RESET, call, options
from tests.fakes import Clock, FakeTransport, engine_of, response

ID = {"x-request-id": "r-1"}
MAINTENANCE = {"prefect-maintenance": "True"}


def error_of(
    *responses: Any, retry_safety: RetrySafety = RetrySafety.READ, type_: Any = Any, options: Options | None = None
) -> CallError:
    with pytest.raises(CallError) as caught:
        call(engine_of(FakeTransport(*responses), options=options), retry_safety, type_)
    return caught.value


@pytest.mark.parametrize(
    ("responses", "retry_safety", "policy", "exhausted"),
    [
        ((DOWN,), RetrySafety.READ, {}, "attempts"),
        ((RESET,), RetrySafety.KEYED, {"max_attempts": 1}, "attempts"),
        ((DOWN,), RetrySafety.READ, {"deadline": 0.2}, "deadline"),
        ((response(None, 429, {"retry-after": "61"}),), RetrySafety.READ, {}, "retry_after"),
        ((response(None, 503, {"retry-after": "9"}),), RetrySafety.READ, {"deadline": 8}, "retry_after"),
        ((response(None, 404),), RetrySafety.READ, {}, ""),
        ((response(None, 423, {"retry-after": "1"}),), RetrySafety.READ, {}, ""),
        ((TransportError("bad certificate", phase=Phase.NOTHING_SENT, retryable=False),), RetrySafety.READ, {}, ""),
        ((RESET,), RetrySafety.NEVER, {}, ""),
    ],
)
def test_the_limit_that_ended_it(responses: Any, retry_safety: RetrySafety, policy: Any, exhausted: str) -> None:
    assert error_of(*responses, retry_safety=retry_safety, options=options(**policy)).exhausted == exhausted


def test_an_empty_retry_budget_is_in_the_message() -> None:
    engine = engine_of(FakeTransport(DOWN))
    engine.budget.tokens = 0
    with pytest.raises(ConnectError, match=r"^flows.do: .*too many calls of this client failed") as caught:
        call(engine)
    error = caught.value
    assert (error.exhausted, error.attempts, error.retryable) == ("budget", 1, True)


def test_a_locked_error_has_retry_after() -> None:
    error = error_of(response(None, 423, {"retry-after": "7"}), retry_safety=RetrySafety.NEVER)
    assert isinstance(error, Locked)
    assert (error.retry_after, error.attempts, error.retryable, error.maybe_applied) == (7, 1, False, False)


@pytest.mark.parametrize(
    ("responses", "retry_safety", "type_", "kind"),
    [
        ((response(None, 404, ID),), RetrySafety.READ, Any, StatusError),
        ((response(None, 500, ID),), RetrySafety.READ, Any, StatusError),
        ((response("text", 200, ID),), RetrySafety.READ, int, ResponseDecodeError),
        ((response(None, 500, ID),), RetrySafety.NEVER, Any, AmbiguousOutcomeError),
    ],
)
def test_the_servers_id_of_the_request(
    responses: Any, retry_safety: RetrySafety, type_: Any, kind: type[CallError]
) -> None:
    error = error_of(*responses, retry_safety=retry_safety, type_=type_)
    assert (type(error).__mro__.count(kind), error.request_id) == (1, "r-1")


def test_the_id_that_was_sent_where_the_server_gives_none() -> None:
    sent = Options(headers={"x-request-id": "mine"})
    assert error_of(RESET, retry_safety=RetrySafety.NEVER, options=sent).request_id == "mine"
    assert error_of(response(None, 404), options=sent).request_id == "mine"
    assert error_of(response(None, 404, ID), options=sent).request_id == "r-1"


def test_an_id_of_another_attempt_is_not_that_of_this_one() -> None:
    assert error_of(response(None, 500, ID), DOWN).request_id is None
    assert error_of(response(None, 404)).request_id is None


@pytest.mark.parametrize("status", [503, 502])
def test_a_server_that_is_worked_on_took_nothing_in(status: int) -> None:
    clock, transport = Clock(), FakeTransport(response(None, status, MAINTENANCE), response("ok"))
    assert call(engine_of(transport, clock=clock), RetrySafety.NEVER) == "ok"
    assert clock.sleeps == [0.25]
    error = error_of(response(None, status, MAINTENANCE), retry_safety=RetrySafety.NEVER)
    assert (error.attempts, error.maybe_applied, error.exhausted) == (5, False, "attempts")


@pytest.mark.parametrize("headers", [{"prefect-maintenance": "false"}, {}])
def test_one_that_is_not_may_have(headers: dict[str, str]) -> None:
    assert isinstance(error_of(response(None, 503, headers), retry_safety=RetrySafety.NEVER), AmbiguousOutcomeError)


def test_a_refusal_is_one_although_the_server_is_worked_on() -> None:
    error = error_of(response(None, 404, MAINTENANCE))
    assert (error.attempts, error.retryable) == (1, False)


@pytest.mark.parametrize("retry_safety", [RetrySafety.NEVER, RetrySafety.CONFLICT])
def test_at_least_once_is_sent_again(retry_safety: RetrySafety) -> None:
    transport = FakeTransport(RESET, response("ok"))
    assert call(engine_of(transport, options=Options(policy=RetryPolicy(at_least_once=True))), retry_safety) == "ok"
    assert len(transport.requests) == 2
    error = error_of(RESET, retry_safety=retry_safety, options=options(at_least_once=True, max_attempts=2))
    assert (type(error), error.attempts, error.maybe_applied) == (type(RESET), 2, True)


def test_at_least_once_is_an_option_of_the_client() -> None:
    transport = FakeTransport(response(None, 404), RESET, response(None, 201))
    with Prefect("http://without-csrf.test/api", transport=transport) as client:
        engine: Any = client._engine
        assert not engine.options.policy.at_least_once
        client.with_options(at_least_once=True).logs.create([])
        assert transport.sent[1:] == ["POST /logs/"] * 2
        wrong: Any = 1
        with pytest.raises(ConfigError, match="at_least_once must be True or False, got 1"):
            client.with_options(at_least_once=wrong)


@pytest.mark.parametrize("retry_safety", [RetrySafety.READ, RetrySafety.NEVER])
def test_an_error_and_what_its_traceback_holds_are_freed_without_the_garbage_collector(
    retry_safety: RetrySafety,
) -> None:
    """A connection is given back late, else, where an interrupt kept the transport from doing it."""
    held: list[weakref.ref[Any]] = []

    class Connection:
        pass

    def fail(request: Request) -> Response:
        connection = Connection()
        held.append(weakref.ref(connection))
        raise IncompleteResponse("cut")

    made = engine_of(FakeTransport(fail), options=options(max_attempts=2))
    gc.disable()
    try:
        with suppress(CallError):
            call(made, retry_safety)
        assert {reference() for reference in held} == {None}
    finally:
        gc.enable()
