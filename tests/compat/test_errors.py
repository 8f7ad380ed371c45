"""What the flat methods raise: Prefect's own classes and httpx's, with ours as the cause."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import httpcore
import httpx
import pytest

from prefectkit import compat
from prefectkit.compat import ObjectAlreadyExists, ObjectLimitReached, ObjectNotFound, PrefectHTTPStatusError, errors
from prefectkit.compat.errors import PrefectException, UnexpectedResponse
from prefectkit.compat.http import status_error
from prefectkit.core.errors import (
    ConnectError,
    IncompleteResponse,
    NotFound,
    PrefectKitError,
    TransportError,
    TransportTimeout,
)
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.retries.policy import Phase
from tests.compat.flat_clients import KINDS, URL, use

ID = "00000000-0000-0000-0000-000000000001"
FLOW = {"id": ID, "name": "f"}


def answering(status: int, body: Any = None, **more: Any) -> Any:
    content = body if isinstance(body, bytes) else None
    return lambda request: httpx.Response(status, content=content, json=None if content is not None else body, **more)


def failing(error: Exception) -> Any:
    def fail(request: httpx.Request) -> httpx.Response:
        raise error

    return fail


@pytest.mark.parametrize("kind", KINDS)
def test_a_status_is_an_error_of_httpx_that_quotes_the_answer(kind: str) -> None:
    with pytest.raises(httpx.HTTPStatusError) as caught:
        use(kind, answering(422, {"detail": "bad"}), lambda client: client.read_flow(ID))
    error = caught.value
    assert isinstance(error, PrefectHTTPStatusError)
    assert str(error) == (
        f"Client error '422 Unprocessable Entity' for url '{URL}/flows/{ID}' - Response: {{'detail': 'bad'}} - "
        "For more information check: https://developer.mozilla.org/en-US/docs/Web/HTTP/Status/422"
    )
    assert (error.request.method, error.response.status_code, error.response.json()) == ("GET", 422, {"detail": "bad"})
    assert isinstance(error.__cause__, PrefectKitError)


def test_an_answer_without_json_is_not_quoted() -> None:
    with pytest.raises(PrefectHTTPStatusError) as caught:
        use("sync", answering(400, b"<html>"), lambda client: client.read_flow(ID))
    assert str(caught.value).startswith(f"Client error '400 Bad Request' for url '{URL}/flows/{ID}' - For more")


@pytest.mark.parametrize("kind", KINDS)
def test_not_found_is_no_error_of_httpx_where_a_method_says_so(kind: str) -> None:
    with pytest.raises(ObjectNotFound) as caught:
        use(kind, answering(404, {"detail": "none"}), lambda client: client.read_flow_run(ID))
    error = caught.value
    assert isinstance(error, PrefectException)
    assert not isinstance(error, httpx.HTTPError)
    assert error.help_message is None
    assert "404 Not Found" in str(error)
    assert isinstance(error.http_exc, PrefectHTTPStatusError)
    assert error.http_exc is error.__cause__
    assert isinstance(error.__cause__.__cause__, NotFound)
    assert str(ObjectNotFound(error.http_exc, "look elsewhere")) == "look elsewhere"


def test_conflicts_and_limits_have_their_classes() -> None:
    def create(client: Any) -> Any:
        return client.create_deployment(ID, "d")

    with pytest.raises(ObjectAlreadyExists):
        use("sync", answering(409, {"detail": "is there"}), create)
    with pytest.raises(ObjectLimitReached):
        use("sync", answering(403, {"detail": "maximum number of deployments"}), create)
    with pytest.raises(PrefectHTTPStatusError):
        use("sync", answering(403, {"detail": "no"}), create)


def caused(error: PrefectKitError, cause: Exception) -> PrefectKitError:
    error.__cause__ = cause
    return error


TRANSPORT: list[tuple[Exception, type[httpx.RequestError]]] = [
    (httpx.ConnectError("refused"), httpx.ConnectError),
    (httpx.ConnectTimeout("slow"), httpx.ConnectTimeout),
    (httpx.ReadTimeout("slow"), httpx.ReadTimeout),
    (httpx.ReadError("broke"), httpx.ReadError),
    (httpx.RemoteProtocolError("what"), httpx.RemoteProtocolError),
    (httpx.UnsupportedProtocol("what"), httpx.UnsupportedProtocol),
    (httpx.LocalProtocolError("what"), httpx.LocalProtocolError),
    (ConnectError("refused"), httpx.ConnectError),
    (TransportTimeout("slow", phase=Phase.NOTHING_SENT), httpx.ConnectTimeout),
    (TransportTimeout("slow"), httpx.ReadTimeout),
    (IncompleteResponse("broke"), httpx.RemoteProtocolError),
    (TransportError("odd"), httpx.TransportError),
    (caused(TransportError("broke"), httpcore.ReadError()), httpx.ReadError),
    (caused(TransportTimeout("slow"), httpcore.PoolTimeout()), httpx.PoolTimeout),
    (caused(TransportError("odd"), ValueError()), httpx.TransportError),
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("error", "expected"), TRANSPORT, ids=lambda value: getattr(value, "__name__", str(value)))
def test_a_request_without_a_response_is_an_error_of_httpx(
    error: Exception, expected: type[httpx.RequestError], kind: str
) -> None:
    # Not read again, since that would do nothing but take time: resuming is sent once.
    with pytest.raises(expected) as caught:
        use(kind, failing(error), lambda client: client.resume_flow_run(ID), retries=0)
    assert type(caught.value) is expected
    assert caught.value.request.url == f"{URL}/flow_runs/{ID}/resume"
    assert isinstance(caught.value.__cause__, PrefectKitError)


def test_a_change_that_may_have_been_made_is_told_by_its_status() -> None:
    with pytest.raises(PrefectHTTPStatusError) as caught:
        use("sync", answering(500, {"detail": "oh"}), lambda client: client.resume_flow_run(ID))
    assert caught.value.response.status_code == 500
    assert "may have carried this out" in str(caught.value.__cause__)


def test_an_answer_that_makes_no_sense_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="not as expected") as caught:
        use("sync", answering(200, b"{"), lambda client: client.read_flow(ID))
    assert type(caught.value) is UnexpectedResponse


def test_a_new_object_without_an_id_is_malformed() -> None:
    with pytest.raises(httpx.RequestError, match=r"^Malformed response: <\w*Response \[200 OK\]>$"):
        use("sync", answering(200, {}), lambda client: client.create_flow_from_name("f"))


def test_values_are_checked_as_prefects_own_client_checks_them() -> None:
    def check(call: Any, text: str) -> None:
        with pytest.raises(ValueError, match=text):
            use("sync", answering(200, FLOW), call)

    check(lambda client: client.read_deployment("x"), "^Invalid deployment ID: x$")
    check(lambda client: client.pause_deployment("x"), "^Invalid deployment ID: x$")
    check(lambda client: client.read_deployment_by_name("x"), "Invalid deployment name format: x. Expected format: ")
    check(lambda client: client.create_flow_run_input(ID, "A_", "v"), "key must only contain lowercase letters")
    check(lambda client: client.set_flow_run_state("x", {"type": "RUNNING"}), "UUID")


def test_prefects_own_classes_catch_the_errors_where_prefect_is_loaded() -> None:
    exceptions = pytest.importorskip("prefect.exceptions")

    def check(kind: type[Exception], theirs: type[Exception], status: int, call: Any) -> None:
        with pytest.raises(theirs) as caught:
            use("sync", answering(status, {"detail": "maximum number of deployments"}), call)
        assert isinstance(caught.value, kind)
        assert type(caught.value).__name__ == kind.__name__
        assert type(caught.value).__module__ == kind.__module__
        response = getattr(caught.value, "http_exc", caught.value).response
        assert (response.status_code, str(status) in str(caught.value)) == (status, True)

    check(PrefectHTTPStatusError, exceptions.PrefectHTTPStatusError, 422, lambda client: client.read_flow(ID))
    check(ObjectNotFound, exceptions.ObjectNotFound, 404, lambda client: client.read_flow_run(ID))
    check(ObjectNotFound, exceptions.PrefectException, 404, lambda client: client.read_flow_run(ID))
    check(ObjectAlreadyExists, exceptions.ObjectAlreadyExists, 409, lambda client: client.create_deployment(ID, "d"))
    check(ObjectLimitReached, exceptions.ObjectLimitReached, 403, lambda client: client.create_deployment(ID, "d"))


def test_each_public_error_has_the_name_and_the_bases_of_prefects_own() -> None:
    exceptions = pytest.importorskip("prefect.exceptions")
    cloud = pytest.importorskip("prefect.client.cloud")
    for name in compat.__all__:
        ours = getattr(compat, name)
        if isinstance(ours, type) and issubclass(ours, Exception):
            theirs = getattr(exceptions, name, None) or getattr(cloud, name)
            assert [base.__name__ for base in ours.__mro__ if not base.__name__.startswith("_")] == [
                base.__name__ for base in theirs.__mro__
            ]


def test_without_prefect_the_errors_are_plainly_ours() -> None:
    code = (
        "from prefectkit.compat import ObjectNotFound, SyncPrefectClient; import httpx, sys\n"
        "respond = httpx.MockTransport(lambda request: httpx.Response(404))\n"
        "client = SyncPrefectClient('http://prefect.test/api', httpx_settings={'transport': respond})\n"
        f"try: client.read_flow_run('{ID}')\n"
        "except Exception as error: assert type(error) is ObjectNotFound, type(error).__mro__\n"
        "else: sys.exit('nothing was raised')"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(errors.__file__).parents[2])


def test_the_module_has_no_other_names() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'ObjectFound'"):
        _ = errors.ObjectFound  # type: ignore[attr-defined] -- it is what is tested


def test_a_success_is_not_an_error() -> None:
    with pytest.raises(AssertionError, match="200 is a success"):
        status_error(Request("GET", URL, "/flows/"), Response(200))
