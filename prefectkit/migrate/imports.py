"""What the import statements of a module bind, and where it is used."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

import libcst as cst

from prefectkit.migrate.targets import ROOT, is_module

Dotted: TypeAlias = cst.Name | cst.Attribute


@dataclass(eq=False)
class Use:
    """Where a name of an imported module is used.

    Attributes:
        node: The expression, as far as the name: `prefect.get_client` of `prefect.get_client().api_url`.
        path: What it is in Prefect: `prefect.get_client`, or a module that is used as an object.
        line: Where.
        is_loaded: Whether it is read, and neither assigned to nor deleted.
        bindings: What binds the name that the expression begins with: one, or several `import prefect.x`.
    """

    node: Dotted
    path: str
    line: int
    is_loaded: bool
    bindings: list[Binding]

    @property
    def owner(self) -> Binding:
        """The import that it is for: of several, the one that names most of it."""
        naming = [each for each in self.bindings if self.path.startswith(f"{each.path}.")]
        return max(naming or self.bindings[:1], key=lambda binding: len(binding.path))


@dataclass(eq=False)
class Binding:
    """What an import statement binds to one name.

    Attributes:
        alias: The part of the statement.
        statement: The statement.
        path: What it names: `prefect.client.orchestration.get_client`.
        line: Where.
        runs: Whether it is executed when the program runs: it is not for type checkers alone, nor for the case that
            another import fails.
        uses: Where names of it are used, if it is a module.
        is_ambiguous: Whether something else binds the same name, to something else.
    """

    alias: cst.ImportAlias
    statement: cst.Import | cst.ImportFrom
    path: str
    line: int
    runs: bool
    uses: list[Use] = field(default_factory=list[Use])
    is_ambiguous: bool = False

    @property
    def name(self) -> str:
        """The name that is bound."""
        return self.alias.evaluated_alias or self.alias.evaluated_name.partition(".")[0]

    @property
    def binds_root(self) -> bool:
        """Whether it is a plain `import prefect.x`, which binds `prefect`."""
        return isinstance(self.statement, cst.Import) and self.alias.asname is None

    @property
    def is_module(self) -> bool:
        """Whether it is a module."""
        return isinstance(self.statement, cst.Import) or is_module(self.path)

    @property
    def base(self) -> str:
        """The path of what is bound."""
        return ROOT if self.binds_root else self.path


@dataclass(eq=False)
class Star:
    """A `from prefect.x import *`.

    Attributes:
        module: The module.
        line: Where.
        runs: Whether it is executed when the program runs: it is not for type checkers alone, nor for the case that
            another import fails.
    """

    module: str
    line: int
    runs: bool
