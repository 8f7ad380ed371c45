"""Writes the `Args` of keyword methods in `prefectkit/resources`, from the docstrings of their Structs: `make docs`.

An editor shows the docstring that stands in the source, so every field has to stand there. Its text is written once, in
the `Attributes` of the Struct. The text of a positional parameter is written in the method, and stays.
"""

from __future__ import annotations

import ast
import inspect
import pkgutil
import re
import textwrap
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TypeAlias

import prefectkit.resources

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef

WIDTH = 120

IN_ALL_PAGES = {"limit": "At most this many in all, over all pages. Default: no limit."}
"""Fields that have another meaning in `iterate` than in `list`."""

TITLE = re.compile(r" *(Args|Attributes|Returns|Yields|Raises):")


def sources() -> dict[Path, str]:
    """The files of `prefectkit/resources`, and the source that each should have."""
    found = pkgutil.iter_modules(prefectkit.resources.__path__, "prefectkit.resources.")
    modules = [import_module(module.name) for module in found]
    return {Path(str(module.__file__)): written(module) for module in modules}


def written(module: ModuleType) -> str:
    """The source of a module, with the fields of the Structs in the `Args` of its keyword methods."""
    text = Path(str(module.__file__)).read_text(encoding="utf-8")
    lines = text.splitlines()
    # From the end, so that the line numbers of those before stay right.
    for method, struct in sorted(keyword_methods(text), key=lambda found: -found[0].lineno):
        docstring = method.body[0]
        place = slice(docstring.lineno - 1, docstring.end_lineno)
        lines[place] = with_fields(method, lines[place], fields_of(getattr(module, struct)))
    return "\n".join(lines) + "\n"


def keyword_methods(source: str) -> Iterator[tuple[Function, str]]:
    """The functions under `@keywords(Struct)`, and the name of the Struct."""
    for node in ast.walk(ast.parse(source)):
        for decorator in node.decorator_list if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else ():
            match decorator:
                case ast.Call(func=ast.Name(id="keywords"), args=[ast.Name(id=struct)]):
                    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
                    yield node, struct
                case _:
                    pass


def fields_of(struct: type) -> dict[str, str]:
    """The text of each field of a Struct, from its own docstring or that of the base that has the field."""
    texts: dict[str, str] = {}
    for base in reversed(struct.__mro__):
        texts |= section(inspect.cleandoc(base.__doc__ or "").splitlines(), "Attributes")
    return {name: texts[name] for name in inspect.signature(struct).parameters}


def with_fields(method: Function, docstring: list[str], fields: dict[str, str]) -> list[str]:
    """The lines of a docstring, whose `Args` are the positional parameters as they stand there, and the fields."""
    indent = " " * method.body[0].col_offset
    lines = "\n".join(docstring).removesuffix('"""').rstrip().splitlines()
    start, end = bounds(lines, "Args")
    positional = {argument.arg for argument in method.args.args[1:-1]}
    kept = {name: text for name, text in section(lines, "Args").items() if name in positional}
    entries = kept | fields
    if method.name == "iterate":
        entries |= {name: text for name, text in IN_ALL_PAGES.items() if name in fields}
    args = [line for name, text in entries.items() for line in entry(indent, f"{name}: {text}")]
    after = ["", *lines[end:]] if lines[end:] else []
    return ["\n".join(lines[:start]).rstrip(), "", f"{indent}Args:", *args, *after, f'{indent}"""']


def entry(indent: str, text: str) -> list[str]:
    """The lines of one entry of a section."""
    first, further = indent + " " * 4, indent + " " * 8
    return textwrap.wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=further, break_long_words=False, break_on_hyphens=False
    )


def section(lines: list[str], title: str) -> dict[str, str]:
    """The entries of a section of a docstring, each on one line."""
    start, end = bounds(lines, title)
    text = textwrap.dedent("\n".join(lines[start + 1 : end]))
    entries = re.findall(r"^(\w+): (.*(?:\n +.*)*)", text, re.MULTILINE)
    return {name: " ".join(words.split()) for name, words in entries}


def bounds(lines: list[str], title: str) -> tuple[int, int]:
    """Where a section begins, and where it ends; if there is none, twice where it would stand."""
    titles = {found[1]: index for index, line in enumerate(lines) if (found := TITLE.fullmatch(line))}
    start = titles.get(title, min(titles.values(), default=len(lines)))
    end = min((index for index in titles.values() if index > start), default=len(lines))
    return start, end if title in titles else start


if __name__ == "__main__":
    for path, text in sources().items():
        path.write_text(text, encoding="utf-8")
