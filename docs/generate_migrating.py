"""Writes the tables of `migrating.md` beside it, from the flat methods' own source: `make docs`."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType
from typing import Any

from prefectkit.compat import PrefectClient
from prefectkit.compat.import_map import MODULES, NAMES, RENAMED

TARGET = Path(__file__).with_name("migrating.md")

INSTEAD = {
    "api_healthcheck": "`client.health`, which raises",
    "api_url": "`client.api_url`, which is text and has no slash at its end",
    "client_version": "`prefectkit.version.CLIENT_VERSION`",
    "hello": "`client.hello`",
    "loop": "only on `PrefectClient`",
}
"""Rows that cannot be derived from the source."""


def resources(name: str) -> list[str]:
    """The resource methods that a flat method calls, in the order in which they stand there."""
    member: Any = inspect.getattr_static(PrefectClient, name)
    function: Any = member.fget if isinstance(member, property) else inspect.unwrap(getattr(PrefectClient, name))
    return list(dict.fromkeys(_called(function, {"self._api": ""})))


def _called(function: FunctionType, known: dict[str, str]) -> Iterator[str]:
    """The resource methods called by a function in which `known` texts stand for (parts of) the client."""
    known = dict(known)
    for node in _in_order(ast.parse(textwrap.dedent(inspect.getsource(function)))):
        if isinstance(node, ast.Assign) and (path := _path(node.value, known)) is not None:
            known |= {ast.unparse(target): path for target in node.targets}
        if not isinstance(node, ast.Call):
            continue
        if path := _path(node.func, known):
            yield path
        elif isinstance(node.func, ast.Name):
            yield from _of_helper(function.__globals__.get(node.func.id), node, known)
        elif isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == "self":
            yield from _called(inspect.unwrap(getattr(PrefectClient, node.func.attr)), known)


def _of_helper(helper: Any, call: ast.Call, known: dict[str, str]) -> Iterator[str]:
    """The resource methods that a function of the module calls on a client passed to it."""
    if isinstance(helper, FunctionType):
        names = list(inspect.signature(helper).parameters)
        arguments = {name: _path(value, known) for name, value in zip(names, call.args, strict=False)}
        if clients := {name: path for name, path in arguments.items() if path is not None}:
            yield from _called(helper, clients)


def _path(node: ast.AST, known: dict[str, str]) -> str | None:
    """The attribute path of an expression below the client: `flow_runs.read`; empty for the client; None for others."""
    text = ast.unparse(node)
    if text in known:
        return known[text]
    if isinstance(node, ast.Attribute) and (parent := _path(node.value, known)) is not None:
        return f"{parent}.{node.attr}".lstrip(".")
    return None


def _in_order(tree: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(tree):
        yield child
        yield from _in_order(child)


def methods() -> str:
    """The table of the flat methods."""
    names = sorted(name for name in dir(PrefectClient) if not name.startswith("_"))
    rows = [f"| `{name}` | {_row(name)} |\n" for name in names]
    return "| flat | resource |\n|---|---|\n" + "".join(rows)


def _row(name: str) -> str:
    return INSTEAD.get(name) or ", ".join(f"`client.{path}`" for path in resources(name))


def modules() -> str:
    """The tables of the modules to import from, of single names, and of renamed objects."""
    rows = [f"| `{theirs}` | `{ours}` |\n" for theirs, ours in MODULES.items()]
    single = [f"| `{theirs}` | `{ours}` |\n" for theirs, ours in NAMES.items()]
    names = [f"| `{theirs}` | `{ours}` |\n" for theirs, ours in RENAMED.items()]
    return (
        f"| instead of | import from |\n|---|---|\n{''.join(rows)}\n"
        f"| instead of this name | import |\n|---|---|\n{''.join(single)}\n"
        f"| with another name | it is |\n|---|---|\n{''.join(names)}"
    )


def page(text: str) -> str:
    """The page with its tables regenerated."""
    for name, table in (("methods", methods()), ("modules", modules())):
        marked = re.compile(rf"(<!-- {name}: [^>]*-->\n).*?(<!-- end -->\n)", re.DOTALL)
        places = list(marked.finditer(text))
        if len(places) != 1:
            raise ValueError(f"migrating.md needs one place for the table {name!r}, it has {len(places)}")
        (place,) = places
        text = f"{text[: place.end(1)]}{table}{text[place.start(2) :]}"
    return text


if __name__ == "__main__":
    TARGET.write_text(page(TARGET.read_text(encoding="utf-8")), encoding="utf-8")
