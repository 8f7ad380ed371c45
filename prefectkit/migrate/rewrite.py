"""Changes the source of a module as planned."""

from __future__ import annotations

import libcst as cst

from prefectkit.migrate.plan import Change, Plan
from prefectkit.migrate.split_import import Names, split_import

# A comment with one of these applies to every statement that the line is split into.
DIRECTIVES = ("noqa", "type:", "pyright:", "pylint:", "isort:", "pragma:")


class Rewrite(cst.CSTTransformer):
    """Changes import statements, and expressions with a name of an imported module.

    Args:
        plan: The changes.
    """

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self._plan = plan

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.BaseExpression:
        text = self._plan.expressions.get(original_node)
        if text is None:
            return updated_node
        return cst.parse_expression(text).with_changes(lpar=updated_node.lpar, rpar=updated_node.rpar)

    def leave_Import(
        self, original_node: cst.Import, updated_node: cst.Import
    ) -> cst.Import | cst.FlattenSentinel[cst.BaseSmallStatement]:
        if not any(self._is_changed(alias) for alias in original_node.names):
            return updated_node
        names: list[cst.ImportAlias] = []
        for alias in original_node.names:
            change = self._plan.changes.get(alias) or Change(stays=True)
            if change.stays:
                names.append(alias)
            elif change.target is not None:
                names.append(alias.with_changes(name=dotted(change.target.path)))
            # An unneeded statement becomes `import prefectkit`, so that its comments stay in place.
            modules = change.modules if change.stays or change.target else change.modules or ["prefectkit"]
            names += [cst.ImportAlias(dotted(module)) for module in modules]
        if len(original_node.names) == 1:
            statements = [cst.Import([alias]) for alias in names]
        else:
            comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
            names = [name if isinstance(name.comma, cst.Comma) else name.with_changes(comma=comma) for name in names]
            names[-1] = names[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
            statements = [updated_node.with_changes(names=names)]
        statements[-1] = statements[-1].with_changes(semicolon=updated_node.semicolon)
        return cst.FlattenSentinel(statements)

    def leave_ImportFrom(
        self, original_node: cst.ImportFrom, updated_node: cst.ImportFrom
    ) -> cst.ImportFrom | cst.FlattenSentinel[cst.BaseSmallStatement]:
        if isinstance(original_node.names, cst.ImportStar):
            return updated_node
        if not any(self._is_changed(alias) for alias in original_node.names):
            return updated_node
        groups: dict[str | None, Names] = {}
        modules: set[str] = set()
        for position, alias in enumerate(original_node.names):
            change = self._plan.changes.get(alias) or Change(stays=True)
            if change.stays:
                groups.setdefault(None, []).append((position, alias))
            elif change.target is not None:
                groups.setdefault(change.target.module, []).append((position, _named(alias, change.target.name)))
            modules |= set(change.modules)
        # Imports from Prefect come first, as tools that sort imports order them.
        parts = sorted(groups.items(), key=lambda item: item[0] is not None)
        statements: list[cst.BaseSmallStatement] = [
            statement.with_changes(module=dotted(module)) if module else statement
            for (module, _), statement in zip(
                parts, split_import(updated_node, [names for _, names in parts]), strict=True
            )
        ]
        statements += [cst.Import([cst.ImportAlias(dotted(module))]) for module in sorted(modules)]
        statements[-1] = statements[-1].with_changes(semicolon=updated_node.semicolon)
        return cst.FlattenSentinel(statements)

    def leave_SimpleStatementLine(
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.SimpleStatementLine | cst.FlattenSentinel[cst.BaseStatement]:
        if len(original_node.body) != 1 or len(updated_node.body) == 1:
            return updated_node
        first, *rest = updated_node.body
        comment = updated_node.trailing_whitespace.comment
        applies = comment is not None and any(word in comment.value for word in DIRECTIVES)
        after = updated_node.trailing_whitespace if applies else cst.TrailingWhitespace()
        lines = [updated_node.with_changes(body=[first])]
        lines += [cst.SimpleStatementLine([statement], trailing_whitespace=after) for statement in rest]
        return cst.FlattenSentinel(lines)

    def _is_changed(self, alias: cst.ImportAlias) -> bool:
        change = self._plan.changes.get(alias)
        return change is not None and not (change.stays and not change.modules)


def dotted(path: str) -> cst.Attribute | cst.Name:
    """The expression for a dotted path."""
    head, _, name = path.rpartition(".")
    return cst.Attribute(dotted(head), cst.Name(name)) if head else cst.Name(name)


def _named(alias: cst.ImportAlias, name: str) -> cst.ImportAlias:
    """The alias with another imported name, bound to the same name in the program."""
    if alias.evaluated_name == name:
        return alias
    bound = alias.asname or cst.AsName(cst.Name(alias.evaluated_name))
    return alias.with_changes(name=cst.Name(name), asname=bound)
