"""A conflict after a lost response: what is there is read back, compared, and is the response or the reason."""

from __future__ import annotations

import pickle
from typing import Any

import msgspec
import pytest

import prefectkit
from prefectkit.core.engine import Engine
from prefectkit.core.errors import (
    AmbiguousOutcomeError,
    BadRequest,
    Conflict,
    ConnectError,
    Forbidden,
    Locked,
    NotFound,
    NotSupportedByServer,
    ResponseDecodeError,
    ServerError,
    StatusError,
    UnprocessableEntity,
)
from prefectkit.core.hooks import Hooks
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.http.paths import PathTemplate
from prefectkit.core.io import run
from prefectkit.core.operation import Operation, ReadBack
from prefectkit.core.retries.policy import RetrySafety
from tests.core.calls import DOWN, RESET, call, operation, options
from tests.fakes import URL, AsyncFakeTransport, Clock, FakeTransport, engine_of, response

TAKEN = response({"detail": "there is one"}, 409)
SENT = {"name": "a b", "value": {"x": 1}}
THERE = {"id": 7, "name": "a b", "value": {"x": 1}}
READ_BACK = ReadBack("/pools/{pool}/things/{name}")


def create(read_back: ReadBack | None = READ_BACK) -> Operation:
    return Operation(
        name="things.create",
        method="POST",
        path=PathTemplate("/pools/{pool}/things"),
        retry_safety=RetrySafety.CONFLICT,
        read_back=read_back,
    )


def created(engine: Engine, read_back: ReadBack | None = READ_BACK, body: Any = SENT, type_: Any = Any) -> Any:
    return run(engine.call(create(read_back), type_, {"pool": "p"}, None, body))


def test_an_existing_object_equal_to_the_request_is_the_result() -> None:
    transport, hooks = FakeTransport(RESET, TAKEN, response(THERE)), Hooks()
    seen: list[tuple[int, bool]] = []
    hooks.after_response = (lambda call, request, received: seen.append((received.status, received.deduplicated)),)
    responses: list[Response] = []
    hooks.after_call = (lambda call, received: responses.append(received),)
    assert created(engine_of(transport, hooks=hooks)) == THERE
    assert transport.sent == ["POST /pools/p/things"] * 2 + ["GET /pools/p/things/a%20b"]
    assert "content-type" not in transport.last.headers
    assert seen == [(409, False), (200, False)]
    (received,) = responses
    assert (received.status, received.deduplicated, received.json()) == (200, True, THERE)
    assert received.headers == {"content-type": "application/json"}


def test_the_read_back_is_authenticated_like_any_request() -> None:
    hooks = Hooks()

    def key(request: Request) -> None:
        request.headers["authorization"] = "k"

    hooks.authenticate = (key,)
    transport = FakeTransport(RESET, TAKEN, response(THERE))
    created(engine_of(transport, hooks=hooks))
    assert transport.last.headers["authorization"] == "k"


@pytest.mark.parametrize("first", [DOWN, response(None, 429)])
def test_a_conflict_is_an_error_where_nothing_was_applied_before(first: Any) -> None:
    for responses in ((TAKEN,), (first, TAKEN)):
        transport = FakeTransport(*responses, response(THERE))
        with pytest.raises(Conflict) as caught:
            created(engine_of(transport))
        assert not caught.value.maybe_applied
        assert transport.sent[-1] == "POST /pools/p/things"


@pytest.mark.parametrize(
    ("status", "error"), [(400, BadRequest), (404, NotFound), (422, UnprocessableEntity), (423, Locked)]
)
def test_another_refusal_is_raised_unchanged(status: int, error: type[Exception]) -> None:
    transport = FakeTransport(RESET, response({"detail": "no"}, status), response(THERE))
    with pytest.raises(error):
        created(engine_of(transport))
    assert len(transport.requests) == 2


@pytest.mark.parametrize("fault", [RESET, response(None, 500), response(None, 503), response(b'{"cut')])
def test_any_lost_response_may_have_been_a_creation(fault: Any) -> None:
    transport = FakeTransport(fault, TAKEN, response(THERE))
    assert created(engine_of(transport)) == THERE


def test_a_different_existing_object_is_a_conflict_that_names_the_fields() -> None:
    other = {"id": 7, "name": "a b", "value": {"x": 2}, "tags": []}
    transport = FakeTransport(RESET, TAKEN, response(other))
    with pytest.raises(Conflict) as caught:
        created(engine_of(transport), body={**SENT, "tags": ["secret"]})
    error = caught.value
    assert "there is one; the existing object differs in tags, value (after 2 attempts)" in str(error)
    assert "secret" not in str(error)
    assert (error.attempts, error.maybe_applied, error.status) == (2, True, 409)


def test_a_field_that_is_not_shown_is_taken_as_it_was_sent() -> None:
    transport = FakeTransport(RESET, TAKEN, response(THERE))
    assert created(engine_of(transport), body={**SENT, "hint": 1}) == {**THERE, "hint": 1}


def test_the_server_may_fill_up_only_what_is_said() -> None:
    there = {**THERE, "value": {"x": 1, "y": None}}
    with pytest.raises(Conflict):
        created(engine_of(FakeTransport(RESET, TAKEN, response(there))))
    filled = ReadBack(READ_BACK.path.text, completed=["value"])
    assert created(engine_of(FakeTransport(RESET, TAKEN, response(there))), filled) == there


@pytest.mark.parametrize(
    ("path", "name"), [("/things/{name}", "a/b"), ("/things/{name}", ".."), ("/things/{unknown}", "a")]
)
def test_what_cannot_be_addressed_is_a_conflict(path: str, name: str) -> None:
    transport = FakeTransport(RESET, TAKEN)
    with pytest.raises(Conflict):
        created(engine_of(transport), ReadBack(path), {"name": name})
    assert len(transport.requests) == 2


@pytest.mark.parametrize("status", [401, 403, 404, 422])
def test_what_is_not_shown_is_a_conflict(status: int) -> None:
    transport = FakeTransport(RESET, TAKEN, response({"detail": "no"}, status))
    with pytest.raises(Conflict) as caught:
        created(engine_of(transport))
    assert caught.value.maybe_applied
    assert len(transport.requests) == 3


@pytest.mark.parametrize(
    "fault", [RESET, DOWN, response(None, 503), response(None, 429), response(b"[1]"), response(b"{")]
)
def test_a_read_back_that_fails_is_done_again_with_the_next_attempt(fault: Any) -> None:
    transport, clock = FakeTransport(RESET, TAKEN, fault, TAKEN, response(THERE)), Clock()
    assert created(engine_of(transport, clock=clock)) == THERE
    assert [sent.partition(" ")[0] for sent in transport.sent] == ["POST", "POST", "GET", "POST", "GET"]
    assert clock.sleeps[0] == 0.25
    assert len(clock.sleeps) == 2


@pytest.mark.parametrize(
    ("fault", "error"),
    [(DOWN, ConnectError), (response(None, 502), ServerError), (response(b"{"), ResponseDecodeError)],
)
def test_a_read_back_that_always_fails_ends_the_call(fault: Any, error: type[Exception]) -> None:
    transport = FakeTransport(RESET, *([TAKEN, fault] * 2), TAKEN, fault)
    with pytest.raises(error) as caught:
        created(engine_of(transport, options=options(max_attempts=3)))
    caught_error: Any = caught.value
    assert (caught_error.attempts, caught_error.maybe_applied, caught_error.exhausted) == (3, True, "attempts")


def test_a_row_is_found_by_its_key_where_there_are_several() -> None:
    rows = [{"id": 1, "key": "ab", "value": 0}, {"id": 2, "key": "a", "value": 1}]
    by_key = ReadBack("/pools/{pool}/filter", body=lambda sent: {"prefix": sent["key"]}, by="key")
    transport = FakeTransport(RESET, TAKEN, response(rows))
    assert created(engine_of(transport), by_key, {"key": "a", "value": 1}) == rows[1]
    assert transport.sent[-1] == "POST /pools/p/filter"
    assert transport.last.body == b'{"prefix":"a"}'
    assert transport.last.headers["content-type"] == "application/json"
    with pytest.raises(Conflict):
        created(engine_of(FakeTransport(RESET, TAKEN, response(rows))), by_key, {"key": "b", "value": 1})


def test_each_of_several_objects_is_found_and_in_the_order_in_which_they_were_sent() -> None:
    rows = [{"id": 1, "slug": "b"}, {"id": 2, "slug": None}, {"id": 3, "slug": "a"}]
    by_slug = ReadBack("/pools/{pool}/all", by="slug")
    sent = [{"slug": "a"}, {"slug": "b"}]
    transport = FakeTransport(RESET, TAKEN, response(rows))
    assert created(engine_of(transport), by_slug, sent) == [rows[2], rows[0]]
    assert transport.sent[-1] == "GET /pools/p/all"
    with pytest.raises(Conflict):
        created(engine_of(FakeTransport(RESET, TAKEN, response(rows))), by_slug, [*sent, {"slug": "c"}])
    with pytest.raises(Conflict, match="differs in x"):
        also = [sent[0], {"slug": "b", "x": 1}]
        created(engine_of(FakeTransport(RESET, TAKEN, response([{**row, "x": 0} for row in rows]))), by_slug, also)


def test_no_objects_at_all_are_all_there() -> None:
    transport = FakeTransport(RESET, TAKEN, response([{"id": 1, "slug": "b"}]))
    assert created(engine_of(transport), ReadBack("/pools/{pool}/all", by="slug"), []) == []


def test_secrets_are_compared_and_not_in_the_response() -> None:
    hidden = {"name": "a", "data": {"password": "********"}}
    clear = {"name": "a", "data": {"password": "hunter2"}}
    with_secrets = ReadBack(
        "/filter", body=lambda sent: {"name": sent["name"]}, by="name", include_secrets={"secrets": True}
    )
    transport = FakeTransport(RESET, TAKEN, response([clear]), response([hidden]))
    assert created(engine_of(transport), with_secrets, clear) == hidden
    assert [msgspec.json.decode(request.body) for request in transport.requests[2:]] == [
        {"name": "a", "secrets": True},
        {"name": "a"},
    ]
    wrong = {"name": "a", "data": {"password": "hunter3"}}
    with pytest.raises(Conflict, match="differs in data"):
        created(engine_of(FakeTransport(RESET, TAKEN, response([clear]), response([hidden]))), with_secrets, wrong)
    with pytest.raises(Conflict):
        created(engine_of(FakeTransport(RESET, TAKEN, response([clear]), response([]))), with_secrets, clear)


def test_an_object_may_be_read_in_another_form_than_it_is_sent() -> None:
    converted = ReadBack(READ_BACK.path.text, to_request_fields=lambda found: {**found, "value": found["value"]["id"]})
    there = {"name": "a", "value": {"id": 5, "more": 1}}
    transport = FakeTransport(RESET, TAKEN, response(there))
    assert created(engine_of(transport), converted, {"name": "a", "value": 5}) == there


def test_an_operation_without_a_response_body() -> None:
    transport = FakeTransport(RESET, TAKEN, response(THERE))
    assert created(engine_of(transport), type_=type(None)) is None


def test_a_request_that_a_plugin_put_in_its_place_is_not_read_back() -> None:
    hooks = Hooks()

    def replace(call: Any) -> None:
        call.request = Request("POST", URL, "/other", body=b'{"name":"a"}')

    hooks.before_call = (replace,)
    with pytest.raises(Conflict):
        created(engine_of(FakeTransport(RESET, TAKEN), hooks=hooks))


def test_without_a_way_to_read_it_back_it_is_not_sent_again() -> None:
    transport = FakeTransport(RESET, TAKEN)
    with pytest.raises(AmbiguousOutcomeError):
        created(engine_of(transport), None)
    assert len(transport.requests) == 1
    with pytest.raises(Conflict) as caught:
        created(engine_of(FakeTransport(RESET, TAKEN), options=options(at_least_once=True)), None)
    assert caught.value.maybe_applied


def test_a_route_that_is_not_there_is_no_deletion_that_worked() -> None:
    transport = FakeTransport(RESET, response({"detail": "Not Found"}, 404), response("3.0.0"))
    with pytest.raises(NotSupportedByServer):
        call(engine_of(transport), RetrySafety.DELETE, type(None))


def test_a_raw_deletion_that_worked_says_so() -> None:
    engine = engine_of(FakeTransport(RESET, response({"detail": "Flow not found"}, 404)))
    received = run(engine.raw(operation(RetrySafety.DELETE), {}, None, None, headers=None, check=True))
    assert (received.status, received.deduplicated) == (204, True)


OWN = [
    '{"detail":"Flow not found"}',
    '{"exception_message":"Automation not found"}',
    '{"detail":"Pool \\"a\\nb\\" not found."}',
]
OTHERS = [
    "",
    "[" * 100_000,
    '{"detail":"\udcff not found"}',
    "<html>404</html>",
    "default backend - 404",
    "null",
    "[]",
    '"Flow not found"',
    "{",
    "{}",
    '{"detail":"Not found."}',
    '{"detail":" not found"}',
    '{"detail":["Flow not found"]}',
    '{"detail":"no healthy upstream"}',
    '{"message":"Application not found"}',
    '{"detail":"Flow not found","code":404}',
]


@pytest.mark.parametrize("body", OWN)
def test_nothing_left_to_delete_is_a_deletion_that_worked(body: str) -> None:
    for first in (RESET, response(None, 503), response(b"{")):
        assert (
            call(engine_of(FakeTransport(first, response(body.encode(), 404))), RetrySafety.DELETE, type(None)) is None
        )


@pytest.mark.parametrize("body", OTHERS)
@pytest.mark.parametrize("content_type", ["application/json", "text/html", "text/plain"])
def test_a_gateway_that_finds_nothing_has_deleted_nothing(body: str, content_type: str) -> None:
    gateway = response(body.encode(errors="surrogateescape"), 404, {"content-type": content_type})
    transport = FakeTransport(response(None, 503), gateway)
    with pytest.raises(
        NotFound, match="; this is not the API's response, so the object may or may not have been deleted"
    ) as caught:
        call(engine_of(transport), RetrySafety.DELETE, type(None))
    assert caught.value.maybe_applied
    assert transport.sent == ["DELETE /flows/"] * 2


@pytest.mark.parametrize(
    ("safety", "status", "error"),
    [(RetrySafety.DELETE, 403, Forbidden), (RetrySafety.IDEMPOTENT, 404, NotFound), (RetrySafety.READ, 404, NotFound)],
)
def test_only_the_404_of_a_deletion_says_that_nothing_is_left(
    safety: RetrySafety, status: int, error: type[StatusError]
) -> None:
    transport = FakeTransport(RESET, response({"detail": "Flow not found"}, status))
    with pytest.raises(error) as caught:
        call(engine_of(transport), safety, type(None))
    assert "may or may not" not in str(caught.value)


@pytest.mark.anyio
async def test_an_async_call_is_reconciled_the_same_way() -> None:
    transport = AsyncFakeTransport(RESET, TAKEN, response(THERE))
    assert await engine_of(transport).call(create(), Any, {"pool": "p"}, None, SENT) == THERE


def test_every_creation_that_conflicts_says_how_it_is_read_back() -> None:
    for found in prefectkit.operations().values():
        assert (found.retry_safety is RetrySafety.CONFLICT) is (found.read_back is not None), found.name
        assert pickle.loads(pickle.dumps(found)).name == found.name
