"""Variables: all of them, by their names."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import httpx
import pytest

from prefectkit.compat import ObjectAlreadyExists, PrefectHTTPStatusError
from prefectkit.core.errors import InvalidParameterError
from prefectkit.models import Variable
from tests.compat.flat_clients import KINDS, use

ROWS = [{"id": str(UUID(int=number)), "name": name, "value": 1} for number, name in enumerate("abcde")]


class Server:
    """Variables in pages of two; keeps the requests."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, dict[str, Any]]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        self.sent.append((request.method, request.url.path.removeprefix("/api"), body))
        if request.url.path.endswith("/filter"):
            offset = body.get("offset", 0)
            return httpx.Response(200, json=ROWS[offset : offset + min(2, body.get("limit", 2))])
        return httpx.Response(204) if request.method == "PATCH" else httpx.Response(201, json=ROWS[0])


@pytest.mark.parametrize("kind", KINDS)
def test_all_are_read_unless_there_is_a_limit(kind: str) -> None:
    server = Server()
    assert [row.name for row in use(kind, server, lambda client: client.read_variables())] == list("abcde")
    assert len(server.sent) == 3
    assert [row.name for row in use(kind, server, lambda client: client.read_variables(limit=1))] == ["a"]
    assert server.sent[3:] == [("POST", "/variables/filter", {"limit": 1})]


def test_a_variable_that_was_read_can_be_written_back() -> None:
    server = Server()
    read = Variable.model_validate(ROWS[0])
    use("sync", server, lambda client: client.update_variable(read))
    # The name is not sent as a change, so the request may be sent twice.
    assert server.sent == [("PATCH", "/variables/name/a", {"value": 1, "tags": []})]
    use("sync", server, lambda client: client.create_variable(read))
    assert server.sent[1] == ("POST", "/variables/", {"name": "a", "value": 1, "tags": []})


def test_null_is_a_value_and_none_is_not_given() -> None:
    from prefect.client.schemas.actions import VariableUpdate

    server = Server()
    use("sync", server, lambda client: client.update_variable(VariableUpdate(name="a", value=None)))
    use("sync", server, lambda client: client.update_variable(VariableUpdate(name="a", tags=["t"])))
    use("sync", server, lambda client: client.update_variable({"name": "a", "value": None}))
    assert [body for _, _, body in server.sent] == [{"value": None}, {"tags": ["t"]}, {"value": None}]


def test_a_variable_without_a_name_is_none() -> None:
    with pytest.raises(InvalidParameterError, match="name must be text, got None"):
        use("sync", Server(), lambda client: client.update_variable({"value": 1}))


def test_only_a_missing_variable_is_none() -> None:
    def respond(status: int) -> Any:
        return lambda request: httpx.Response(status, json={"detail": "no"})

    assert use("sync", respond(404), lambda client: client.read_variable_by_name("a")) is None
    with pytest.raises(PrefectHTTPStatusError):
        use("sync", respond(400), lambda client: client.read_variable_by_name("a"))
    with pytest.raises(ObjectAlreadyExists):
        use("sync", respond(409), lambda client: client.create_variable({"name": "a", "value": 1}))
