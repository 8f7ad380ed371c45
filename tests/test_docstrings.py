"""A docstring documents the parameters of its function: all of them, nothing else, and in the source as at run time."""

from __future__ import annotations

import ast
import inspect
import pydoc
import re
import runpy
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from textwrap import indent
from typing import Any, get_type_hints

import msgspec
import pytest

from prefectkit import Prefect
from prefectkit.compat import SyncPrefectClient
from prefectkit.core.endpoint import Method, Resource
from tests.docstrings import documented, native_methods, parameters, public_callables, public_objects
from tests.fakes import FakeTransport

ROOT = Path(__file__).parents[1]
NATIVE = native_methods()
PUBLIC = public_callables()
STRUCTS = {
    name: item for name, item in public_objects().items() if isinstance(item, type) and issubclass(item, msgspec.Struct)
}


@pytest.fixture(scope="module")
def generator() -> dict[str, Any]:
    """The names in the program that writes the docstrings."""
    return runpy.run_path(str(ROOT / "docs" / "generate_docstrings.py"))


@pytest.mark.parametrize("name", NATIVE)
def test_a_method_documents_its_parameters(name: str) -> None:
    assert documented(NATIVE[name].__doc__) == parameters(NATIVE[name])


@pytest.mark.parametrize("name", NATIVE)
def test_an_editor_shows_the_same(name: str) -> None:
    method = NATIVE[name]
    source = Path(inspect.getfile(inspect.unwrap(method))).read_text(encoding="utf-8")
    assert docstrings(source)[name] == inspect.getdoc(method)


def docstrings(source: str) -> dict[str, str | None]:
    """The docstrings that stand in a source, without running it."""
    owners = [node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]
    return {
        f"{owner.name}.{method.name}": ast.get_docstring(method)
        for owner in owners
        for method in owner.body
        if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef)
    }


@pytest.mark.parametrize("name", PUBLIC)
def test_all_that_is_public_documents_its_parameters(name: str) -> None:
    item = PUBLIC[name]
    assert item.__doc__
    if isinstance(item, type) and not documented(item.__doc__):
        # A record is given what it has.
        assert set(parameters(item)) <= set(documented(item.__doc__, "Attributes"))
    else:
        assert documented(item.__doc__) == parameters(item)


def test_the_public_callables_are_found() -> None:
    assert {
        "prefectkit.client.Prefect",
        "prefectkit.client.AsyncPrefect.bulk",
        "prefectkit.client.Client.with_options",
        "prefectkit.compat.methods.flow_runs.FlowRunMethods.create_flow_run",
        "prefectkit.models.state_constructors.Scheduled",
        "prefectkit.plugins.testing.check.check_plugin",
        "prefectkit.transports.cassette.transport.CassetteTransport",
    } <= PUBLIC.keys()


@pytest.mark.parametrize("name", STRUCTS)
def test_a_struct_documents_its_fields(name: str) -> None:
    struct = STRUCTS[name]
    fields = {field for field in struct.__struct_fields__ if not field.startswith("_")}
    texts = {field for base in struct.__mro__ for field in documented(base.__doc__, "Attributes")}
    assert fields <= texts <= set(dir(struct))


def test_nothing_of_a_client_that_blocks_is_shown_as_asynchronous() -> None:
    with Prefect(transport=FakeTransport()) as client:
        methods = list(bound_methods(client))
    assert len(methods) == len(NATIVE)
    for method in methods:
        shown = (
            f"{inspect.signature(method)} {get_type_hints(method)['return']} {pydoc.plain(pydoc.render_doc(method))}"
        )
        assert not re.search(r"Async(?!Prefect)|Coroutine|Awaitable", shown), shown


@pytest.mark.parametrize("client", [Prefect, SyncPrefectClient])
def test_help_of_a_client_class_that_blocks_shows_nothing_asynchronous(client: type[Any]) -> None:
    shown = pydoc.plain(pydoc.render_doc(client))
    assert "bulk(" in shown or "read_flow_run(" in shown
    assert not re.search(r"\basync (?:def )?\w+\(|Async(?:Iterator|Generator)|Coroutine|Awaitable", shown)


def bound_methods(resource: Resource[Any]) -> Iterator[Any]:
    """The methods of a resource and of those below it."""
    for name in dir(type(resource)):
        member = inspect.getattr_static(type(resource), name)
        if isinstance(member, Method):
            yield getattr(resource, name)
        elif isinstance(member, cached_property) and not name.startswith("_"):
            yield from bound_methods(getattr(resource, name))


class TestGenerator:
    def test_the_fields_of_structs_are_up_to_date(self, generator: dict[str, Any]) -> None:
        for path, source in generator["sources"]().items():
            assert path.read_text(encoding="utf-8") == source, f"{path.name} differs from its Structs: run `make docs`"

    def test_every_keyword_method_is_written(self, generator: dict[str, Any]) -> None:
        sources = [path.read_text(encoding="utf-8") for path in generator["sources"]()]
        written = [method for source in sources for method in generator["keyword_methods"](source)]
        assert len(written) == sum(source.count("@keywords(") for source in sources) > 100

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("", "\nArgs:\n    a: A.\n    b: B.\n"),
            ("\nMore.\n\nReturns:\n    It.\n", "\nMore.\n\nArgs:\n    a: A.\n    b: B.\n\nReturns:\n    It.\n"),
            (
                "\nArgs:\n    x: Its\n        own.\n    c: Old.\n\nYields:\n    It.\n",
                "\nArgs:\n    x: Its own.\n    a: A.\n    b: B.\n\nYields:\n    It.\n",
            ),
        ],
        ids=["no section", "another section", "positional and stale entries"],
    )
    def test_it_keeps_what_is_no_field(self, generator: dict[str, Any], before: str, after: str) -> None:
        docstring = indent(f'"""Do.\n{before}"""' if before else '"""Do."""', "    ")
        (method,) = ast.parse(f"async def create(self, x, body):\n{docstring}\n").body
        lines = generator["with_fields"](method, docstring.splitlines(), {"a": "A.", "b": "B."})
        assert "\n".join(lines) == indent(f'"""Do.\n{after}"""', "    ")

    @pytest.mark.parametrize(
        ("name", "fields", "in_all"),
        [("iterate", ["limit", "offset"], True), ("iterate", ["limit"], True), ("list", ["limit", "offset"], False)],
    )
    def test_a_limit_is_distinguished_from_a_page_size(
        self, generator: dict[str, Any], name: str, fields: list[str], in_all: bool
    ) -> None:
        (method,) = ast.parse(f'def {name}(self, query):\n    """Go."""').body
        lines = generator["with_fields"](method, ['    """Go."""'], dict.fromkeys(fields, "Of a page."))
        assert len(lines) == len(fields) + 4
        limit = generator["IN_ALL_PAGES"]["limit"] if in_all else "Of a page."
        assert lines[3] == f"        limit: {limit}"

    def test_a_field_has_the_text_of_the_struct_that_is_nearest(self, generator: dict[str, Any]) -> None:
        class Base:
            """A base.

            Attributes:
                a: Of the base.
                b: Of the base,
                    on two lines.
                constant: No field.
            """

            def __init__(self, *, a: int, b: int) -> None: ...

        class Derived(Base):
            """Derived.

            Attributes:
                a: Its own.
            """

        assert generator["fields_of"](Derived) == {"a": "Its own.", "b": "Of the base, on two lines."}
