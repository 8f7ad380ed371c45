"""Blocks: what becomes of secrets, what is read in full, and what is refused."""

from __future__ import annotations

import json
import re
import traceback
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
from pydantic import BaseModel, SecretBytes, SecretStr

from prefectkit.compat import PrefectHTTPStatusError, ProtectedBlockError
from prefectkit.models import BlockDocument, BlockDocumentCreate, BlockDocumentUpdate
from tests.compat.flat_clients import KINDS, use

ID = "00000000-0000-0000-0000-000000000001"
WHOSE: dict[str, Any] = {"block_schema_id": ID, "block_type_id": ID}
PASSWORD = "hunter2"
MASK = "********"


class Key(BaseModel):
    """A model that is no block, within the data of one."""

    key: SecretStr
    version: int = 1


@dataclass
class Login:
    user: str
    password: SecretStr


def secrets() -> dict[str, Any]:
    return {
        "text": SecretStr(PASSWORD),
        "bytes": SecretBytes(b"h\xc3\xa9"),
        "list": [SecretStr(PASSWORD), 1],
        "model": Key(key=SecretStr(PASSWORD)),
        "login": Login("me", SecretStr(PASSWORD)),
        "plain": {"x": None},
    }


def reveal_block_secrets(password: str, text: str) -> dict[str, Any]:
    return {
        "text": password,
        "bytes": text,
        "list": [password, 1],
        "model": {"key": password, "version": 1},
        "login": {"user": "me", "password": password},
        "plain": {"x": None},
    }


class Server:
    """Responds with a block document, and keeps what was sent."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(json.loads(request.content))
        return httpx.Response(204) if request.method == "PATCH" else httpx.Response(201, json={"id": ID, **WHOSE})


def documents(data: Any) -> list[Any]:
    """Everything that a block document may be given as."""
    from prefect.client.schemas import actions, objects

    return [
        BlockDocumentCreate(name="it", data=data, **WHOSE),
        {"name": "it", "data": data, **WHOSE},
        actions.BlockDocumentCreate(name="it", data=data, **WHOSE),
        objects.BlockDocument(name="it", data=data, **WHOSE),
    ]


@pytest.mark.parametrize("which", range(4))
@pytest.mark.parametrize("kind", KINDS)
def test_secrets_are_sent_and_the_object_keeps_them(kind: str, which: int) -> None:
    server = Server()
    document = documents(secrets())[which]
    before = repr(document)
    use(kind, server, lambda client: client.create_block_document(document))
    use(kind, server, lambda client: client.create_block_document(document, include_secrets=False))
    assert [body["data"] for body in server.sent] == [
        reveal_block_secrets(PASSWORD, "hé"),
        reveal_block_secrets(MASK, MASK),
    ]
    assert server.sent[0].keys() - {"is_anonymous"} == {"name", "data", "block_schema_id", "block_type_id"}
    data = document["data"] if isinstance(document, dict) else document.data
    assert data["text"].get_secret_value() == PASSWORD
    assert repr(document) == before and PASSWORD not in before


def test_a_change_sends_secrets_too() -> None:
    from prefect.client.schemas import actions, objects

    changes = [
        BlockDocumentUpdate(data=secrets(), merge_existing_data=False),
        actions.BlockDocumentUpdate(data=secrets(), merge_existing_data=False),
        objects.BlockDocument(name="it", data=secrets(), **WHOSE),
    ]
    for change in changes:
        server = Server()
        use("sync", server, lambda client, change=change: client.update_block_document(ID, change))
        assert server.sent[0]["data"] == reveal_block_secrets(PASSWORD, "hé")
        assert server.sent[0].keys() <= {"data", "merge_existing_data", "block_schema_id"}


def test_what_is_not_set_is_not_sent() -> None:
    from prefect.client.schemas import actions

    for change in (BlockDocumentUpdate(block_schema_id=ID), actions.BlockDocumentUpdate(block_schema_id=ID)):
        server = Server()
        use("sync", server, lambda client, change=change: client.update_block_document(ID, change))
        assert server.sent == [{"block_schema_id": ID}]
    server = Server()
    use("sync", server, lambda client: client.create_block_document({"is_anonymous": True, **WHOSE}))
    assert server.sent == [{"is_anonymous": True, **WHOSE}]


def test_a_block_within_a_block_shows_its_secrets_as_well() -> None:
    from prefect.blocks.system import Secret

    server = Server()
    document = BlockDocumentCreate(data={"inner": Secret(value=SecretStr(PASSWORD))}, is_anonymous=True, **WHOSE)
    use("sync", server, lambda client: client.create_block_document(document))
    assert server.sent[0]["data"]["inner"]["value"] == PASSWORD


def test_a_document_that_was_read_can_be_created_again() -> None:
    server = Server()
    read = use("sync", server, lambda client: client.create_block_document(documents({})[0]))
    assert isinstance(read, BlockDocument)
    copied = read.model_copy(update={"name": "copy", "data": {"a": SecretStr("b")}})
    use("sync", server, lambda client: client.create_block_document(copied))
    assert server.sent[1] == {"name": "copy", "data": {"a": "b"}, "is_anonymous": False, **WHOSE}


def test_secret_bytes_that_are_no_text_are_refused_without_showing_them() -> None:
    document = BlockDocumentCreate(name="it", data={"x": SecretBytes(b"hunter2\xff")}, **WHOSE)
    with pytest.raises(ValueError, match="a secret of bytes is sent as text, so it must be UTF-8") as caught:
        use("sync", Server(), lambda client: client.create_block_document(document))
    assert PASSWORD not in "".join(traceback.format_exception(caught.value))


def refusal(request: httpx.Request) -> httpx.Response:
    sent = json.loads(request.content)
    fault = {"type": "value_error", "loc": ["body", "name"], "msg": "bad name", "input": PASSWORD}
    body = {"exception_message": "Invalid request received.", "exception_detail": [fault], "request_body": sent}
    return httpx.Response(422, json=body)


CALLS: list[Any] = [
    lambda client: client.create_block_document({"name": "bad", "data": {"p": SecretStr(PASSWORD)}, **WHOSE}),
    lambda client: client.update_block_document(ID, {"data": {"p": SecretStr(PASSWORD)}}),
    lambda client: client.create_variable({"name": "bad", "value": PASSWORD}),
    lambda client: client.update_variable({"name": "bad", "value": PASSWORD}),
]


@pytest.mark.parametrize("call", CALLS)
def test_a_refusal_does_not_repeat_what_was_sent(call: Any) -> None:
    with pytest.raises(PrefectHTTPStatusError) as caught:
        use("sync", refusal, call)
    assert PASSWORD not in "".join(traceback.format_exception(caught.value))
    assert "bad name" in str(caught.value)
    assert "'request_body': '********'" in str(caught.value)
    assert PASSWORD in caught.value.response.text


def test_a_refusal_of_what_is_no_secret_is_quoted_in_full() -> None:
    with pytest.raises(PrefectHTTPStatusError, match=re.escape("'request_body': {'name': 'n', 'slug': 's'}")):
        use("sync", refusal, lambda client: client.create_block_type({"name": "n", "slug": "s"}))


def test_what_is_no_document_is_not_shown() -> None:
    with pytest.raises(TypeError, match="a BlockDocumentCreate, or a dict of its fields, is needed, got a str"):
        use("sync", Server(), lambda client: client.create_block_document("text"))
    with pytest.raises(TypeError, match="unexpected keyword argument 'nome'"):
        use("sync", Server(), lambda client: client.create_block_document({"nome": "it", **WHOSE}))


@pytest.mark.parametrize("kind", KINDS)
def test_the_servers_own_types_are_protected(kind: str) -> None:
    def respond(text: str) -> Any:
        return lambda request: httpx.Response(403, json={"detail": text})

    with pytest.raises(ProtectedBlockError, match=r"^Protected block types cannot be deleted\.$") as caught:
        use(kind, respond("protected block types cannot be deleted."), lambda client: client.delete_block_type(ID))
    assert isinstance(caught.value.__cause__, PrefectHTTPStatusError)
    with pytest.raises(PrefectHTTPStatusError):
        use(kind, respond("no"), lambda client: client.delete_block_type(ID))


class Pages:
    """Rows in pages of two."""

    def __init__(self, *rows: dict[str, Any]) -> None:
        self.rows = rows

    def __call__(self, request: httpx.Request) -> httpx.Response:
        offset = json.loads(request.content).get("offset", 0)
        return httpx.Response(200, json=self.rows[offset : offset + 2])


ROWS = [
    {"id": str(UUID(int=number)), "name": name, "slug": name, "checksum": name} for number, name in enumerate("abcde")
]


@pytest.mark.parametrize("kind", KINDS)
def test_lists_without_pages_are_read_in_full(kind: str) -> None:
    types = use(kind, Pages(*ROWS), lambda client: client.read_block_types())
    assert [row.name for row in types] == list("abcde")
    schemas = use(kind, Pages(*ROWS), lambda client: client.read_block_schemas())
    assert [row.checksum for row in schemas] == list("abcde")


def test_documents_of_a_type_are_counted_out_here_since_the_server_gives_them_all() -> None:
    rows = [{"id": ID, "name": name, **WHOSE} for name in "abcde"]
    urls: list[str] = []

    def respond(request: httpx.Request) -> httpx.Response:
        urls.append(str(request.url).partition("/api")[2])
        return httpx.Response(200, json=rows)

    def names(*page: int | None) -> str:
        found = use("sync", respond, lambda client: client.read_block_documents_by_type("t", *page))
        return "".join(row.name for row in found)

    assert [names(), names(1), names(None, 2), names(1, 3), names(9, 1), names(0, 0)] == [
        "abcde",
        "bcde",
        "ab",
        "bcd",
        "",
        "",
    ]
    assert set(urls) == {"/block_types/slug/t/block_documents?include_secrets=true"}


def test_a_filter_that_the_api_does_not_have_is_warned_of() -> None:
    rows = [{"id": ID, "name": "a", **WHOSE}]
    with pytest.warns(UserWarning, match="does not filter block documents by block_schema_type") as told:
        found = use("sync", Pages(*rows), lambda client: client.read_block_documents("secret"))
    assert [row.name for row in found] == ["a"]
    assert told[0].filename == __file__
