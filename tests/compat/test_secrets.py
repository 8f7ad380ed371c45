"""No error of the flat methods shows a key, a header, or a value that was sent: not printed, and not pickled."""

from __future__ import annotations

import copy
import json
import pickle
import traceback
from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
import pytest

from prefectkit import models
from prefectkit.compat import ObjectAlreadyExists, ObjectNotFound, PrefectHTTPStatusError
from prefectkit.core.errors import InvalidParameterError
from tests.compat.flat_clients import URL, use

SECRET, KEY, HEADER = "hunter2-canary-value", "own-key-0123456789", "gateway-0123456789"
ID = UUID(int=1)

CALLS: dict[str, Callable[[Any], Any]] = {
    "variable": lambda client: client.create_variable(models.VariableCreate(name="x", value=SECRET)),
    "change": lambda client: client.update_variable(models.VariableUpdate(name="x", value=SECRET)),
    "block": lambda client: client.create_block_document(
        models.BlockDocumentCreate(name="x", block_type_id=ID, block_schema_id=ID, data={"a": SECRET})
    ),
    "pool": lambda client: client.create_work_pool(
        models.WorkPoolCreate(name="x", type="process", base_job_template={"variables": {"env": {"A": SECRET}}})
    ),
    "run": lambda client: client.create_flow_run_from_deployment(ID, job_variables={"env": {"A": SECRET}}),
    "parameters": lambda client: client.create_flow_run_from_deployment(ID, parameters={"db_password": SECRET}),
    "raw": lambda client: client.request("POST", f"/variables/?key={SECRET}", json={"value": SECRET}),
    "raw, taken by the caller": lambda client: client._client.post("/variables/", json={"value": SECRET}),
    "read": lambda client: client.read_flow_by_name("x"),
}


def echo(request: httpx.Request, status: int) -> httpx.Response:
    sent = json.loads(request.content or b"{}")
    said = {
        "exception_message": "Invalid request received.",
        "exception_detail": [{"type": "t", "loc": ["body"], "msg": f"no {SECRET if sent else ''}", "input": sent}],
        "request_body": sent,
        "headers": [f"{name}: {value}" for name, value in request.headers.items()],
        "url": str(request.url),
    }
    return httpx.Response(status, json=said, headers={"x-echo": request.headers.get("x-gw", "")})


def raised(call: Callable[[Any], Any], respond: Callable[[httpx.Request], httpx.Response]) -> Exception:
    with pytest.raises(Exception) as caught:
        result = use("sync", respond, call, api_key=KEY, httpx_settings={"headers": {"X-Gw": HEADER}}, retries=0)
        result.raise_for_status()
    return caught.value


def ways_out(error: Exception) -> str:
    restored = pickle.loads(pickle.dumps(error))
    assert type(restored) is type(error) and str(restored) == str(error)
    shown = [str(error), repr(error), repr(vars(error)), "".join(traceback.format_exception(error))]
    kept = [pickle.dumps(error).decode("latin-1"), repr(vars(copy.deepcopy(error)))]
    return "\n".join([*shown, *kept])


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 500])
@pytest.mark.parametrize("name", CALLS)
def test_a_refusal(name: str, status: int) -> None:
    text = ways_out(raised(CALLS[name], lambda request: echo(request, status)))
    for secret in (SECRET, KEY, HEADER):
        assert secret not in text


@pytest.mark.parametrize("name", [name for name in CALLS if not name.startswith("raw")])
@pytest.mark.parametrize("failure", [httpx.ConnectError, httpx.ReadTimeout, httpx.RemoteProtocolError])
def test_a_failure_of_the_transport(name: str, failure: type[httpx.RequestError]) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise failure(f"it was {KEY} and {HEADER}, for {SECRET}" if request.content else "down")

    text = ways_out(raised(CALLS[name], fail))
    for secret in (SECRET, KEY, HEADER):
        assert secret not in text


def test_what_is_pickled_is_the_error_as_httpx_has_it() -> None:
    error = raised(
        lambda client: client.read_work_pool("x"), lambda request: httpx.Response(404, json={"detail": "no"})
    )
    assert isinstance(error, ObjectNotFound)
    restored = pickle.loads(pickle.dumps(error))
    status = restored.http_exc
    assert isinstance(status, PrefectHTTPStatusError)
    assert (status.request.method, str(status.request.url)) == ("GET", f"{URL}/work_pools/x")
    assert status.request.headers["authorization"] == "<redacted>"
    assert (status.response.status_code, status.response.text) == (404, "<redacted>")
    exists = raised(CALLS["variable"], lambda request: httpx.Response(409, json={"detail": "is there"}))
    assert isinstance(exists, ObjectAlreadyExists) and "is there" in str(exists)


def test_an_error_of_httpx_itself_is_taken_too() -> None:
    request = httpx.Request("GET", "http://h/x", headers={"authorization": f"Bearer {KEY}"})
    response = httpx.Response(400, json={"said": KEY}, request=request)
    theirs = httpx.HTTPStatusError("no", request=request, response=response)
    error = PrefectHTTPStatusError.from_httpx_error(theirs)
    assert KEY not in str(error)
    assert pickle.loads(pickle.dumps(error)).response.json() == {"said": "********"}


@pytest.mark.parametrize("content", [f"value={SECRET}", f"value={SECRET}".encode()])
def test_content_that_is_no_json_is_not_shown(content: Any) -> None:
    def call(client: Any) -> Any:
        return client._client.post("/variables/", content=content)

    with pytest.raises(InvalidParameterError, match="only JSON can be sent, and content") as caught:
        use("sync", lambda request: httpx.Response(200), call)
    assert SECRET not in str(caught.value)
