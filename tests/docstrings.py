"""The parameters that a docstring documents, and those that it should."""

from __future__ import annotations

import inspect
import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import msgspec

import prefectkit
from prefectkit.core.endpoint import Method, Resource
from prefectkit.plugins.hookspecs import HookSpecs
from prefectkit.resources.catalogue import operations


def documented(docstring: str | None, title: str = "Args") -> list[str]:
    """The names in a section of a docstring, in its order."""
    section = re.search(rf"^{title}:\n((?: .*\n|\n)*)", inspect.cleandoc(docstring or "") + "\n", re.MULTILINE)
    return re.findall(r"^ {4}\*{0,2}(\w+): \S", section[1], re.MULTILINE) if section else []


def parameters(function: Any) -> list[str]:
    """The names of what a caller passes."""
    return [name for name in inspect.signature(function).parameters if name != "self"]


def native_methods() -> dict[str, Any]:
    """The functions behind the methods of all resources and of the client itself, by class and name."""
    operations()
    return {
        f"{owner.__name__}.{name}": member.function
        for owner in _subclasses(Resource)
        for name, member in vars(owner).items()
        if isinstance(member, Method)
    }


def _subclasses(owner: type) -> Iterator[type]:
    for child in owner.__subclasses__():
        if child.__module__.startswith("prefectkit."):
            yield child
        yield from _subclasses(child)


def public_objects() -> dict[str, Any]:
    """What the modules outside of `core` that have an `__all__` offer, by module and name."""
    found = pkgutil.walk_packages(prefectkit.__path__, "prefectkit.")
    names = [module.name for module in found if not module.name.startswith("prefectkit.core.")]
    modules = [module for module in map(import_module, ["prefectkit", *names]) if hasattr(module, "__all__")]
    return {f"{module.__name__}.{name}": getattr(module, name) for module in modules for name in module.__all__}


def public_callables() -> dict[str, Any]:
    """The public functions and classes, and the methods of these classes."""
    objects = list(public_objects().values())
    classes = [item for item in objects if isinstance(item, type)]
    found = {_label(item): item for item in objects if inspect.isfunction(item)}
    found |= {_label(owner): owner for owner in classes if "__init__" in vars(owner) and _is_called(owner)}
    for owner in {base for item in classes for base in item.__mro__ if base.__module__.startswith("prefectkit")}:
        found |= {f"{_label(owner)}.{name}": function for name, function in _methods(owner)}
    return dict(sorted(found.items()))


def _label(item: Any) -> str:
    return f"{item.__module__}.{item.__qualname__}"


def _methods(owner: type) -> Iterator[tuple[str, Any]]:
    for name in vars(owner):
        # The arguments of a hook are documented by its specification.
        is_hook = hasattr(HookSpecs, name) and owner is not HookSpecs
        function = getattr(owner, name, None)
        if not name.startswith("_") and not is_hook and (inspect.isfunction(function) or inspect.ismethod(function)):
            yield name, function


def _is_called(owner: type) -> bool:
    is_protocol = getattr(owner, "_is_protocol", False)
    return not is_protocol and not issubclass(owner, msgspec.Struct | BaseException)
