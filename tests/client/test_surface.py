"""Every method of both clients shows itself to editors, `help` and mocks as its author wrote it."""

from __future__ import annotations

import inspect
from functools import cached_property
from typing import Any, get_type_hints
from unittest.mock import create_autospec

import pytest

from prefectkit import AsyncPrefect, Prefect
from prefectkit.core.endpoint import Endpoint, Method, Resource
from prefectkit.resources.catalogue import Resources
from tests.fakes import AsyncFakeTransport, FakeTransport

GROUPS = [name for name, value in vars(Resources).items() if isinstance(value, cached_property)]


@pytest.fixture(params=["sync", "async"])
def client(request: pytest.FixtureRequest) -> Any:
    if request.param == "sync":
        return Prefect(transport=FakeTransport())
    return AsyncPrefect(transport=AsyncFakeTransport())


def methods(resource: Resource[Any]) -> dict[str, Method]:
    return {
        name: value
        for base in reversed(type(resource).__mro__)
        for name, value in vars(base).items()
        if isinstance(value, Method)
    }


@pytest.mark.parametrize("group", ["", *GROUPS])
def test_every_method_is_shown_as_it_was_written(client: Any, group: str) -> None:
    resource = getattr(client, group) if group else client
    found = methods(resource)
    assert found
    for name, method in found.items():
        bound = getattr(resource, name)
        assert bound.__name__ == name
        assert inspect.getdoc(bound)
        assert inspect.getdoc(bound) == inspect.getdoc(method.function)
        assert "self" not in inspect.signature(bound).parameters
        assert "return" in get_type_hints(bound)
        asynchronous = isinstance(client, AsyncPrefect) and isinstance(method, Endpoint)
        assert inspect.iscoroutinefunction(bound) is asynchronous


def test_a_client_can_be_mocked(client: Any) -> None:
    mock = create_autospec(client.flows)
    with pytest.raises(TypeError):
        mock.create(nam="a")
    with pytest.raises(AttributeError):
        _ = mock.reed


def test_every_group_has_a_docstring_and_a_name(client: Any) -> None:
    for group in GROUPS:
        assert inspect.getdoc(getattr(Resources, group))
        resource = getattr(client, group)
        assert inspect.getdoc(type(resource))
        assert resource.group == group
