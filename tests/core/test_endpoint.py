"""One `async def` and its two surfaces: what they do, and what they show to those who look."""

from __future__ import annotations

import inspect
import pydoc
import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from typing import Any, get_type_hints
from unittest.mock import create_autospec
from uuid import UUID

import msgspec
import pytest
from msgspec import UNSET, UnsetType

from prefectkit import AsyncPrefect, Prefect
from prefectkit.core.endpoint import Async, M, Resource, Sync, composed, endpoint, iterating, streaming
from prefectkit.core.errors import NotFound
from prefectkit.core.http.messages import Response
from prefectkit.core.keywords import keywords
from prefectkit.core.operation import ReadBack
from prefectkit.core.pagination.pages import Rows, every_row
from prefectkit.core.retries.policy import RetrySafety
from tests.fakes import AsyncFakeTransport, Chunks, FakeTransport, async_root, engine_of, response, sync_root

ID = UUID(int=1)


class Thing(msgspec.Struct):
    name: str


class ThingCreate(msgspec.Struct, kw_only=True):
    name: str
    tags: list[str] | UnsetType = UNSET


class ThingQuery(msgspec.Struct, kw_only=True):
    limit: int | UnsetType = UNSET
    offset: int | UnsetType = UNSET


class Things(Resource[M]):
    """Things."""

    group = "things"

    @endpoint("GET", "/things/{id:uuid}")
    async def read(self, thing_id: UUID | str) -> Thing:
        """Read a thing."""
        return await self._call(Thing, id=thing_id)

    @endpoint("POST", "/things/", RetrySafety.IDEMPOTENT)
    @keywords(ThingCreate)
    async def create(self, thing: ThingCreate) -> Thing:
        """Create a thing."""
        return await self._call(Thing, body=thing)

    @endpoint("PATCH", "/things/{id:uuid}", RetrySafety.NEVER)
    @keywords(ThingCreate)
    async def update(self, thing_id: UUID | str, thing: ThingCreate) -> None:
        """Change a thing."""
        return await self._call(type(None), id=thing_id, body=thing)

    @endpoint("DELETE", "/things/{id:uuid}", cloud=True)
    async def delete(self, thing_id: UUID | str) -> None:
        """Delete a thing."""
        return await self._call(type(None), id=thing_id)

    @endpoint("POST", "/things/filter", RetrySafety.READ)
    @keywords(ThingQuery)
    async def list(self, query: ThingQuery) -> Rows[Thing]:
        """List a page of things."""
        return await self._call(list[Thing], body=query, query={"sort": "name"})

    @iterating
    @keywords(ThingQuery)
    def iterate(self: Things[Async], query: ThingQuery) -> AsyncIterator[Thing]:
        """Go through all things."""
        return every_row(self.list, query)

    @streaming("GET", "/things/{id:uuid}/log")
    def download(self, thing_id: UUID | str) -> AsyncIterator[bytes]:
        """Read a thing's log."""
        return self._chunks(id=thing_id, query={"gzip": False})

    @composed
    async def ensure(self: Things[Async], thing_id: UUID | str, *, name: str = "new") -> Thing:
        """Read a thing, or create it."""
        try:
            return await self.read(thing_id)
        except NotFound:
            return await self.create(name=name)


class Ungrouped(Resource[M]):
    @endpoint("HEAD", "/")
    async def ping(self) -> None:
        return await self._call(type(None))


def blocking(*responses: Any) -> tuple[Any, FakeTransport]:
    transport = FakeTransport(*responses)
    return Things(sync_root(engine_of(transport))), transport


def awaited(*responses: Any) -> tuple[Any, AsyncFakeTransport]:
    transport = AsyncFakeTransport(*responses)
    return Things(async_root(engine_of(transport))), transport


BOTH = pytest.mark.parametrize("make", [blocking, awaited])
PAGES = [response([{"name": "a"}, {"name": "b"}]), response([{"name": "c"}])]
NAMES = ["read", "create", "update", "delete", "list", "iterate", "download", "ensure"]


# What they do


def test_a_sync_method_returns_at_once() -> None:
    things, transport = blocking(response({"name": "a"}))
    assert things.read(ID) == Thing("a")
    assert things.read(thing_id=str(ID)) == Thing("a")
    assert transport.sent == [f"GET /things/{ID}"] * 2
    assert transport.last.operation.name == "things.read"


@pytest.mark.anyio
async def test_an_async_method_is_awaited() -> None:
    things, transport = awaited(response({"name": "a"}))
    waiting = things.read(ID)
    assert transport.requests == []
    assert await waiting == Thing("a")
    assert transport.sent == [f"GET /things/{ID}"]


def test_keywords_are_the_fields_of_the_struct() -> None:
    things, transport = blocking(response({"name": "a"}), response(None))
    things.create(name="a", tags=["x"])
    assert transport.last.body == b'{"name":"a","tags":["x"]}'
    things.update(ID, name="b")
    assert transport.sent[-1] == f"PATCH /things/{ID}"
    assert transport.last.body == b'{"name":"b"}'


@BOTH
@pytest.mark.parametrize(
    ("use", "message"),
    [
        (lambda things: things.create("a"), "create.. takes nothing by position, and the rest by keyword"),
        (lambda things: things.update(name="a"), "update.. takes thing_id by position"),
        (lambda things: things.update(ID, "a"), "update.. takes thing_id by position"),
        (lambda things: things.create(nam="a"), "nam"),
        (lambda things: things.create(), "name"),
        (lambda things: things.read(), "thing_id"),
    ],
)
def test_a_wrong_argument_is_a_type_error(make: Any, use: Any, message: str) -> None:
    things, transport = make()
    with pytest.raises(TypeError, match=message):
        result = use(things)
        result.send(None)
    assert transport.requests == []


def test_a_sync_iterator_is_an_ordinary_one() -> None:
    things, transport = blocking(*PAGES)
    rows = things.iterate()
    assert isinstance(rows, Iterator)
    assert [row.name for row in rows] == ["a", "b", "c"]
    assert len(transport.requests) == 2
    assert list(rows) == []


@pytest.mark.anyio
async def test_an_async_iterator_is_an_ordinary_one() -> None:
    things, transport = awaited(*PAGES)
    rows = things.iterate(limit=2)
    assert isinstance(rows, AsyncIterator)
    assert [row.name async for row in rows] == ["a", "b"]
    assert len(transport.requests) == 1


def test_a_sync_iterator_that_is_left_half_way_is_closed() -> None:
    body = Chunks([b"a", b"b"])
    things, transport = blocking(Response(200, chunks=body))
    for chunk in things.download(ID):
        assert chunk == b"a"
        break
    assert body.closed == 1
    assert transport.sent == [f"GET /things/{ID}/log?gzip=false"]

    body = Chunks([b"a", b"b"])
    things, _ = blocking(Response(200, chunks=body))
    chunks = things.download(ID)
    next(chunks)
    with pytest.raises(KeyError):
        chunks.throw(KeyError())
    assert body.closed == 1


def test_a_sync_iterator_that_is_never_started_sends_nothing() -> None:
    things, transport = blocking()
    things.iterate().close()
    assert transport.requests == []


def test_an_error_comes_through_a_sync_iterator() -> None:
    things, _ = blocking(PAGES[0], response(None, 404))
    rows = things.iterate()
    assert [next(rows).name, next(rows).name] == ["a", "b"]
    with pytest.raises(NotFound):
        next(rows)


@BOTH
def test_a_composed_method_awaits_its_siblings_on_either_client(make: Any) -> None:
    things, transport = make(response(None, 404), response({"name": "made"}))
    result = things.ensure(ID, name="made")
    if make is awaited:
        with pytest.raises(StopIteration) as stop:
            result.send(None)
        result = stop.value.value
    assert result == Thing("made")
    assert transport.sent == [f"GET /things/{ID}", "POST /things/"]


def test_each_instance_has_methods_of_its_own() -> None:
    one, first = blocking(response({"name": "a"}))
    two, second = blocking(response({"name": "b"}))
    assert one.read is one.read
    assert one.read(ID) == Thing("a")
    assert two.read(ID) == Thing("b")
    assert (len(first.requests), len(second.requests)) == (1, 1)


def test_a_method_has_its_operation() -> None:
    operation = vars(Things)["delete"].operation
    assert (operation.name, operation.method, operation.path.text) == ("things.delete", "DELETE", "/things/{id}")
    assert (operation.retry_safety, operation.cloud) == (RetrySafety.DELETE, True)
    assert operation.declared == f"{__name__}:Things.delete"
    assert vars(Things)["read"].operation.retry_safety is RetrySafety.READ
    assert vars(Things)["create"].operation.retry_safety is RetrySafety.IDEMPOTENT
    assert vars(Things)["download"].operation.name == "things.download"
    assert vars(Things)["ensure"].operation is vars(Things)["iterate"].operation is None
    assert vars(Ungrouped)["ping"].operation.name == "ping"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "get"])
def test_a_method_that_changes_something_must_say_what_a_repetition_does(method: str) -> None:
    with pytest.raises(TypeError, match=f"{method} /things/ must declare what sending it twice does"):
        endpoint(method, "/things/")


def test_a_conflict_says_how_it_is_looked_into_and_nothing_else_does() -> None:
    read_back = ReadBack("/things/{name}")
    endpoint("POST", "/things/", RetrySafety.CONFLICT, read_back=read_back)
    for retry_safety, given in ((RetrySafety.CONFLICT, None), (RetrySafety.NEVER, read_back)):
        with pytest.raises(TypeError, match="POST /things/: a conflict, and nothing else, needs a ReadBack"):
            endpoint("POST", "/things/", retry_safety, read_back=given)


@BOTH
def test_a_resource_says_whose_it_is(make: Any) -> None:
    things, _ = make()
    assert repr(things) == "<Things of http://prefect.test/api>"


# What they show


@BOTH
@pytest.mark.parametrize(
    ("name", "signature"),
    [
        ("read", "(thing_id: 'UUID | str') -> 'Thing'"),
        ("create", "(*, name: str, tags: list[str] | msgspec.UnsetType = UNSET) -> 'Thing'"),
        ("update", "(thing_id: 'UUID | str', /, *, name: str, tags: list[str] | msgspec.UnsetType = UNSET) -> 'None'"),
        ("ensure", "(thing_id: 'UUID | str', *, name: 'str' = 'new') -> 'Thing'"),
    ],
)
def test_the_signature_is_the_methods_without_self(make: Any, name: str, signature: str) -> None:
    things, _ = make()
    assert str(inspect.signature(getattr(things, name))) == signature


@BOTH
@pytest.mark.parametrize("name", NAMES)
def test_a_method_has_its_own_name_and_docstring(make: Any, name: str) -> None:
    things, _ = make()
    method, function = getattr(things, name), getattr(Things, name)
    assert inspect.getdoc(method) == inspect.getdoc(function)
    assert method.__name__ == name
    assert method.__qualname__ == f"Things.{name}"
    assert method.__module__ == __name__
    documentation = pydoc.plain(pydoc.render_doc(method))
    assert f"{name}(" in documentation
    assert inspect.getdoc(function) in documentation


def test_only_the_async_surface_is_made_of_coroutine_functions() -> None:
    sync, _ = blocking()
    asynchronous, _ = awaited()
    for name in ("read", "create", "update", "list", "ensure"):
        assert not inspect.iscoroutinefunction(getattr(sync, name))
        assert inspect.iscoroutinefunction(getattr(asynchronous, name))
    assert isinstance(sync.iterate(), Iterator)
    assert isinstance(asynchronous.iterate(), AsyncIterator)


@BOTH
def test_the_hints_of_a_method_can_be_resolved(make: Any) -> None:
    things, _ = make()
    assert get_type_hints(things.read) == {"thing_id": UUID | str, "return": Thing}
    assert get_type_hints(things.create) == {"name": str, "tags": list[str] | UnsetType, "return": Thing}
    assert get_type_hints(things.update) == {
        "thing_id": UUID | str,
        "name": str,
        "tags": list[str] | UnsetType,
        "return": type(None),
    }


def test_what_a_client_that_blocks_iterates_over_needs_no_await() -> None:
    sync, _ = blocking()
    asynchronous, _ = awaited()
    assert get_type_hints(sync.iterate)["return"] == Iterator[Thing]
    assert get_type_hints(asynchronous.iterate)["return"] == AsyncIterator[Thing]
    assert str(inspect.signature(sync.download)) == "(thing_id: 'UUID | str') -> collections.abc.Iterator[bytes]"
    assert str(inspect.signature(asynchronous.download)) == "(thing_id: 'UUID | str') -> 'AsyncIterator[bytes]'"
    assert get_type_hints(Things.iterate)["return"] == AsyncIterator[Thing]
    assert "Async" not in pydoc.plain(pydoc.render_doc(sync.iterate))


def test_annotations_that_cannot_be_resolved_break_no_iterator() -> None:
    class Odd(Resource[M]):
        @iterating
        def unknown(self, of: Missing) -> AsyncIterator[Missing]:  # type: ignore[name-defined]  # noqa: F821
            return self._chunks()

        @iterating
        def generator(self) -> AsyncGenerator[int, None]:
            return self._chunks()

        @iterating
        def bare(self):  # type: ignore[no-untyped-def]
            return self._chunks()

    odd = Odd(sync_root(engine_of(FakeTransport())))
    assert str(inspect.signature(odd.unknown)) == "(of: 'Missing') -> 'Iterator[Missing]'"
    assert str(inspect.signature(odd.generator)) == "() -> 'Generator[int, None]'"
    assert str(inspect.signature(odd.bare)) == "()"


@BOTH
def test_the_source_of_a_method_is_the_authors(make: Any) -> None:
    things, _ = make()
    for name in NAMES:
        assert f"def {name}(self" in inspect.getsource(getattr(things, name))


def test_the_class_gives_the_bare_function() -> None:
    assert inspect.iscoroutinefunction(Things.read)
    assert list(inspect.signature(Things.read).parameters) == ["self", "thing_id"]
    assert list(inspect.signature(Things.create).parameters) == ["self", "name", "tags"]
    assert inspect.signature(Things.iterate).parameters.keys() == {"self", "limit", "offset"}
    assert "Read a thing." in pydoc.plain(pydoc.render_doc(Things))


def test_help_of_a_resource_shows_its_surface() -> None:
    shown = pydoc.plain(pydoc.render_doc(blocking()[0]))
    assert "class Things(" in shown
    assert not re.search(r"\basync \w+\(|AsyncIterator|\[Async\]", shown)
    assert re.search(r"\n \|  read\(self, thing_id: .*\) -> 'Thing'\n \|      Read a thing\.", shown)
    assert re.search(r"\n \|  iterate\(self, .*\) -> .*Iterator\[", shown)
    things, _ = awaited()
    shown = pydoc.plain(pydoc.render_doc(things))
    assert re.search(r"\n \|  async read\(self, thing_id: ", shown)
    assert re.search(r"\n \|  iterate\(self: .*\) -> .*AsyncIterator\[", shown)
    assert type(things).__name__ == "Things"


def test_a_class_that_blocks_shows_functions_that_do() -> None:
    class BlockingThings(Things[Sync]):
        """Things of a blocking client."""

        _blocking_class = True

    transport = FakeTransport(response({"name": "a"}))
    things = BlockingThings(sync_root(engine_of(transport)))
    read: Any = BlockingThings.read
    assert not inspect.iscoroutinefunction(read)
    assert read(things, ID) == Thing("a")
    shown = pydoc.plain(pydoc.render_doc(things))
    assert "class BlockingThings(Things)" in shown
    for text in (shown, pydoc.plain(pydoc.render_doc(Prefect))):
        assert not re.search(r"\basync \w+\(|AsyncIterator", text)
    assert not inspect.iscoroutinefunction(Prefect.hello)
    assert inspect.iscoroutinefunction(AsyncPrefect.hello)


def test_a_mock_of_a_sync_resource_refuses_what_the_resource_would() -> None:
    things, _ = blocking()
    mock = create_autospec(things)
    mock.create.return_value = Thing("a")
    assert mock.create(name="a") == Thing("a")
    for wrong in (lambda: mock.create(nam="a"), lambda: mock.read(), lambda: mock.reed(ID)):
        with pytest.raises((TypeError, AttributeError)):
            wrong()


@pytest.mark.anyio
async def test_a_mock_of_an_async_resource_is_awaited() -> None:
    things, _ = awaited()
    mock = create_autospec(things)
    mock.read.return_value = Thing("a")
    assert await mock.read(ID) == Thing("a")
    with pytest.raises(TypeError):
        await mock.read(thing=ID)
