"""A refusal that another version of the server may explain names both versions."""

from __future__ import annotations

from typing import Any

import pytest

from prefectkit.core.errors import ConnectError, NotFound, NotSupportedByServer, StatusError, UnprocessableEntity
from prefectkit.core.hooks import Hooks
from prefectkit.core.http.messages import Request
from prefectkit.core.retries.policy import RetrySafety
from prefectkit.version import SERVER_VERSION
from tests.core.calls import call
from tests.fakes import FakeTransport, engine_of, response

NO_ROUTE = response({"detail": "Not Found"}, 404)
NO_METHOD = response({"detail": "Method Not Allowed"}, 405)
NO_FIELD = response({"exception_detail": [{"loc": ["body", "new"], "msg": "no", "type": "extra_forbidden"}]}, 422)
WRONG_FIELD = response({"exception_detail": [{"loc": ["body", "old"], "msg": "no", "type": "int_type"}, "odd"]}, 422)
OLDER = response("3.4.0")


@pytest.mark.parametrize("refusal", [NO_ROUTE, NO_METHOD])
def test_a_route_that_is_not_there_names_the_servers_version(refusal: Any) -> None:
    transport = FakeTransport(refusal, OLDER)
    with pytest.raises(NotSupportedByServer, match=r"no such route; the server runs Prefect 3.4.0, and this") as caught:
        call(engine_of(transport), RetrySafety.NEVER)
    error = caught.value
    assert SERVER_VERSION in str(error)
    assert (error.server_version, error.status, error.detail) == ("3.4.0", refusal.status, refusal.json()["detail"])
    assert isinstance(error, NotFound)
    assert error.attempts == 1
    assert error.operation is not None
    assert transport.sent == ["POST /flows/", "GET /admin/version"]


def test_a_field_that_the_server_does_not_know_names_its_version() -> None:
    transport = FakeTransport(NO_FIELD, OLDER)
    with pytest.raises(UnprocessableEntity, match=r"new: no; the server runs Prefect 3.4.0.*: it may be older"):
        call(engine_of(transport), RetrySafety.NEVER)


def test_a_field_that_a_server_of_the_same_version_does_not_know_is_no_matter_of_versions() -> None:
    transport = FakeTransport(NO_FIELD, response(SERVER_VERSION))
    with pytest.raises(UnprocessableEntity) as caught:
        call(engine_of(transport), RetrySafety.NEVER)
    assert str(caught.value).endswith(": new: no")


@pytest.mark.parametrize(
    "refusal",
    [response({"detail": "Flow not found"}, 404), response(None, 404), WRONG_FIELD, response({"detail": "x"}, 422)],
)
def test_another_refusal_asks_for_no_version(refusal: Any) -> None:
    transport = FakeTransport(refusal)
    with pytest.raises(StatusError) as caught:
        call(engine_of(transport))
    assert not isinstance(caught.value, NotSupportedByServer)
    assert transport.sent == ["GET /flows/"]


@pytest.mark.parametrize("said", [response(None, 404), response({"not": "a version"}), ConnectError("down")])
def test_without_a_server_version_the_refusal_is_raised(said: Any) -> None:
    transport = FakeTransport(NO_ROUTE, said)
    with pytest.raises(NotFound, match="404 Not Found") as caught:
        call(engine_of(transport))
    assert not isinstance(caught.value, NotSupportedByServer)
    assert len(transport.requests) == 2


def test_the_question_for_the_version_is_authenticated() -> None:
    hooks = Hooks()

    def key(request: Request) -> None:
        request.headers["authorization"] = "x"

    hooks.authenticate = (key,)
    transport = FakeTransport(NO_ROUTE, OLDER)
    with pytest.raises(NotSupportedByServer):
        call(engine_of(transport, hooks=hooks))
    assert transport.last.headers["authorization"] == "x"
