"""What a docstring documents, and what it should."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

from prefectkit.core.endpoint import Method, Resource


def documented(docstring: str | None, title: str = "Args") -> list[str]:
    """The names in a section of a docstring, in its order."""
    section = re.search(rf"^{title}:\n((?: .*\n|\n)*)", inspect.cleandoc(docstring or "") + "\n", re.MULTILINE)
    return re.findall(r"^ {4}\*{0,2}(\w+): \S", section[1], re.MULTILINE) if section else []


def parameters(function: Any) -> list[str]:
    """The names of what a caller passes."""
    return [name for name in inspect.signature(function).parameters if name != "self"]


def native_methods() -> dict[str, Any]:
    """The functions behind the methods of every resource and of the client itself, by where they are declared."""
    from prefectkit.resources import catalogue

    catalogue.operations()
    return {f"{owner.__name__}.{name}": value for owner in subclasses(Resource) for name, value in methods_of(owner)}


def subclasses(owner: type) -> Iterator[type]:
    for child in owner.__subclasses__():
        if child.__module__.startswith("prefectkit."):
            yield child
        yield from subclasses(child)


def methods_of(owner: type) -> Iterator[tuple[str, Any]]:
    for name, member in vars(owner).items():
        if isinstance(member, Method) and not name.startswith("_"):
            yield name, member.function
