"""Writes `api.md` beside it, from the operations that the methods declare: `make docs`."""

from __future__ import annotations

import inspect
from collections import defaultdict
from importlib import import_module
from operator import attrgetter
from pathlib import Path

import prefectkit
from prefectkit import Operation, RetrySafety

TARGET = Path(__file__).with_name("api.md")

HEAD = """\
# Every route, and the method that calls it

`make docs` writes this file from `prefectkit.operations()`. `AsyncPrefect` has the same methods, to await. Methods that
call other methods, such as `iterate`, are not listed.

*Retry safety* is what a second copy of the same request does. It decides whether a call is sent again when it is not
known if the server carried out the first copy:

| retry safety | the second copy | sent again |
|---|---|---|
"""

MEANINGS = {
    RetrySafety.READ: ("changes nothing", "yes"),
    RetrySafety.IDEMPOTENT: ("changes nothing more", "yes"),
    RetrySafety.KEYED: ("is recognised by its idempotency key, and changes nothing", "yes"),
    RetrySafety.DELETE: ("finds nothing left, which counts as done", "yes"),
    RetrySafety.CONFLICT: ("is refused, and the object that is there is read back and compared", "yes"),
    RetrySafety.NEVER: ("does it once more", "no: `AmbiguousOutcomeError`, unless `at_least_once` is on"),
}


def page() -> str:
    """The whole of the file."""
    groups: dict[str, list[Operation]] = defaultdict(list)
    for operation in prefectkit.operations().values():
        groups[operation.name.rpartition(".")[0]].append(operation)
    meanings = [
        f"| {retry_safety.name.lower()} | {effect} | {again} |\n" for retry_safety, (effect, again) in MEANINGS.items()
    ]
    return HEAD + "".join(meanings) + "".join(table(group, groups[group]) for group in sorted(groups))


def table(group: str, operations: list[Operation]) -> str:
    """A heading for a group of operations, and a row for each, by path."""
    rows = [row(operation) for operation in sorted(operations, key=attrgetter("path.text", "method"))]
    title = f"`client.{group}`" if group else "`client`"
    return f"\n## {title}\n\n| route | method | retry safety | |\n|---|---|---|---|\n{''.join(rows)}"


def row(operation: Operation) -> str:
    """The route, the method, the retry safety, and the first line of the method's docstring."""
    text = summary(operation).replace("|", "\\|")
    if operation.cloud and "Cloud" not in text:
        text += " Prefect Cloud only."
    return f"| `{operation}` | `client.{operation.name}` | {operation.retry_safety.name.lower()} | {text} |\n"


def summary(operation: Operation) -> str:
    """The first line of the method's docstring, without its route."""
    module, _, path = operation.declared.partition(":")
    method = attrgetter(path)(import_module(module))
    return (inspect.getdoc(method) or "").partition("\n")[0].replace(f" (`{operation}`)", "")


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
