"""Both clients have Prefect's own methods: names, parameters, order, kinds, defaults, sync or async."""

from __future__ import annotations

import ast
import inspect
import json
from pathlib import Path
from typing import Any

import pytest

from prefectkit.compat import PrefectClient, SyncPrefectClient, get_client

CONTRACT: dict[str, Any] = json.loads(Path(__file__).with_name("flat_methods.json").read_text())
CLASSES = {"PrefectClient": PrefectClient, "SyncPrefectClient": SyncPrefectClient}
METHODS = [(name, method) for name in CLASSES for method in CONTRACT[name] if method != "__init__"]
THERE = [(name, method) for name, method in METHODS if hasattr(CLASSES[name], method)]
MORE_KINDS = {"set_deployment_paused_state": "a deprecated method of Prefect's own is a plain function there"}


def described(parameter: inspect.Parameter) -> dict[str, Any]:
    found: dict[str, Any] = {"name": parameter.name, "kind": parameter.kind.name.lower()}
    if parameter.default is not parameter.empty:
        found["default"] = repr(parameter.default)
    return found


def parameters_of(function: Any) -> list[dict[str, Any]]:
    found = inspect.signature(function).parameters.values()
    return [described(parameter) for parameter in found if parameter.name != "self"]


def parsed(signature: str) -> list[dict[str, Any]]:
    """The parameters of a signature that is written out."""
    arguments = ast.parse(f"def f{signature}: ...").body[0].args  # type: ignore[attr-defined]
    found = [{"name": argument.arg, "kind": "positional_or_keyword"} for argument in arguments.args]
    for parameter, default in zip(found[len(found) - len(arguments.defaults) :], arguments.defaults, strict=True):
        parameter["default"] = ast.unparse(default)
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        found.append({"name": argument.arg, "kind": "keyword_only", "default": ast.unparse(default)})
    return found


@pytest.mark.parametrize(("class_name", "name"), THERE, ids=lambda value: str(value))
def test_a_method_is_called_as_prefects_own(class_name: str, name: str) -> None:
    member = inspect.getattr_static(CLASSES[class_name], name)
    wanted = CONTRACT[class_name][name]
    if wanted["kind"] == "property":
        assert isinstance(member, property)
        return
    function = getattr(CLASSES[class_name], name)
    wanted_parameters = [
        {key: str(value) for key, value in parameter.items() if key != "type"} for parameter in wanted["parameters"]
    ]
    assert parameters_of(function) == wanted_parameters
    if name not in MORE_KINDS:
        assert inspect.iscoroutinefunction(function) is wanted["kind"].startswith("async")
    assert function.__name__ == name
    assert inspect.getdoc(function)


@pytest.mark.parametrize("class_name", CLASSES)
def test_a_client_is_made_as_prefects_own(class_name: str) -> None:
    assert parameters_of(CLASSES[class_name]) == parsed(CONTRACT[class_name]["__init__"])


def test_get_client_is_called_as_prefects_own() -> None:
    assert parameters_of(get_client) == parsed(CONTRACT["get_client"])


def test_every_method_is_there() -> None:
    assert THERE == METHODS


def test_there_are_no_public_methods_besides() -> None:
    for class_name, owner in CLASSES.items():
        public = {name for name in dir(owner) if not name.startswith("_")}
        assert public - set(CONTRACT[class_name]) == set()
