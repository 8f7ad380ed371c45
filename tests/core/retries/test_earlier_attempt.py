"""What is sent again after a lost response, where the server can say first whether it was applied."""

from __future__ import annotations

from typing import Any

import pytest

from prefectkit.core.engine import Engine
from prefectkit.core.errors import AmbiguousOutcomeError, IncompleteResponse, ResponseDecodeError, ServerError
from prefectkit.core.hooks import Hooks
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.http.paths import PathTemplate
from prefectkit.core.io import run
from prefectkit.core.operation import Lookup, Operation
from prefectkit.core.retries.policy import RetrySafety
from tests.core.calls import DOWN, RESET, options
from tests.fakes import URL, AsyncFakeTransport, Clock, FakeTransport, engine_of, response

SENT = {"key": "mine"}


def _found(sent: Any, response: Response) -> dict[str, Any] | None:
    return next((row for row in response.json() if row["key"] == sent["key"]), None)


LOOKUP = Lookup("/history/", query=lambda path: {"of": str(path["id"])}, response=_found)
OPERATION = Operation(
    name="things.set",
    method="POST",
    path=PathTemplate("/things/{id}/set"),
    retry_safety=RetrySafety.KEYED,
    lookup=LOOKUP,
)
SET = "POST /things/a%20b/set"
LOOK = "GET /history/?of=a+b"
NONE = response([{"key": "theirs"}])
MINE = response([{"key": "theirs"}, {"key": "mine", "n": 2}, {"key": "later"}])


def called(engine: Engine) -> Any:
    return run(engine.call(OPERATION, Any, {"id": "a b"}, None, SENT))


def test_what_was_applied_is_not_sent_again() -> None:
    transport, hooks = FakeTransport(RESET, MINE), Hooks()
    responses: list[Response] = []
    hooks.after_call = (lambda call, response: responses.append(response),)
    assert called(engine_of(transport, hooks=hooks)) == {"key": "mine", "n": 2}
    assert transport.sent == [SET, LOOK]
    assert "content-type" not in transport.last.headers
    (received,) = responses
    assert (received.status, received.deduplicated) == (200, True)
    assert received.headers == {"content-type": "application/json"}


def test_what_was_not_applied_is_sent_again() -> None:
    transport = FakeTransport(RESET, NONE, response(None, 503), MINE)
    assert called(engine_of(transport)) == {"key": "mine", "n": 2}
    assert transport.sent == [SET, LOOK, SET, LOOK]
    transport = FakeTransport(RESET, NONE, response("done"))
    assert called(engine_of(transport)) == "done"
    assert transport.sent == [SET, LOOK, SET]


@pytest.mark.parametrize("fault", [DOWN, response(None, 429)])
def test_what_cannot_have_been_applied_is_sent_again_at_once(fault: Any) -> None:
    transport = FakeTransport(fault, response("done"))
    assert called(engine_of(transport)) == "done"
    assert transport.sent == [SET, SET]


@pytest.mark.parametrize("fault", [RESET, DOWN, response(None, 503), response(None, 429), response(b"{")])
def test_a_lookup_that_fails_is_an_attempt_that_failed(fault: Any) -> None:
    transport, clock = FakeTransport(RESET, fault, MINE), Clock()
    assert called(engine_of(transport, clock=clock)) == {"key": "mine", "n": 2}
    assert transport.sent == [SET, LOOK, LOOK]
    assert clock.sleeps == [0.25, 0.5] or fault.status == 429


@pytest.mark.parametrize(
    ("fault", "error"),
    [(RESET, IncompleteResponse), (response(None, 502), ServerError), (response(b"{"), ResponseDecodeError)],
)
def test_a_lookup_that_always_fails_ends_the_call(fault: Any, error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        called(engine_of(FakeTransport(RESET, fault), options=options(max_attempts=3)))
    raised: Any = caught.value
    assert (raised.attempts, raised.maybe_applied, raised.exhausted) == (3, True, "attempts")


@pytest.mark.parametrize("status", [401, 403, 404, 422])
def test_a_lookup_that_is_refused_leaves_it_open(status: int) -> None:
    transport = FakeTransport(RESET, response({"detail": "not for you"}, status))
    with pytest.raises(AmbiguousOutcomeError, match=r"could not be looked up: .*not for you") as caught:
        called(engine_of(transport))
    error = caught.value
    assert (error.operation, error.attempts, error.maybe_applied) == (OPERATION, 2, True)
    assert ": the server may have applied this, and sending it again could undo later changes; whether" in str(error)
    assert transport.sent == [SET, LOOK]


def test_a_request_that_a_plugin_put_in_its_place_is_not_looked_up() -> None:
    transport, hooks = FakeTransport(RESET, response("done")), Hooks()

    def replace(call: Any) -> None:
        call.request = Request("POST", URL, "/other", body=b"{}")

    hooks.before_call = (replace,)
    assert called(engine_of(transport, hooks=hooks)) == "done"
    assert transport.sent == ["POST /other"] * 2


@pytest.mark.anyio
async def test_an_async_call_is_looked_up_the_same_way() -> None:
    transport = AsyncFakeTransport(RESET, MINE)
    assert await engine_of(transport).call(OPERATION, Any, {"id": "a b"}, None, SENT) == {"key": "mine", "n": 2}
