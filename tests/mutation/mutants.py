"""Small changes to a module, one at a time, each of which some test should notice."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple

COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
# What says nothing at run time, or what a reader sees and no caller.
LEFT_OUT = {"annotation", "returns", "decorator_list", "type_params", "bases", "keywords of a class"}


class Mutant(NamedTuple):
    """A changed module.

    Attributes:
        line: The number of the changed line.
        text: The line as it was.
        change: What was done to it.
        code: The module with the change.
    """

    line: int
    text: str
    change: str
    code: CodeType

    @property
    def key(self) -> str:
        """What it goes by, wherever its line moves to."""
        return f"{self.text} :: {self.change}"


def mutants(path: Path) -> Iterator[Mutant]:
    """Every mutant of a module."""
    source = path.read_text()
    tree = ast.parse(source)
    lines = source.splitlines()
    for place in list(_places(tree)):
        original = _at(tree, place)
        for change, replacement in _changes(original):
            mutated = copy.deepcopy(tree)
            _put(mutated, place, replacement)
            line: int = getattr(original, "lineno", 0)
            code = compile(ast.fix_missing_locations(mutated), str(path), "exec", dont_inherit=True)
            yield Mutant(line, lines[line - 1].strip(), change, code)


Place = tuple[tuple[str, int | None], ...]


def _places(node: ast.AST, here: Place = ()) -> Iterator[Place]:
    """The way to every node below this one that may change."""
    for name, value in ast.iter_fields(node):
        if name in LEFT_OUT or (name == "keywords" and isinstance(node, ast.ClassDef)):
            continue
        children = list(enumerate(value)) if isinstance(value, list) else [(None, value)]
        for index, child in children:
            if isinstance(child, ast.AST) and not _is_outside(child) and not _is_cast(node, name, index):
                way = (*here, (name, index))
                yield way
                yield from _places(child, way)


def _is_outside(node: ast.AST) -> bool:
    """Whether it is a docstring, an import, a declaration of types, or what only a type checker sees."""
    match node:
        case ast.Expr(value=ast.Constant(value=str())) | ast.Import() | ast.ImportFrom():
            return True
        case ast.Assign(targets=[ast.Name(id="__slots__")]) | ast.AnnAssign(annotation=ast.Name(id="TypeAlias")):
            return True
        case ast.Assign(value=ast.Call(func=ast.Name(id="TypeVar"))):
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case _:
            return False


def _is_cast(node: ast.AST, name: str, index: int | None) -> bool:
    """Whether it is the type that a `cast` names, which nothing looks at."""
    match node:
        case ast.Call(func=ast.Name(id="cast")):
            return (name, index) == ("args", 0)
        case _:
            return False


def _at(tree: ast.AST, place: Place) -> Any:
    node: Any = tree
    for name, index in place:
        node = getattr(node, name) if index is None else getattr(node, name)[index]
    return node


def _put(tree: ast.AST, place: Place, replacement: Any) -> None:
    *way, (name, index) = place
    holder = _at(tree, tuple(way))
    if index is None:
        setattr(holder, name, replacement)
    else:
        getattr(holder, name)[index] = replacement


def _changes(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """What else could stand in the place of a node, and how to call that."""
    match node:
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            for index, op in enumerate(ops):
                other = [*ops[:index], COMPARED[type(op)](), *ops[index + 1 :]]
                yield f"{_named(op)} -> {_named(other[index])}", ast.Compare(left, other, comparators)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in COMPUTED:
            other_op = COMPUTED[type(op)]()
            yield f"{_named(op)} -> {_named(other_op)}", ast.BinOp(left, other_op, right)
        case ast.AugAssign(target=target, op=op, value=value) if type(op) in COMPUTED:
            other_op = COMPUTED[type(op)]()
            yield f"{_named(op)} -> {_named(other_op)}", ast.AugAssign(target, other_op, value)
            yield "statement left out", ast.Pass()
        case ast.BoolOp(op=op, values=values):
            swapped = ast.Or() if isinstance(op, ast.And) else ast.And()
            yield f"{_named(op)} -> {_named(swapped)}", ast.BoolOp(swapped, values)
            for index in range(len(values)):
                rest = [*values[:index], *values[index + 1 :]]
                yield f"without {ast.unparse(values[index])}", rest[0] if len(rest) == 1 else ast.BoolOp(op, rest)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield "without not", operand
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            yield "without minus", operand
        case ast.Constant(value=value):
            yield from _constants(value)
        case ast.If(body=body, orelse=orelse):
            yield "if True", ast.If(ast.Constant(True), body, orelse)
            yield "if False", ast.If(ast.Constant(False), body, orelse)
        case ast.IfExp(body=then, orelse=otherwise):
            yield f"always {ast.unparse(then)}", then
            yield f"always {ast.unparse(otherwise)}", otherwise
        case ast.Return(value=value) if value is not None and not _is_falsy_by_another_change(value):
            yield "return None", ast.Return(ast.Constant(None))
        case ast.Raise():
            yield "raise left out", ast.Pass()
        case ast.Expr(value=ast.Call()):
            yield "statement left out", ast.Pass()
        case ast.Continue():
            yield "continue -> break", ast.Break()
        case ast.Break():
            yield "break -> continue", ast.Continue()
        case ast.ExceptHandler(type=ast.Tuple(elts=kinds), name=name, body=body):
            for index, kind in enumerate(kinds):
                rest = ast.Tuple([*kinds[:index], *kinds[index + 1 :]], ast.Load())
                yield f"without {ast.unparse(kind)}", ast.ExceptHandler(rest, name, body)
        case ast.Call(func=func, args=args, keywords=keywords) if keywords:
            for index, keyword in enumerate(keywords):
                rest_of_them = [*keywords[:index], *keywords[index + 1 :]]
                yield f"without {keyword.arg}=", ast.Call(func, args, rest_of_them)
        case _:
            return


def _constants(value: Any) -> Iterator[tuple[str, ast.Constant]]:
    match value:
        case bool():
            yield f"{value} -> {not value}", ast.Constant(not value)
        case int() | float():
            yield f"{value} -> {value + 1}", ast.Constant(value + 1)
        case str():
            yield f"{value!r} -> another text", ast.Constant(f"XX{value}")
        case bytes():
            yield f"{value!r} -> other bytes", ast.Constant(b"XX" + value)
        case _:
            return


def _is_falsy_by_another_change(node: ast.AST) -> bool:
    """Whether None in its place changes nothing, or the same as another change: None for False, False for True."""
    return isinstance(node, ast.Constant) and (node.value is None or isinstance(node.value, bool))


def _named(operator: ast.AST) -> str:
    return type(operator).__name__
