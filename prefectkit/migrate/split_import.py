"""Splits a `from` import into several statements, each with the comments of its names."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

import libcst as cst

Names: TypeAlias = list[tuple[int, cst.ImportAlias]]
"""Changed names of an import statement, each with its position in the statement."""

Space: TypeAlias = cst.BaseParenthesizableWhitespace


def split_import(statement: cst.ImportFrom, groups: Sequence[Names]) -> list[cst.ImportFrom]:
    """The import statements for groups of its names.

    A comment on a line of its own goes with the name below it, a comment at the end of a line with the name before it.

    Args:
        statement: The statement, with parentheses or without.
        groups: The names of each new statement.
    """
    assert not isinstance(statement.names, cst.ImportStar)
    spaces = _spaces(statement)
    has_comma = isinstance(statement.names[-1].comma, cst.Comma)
    return [_of(statement, group, spaces, has_comma) for group in groups]


def _spaces(statement: cst.ImportFrom) -> list[Space]:
    """The whitespace before the first name and after each name."""
    assert not isinstance(statement.names, cst.ImportStar)
    spaces: list[Space] = [statement.lpar.whitespace_after if statement.lpar else cst.SimpleWhitespace("")]
    for alias in statement.names:
        spaces.append(alias.comma.whitespace_after if isinstance(alias.comma, cst.Comma) else cst.SimpleWhitespace(""))
    if statement.rpar and not isinstance(statement.names[-1].comma, cst.Comma):
        spaces[-1] = statement.rpar.whitespace_before
    return spaces


def _of(statement: cst.ImportFrom, names: Names, spaces: list[Space], has_comma: bool) -> cst.ImportFrom:
    positions = [position for position, _ in names]
    # Between two names: the end of the first one's line, and the lines above the second.
    after = [
        _joined(spaces[position + 1], spaces[follower], spaces[position + 1])
        for position, follower in pairwise(positions)
    ]
    aliases = [
        alias.with_changes(comma=cst.Comma(whitespace_after=space))
        for (_, alias), space in zip(names, after, strict=False)
    ]
    last = names[-1][1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    if statement.lpar is None or statement.rpar is None:
        return statement.with_changes(names=[*aliases, last], semicolon=cst.MaybeSentinel.DEFAULT)
    is_last = positions[-1] == len(spaces) - 2
    end = _joined(spaces[positions[-1] + 1], spaces[-1] if is_last else cst.SimpleWhitespace(""), spaces[-1])
    before: Space = cst.SimpleWhitespace("")
    if has_comma:
        last = last.with_changes(comma=cst.Comma(whitespace_after=end))
    else:
        before = end
    return statement.with_changes(
        names=[*aliases, last],
        lpar=statement.lpar.with_changes(whitespace_after=_joined(spaces[0], spaces[positions[0]], spaces[0])),
        rpar=statement.rpar.with_changes(whitespace_before=before),
        semicolon=cst.MaybeSentinel.DEFAULT,
    )


def _joined(comment: Space, above: Space, layout: Space) -> Space:
    """Whitespace with the line end of `comment`, the lines of `above`, and the indentation of `layout`."""
    first = comment.first_line if isinstance(comment, cst.ParenthesizedWhitespace) else cst.TrailingWhitespace()
    lines = above.empty_lines if isinstance(above, cst.ParenthesizedWhitespace) else ()
    with_breaks = [space for space in (layout, above, comment) if isinstance(space, cst.ParenthesizedWhitespace)]
    if not isinstance(layout, cst.ParenthesizedWhitespace) and first.comment is None and not lines:
        return layout
    return with_breaks[0].with_changes(first_line=first, empty_lines=lines)
