"""The names that import statements of a module bind, and their uses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

import libcst as cst

from prefectkit.migrate.targets import ROOT, is_module

Dotted: TypeAlias = cst.Name | cst.Attribute


@dataclass(eq=False)
class Use:
    """A use of a name of an imported module.

    Attributes:
        node: The expression up to the name: `prefect.get_client` of `prefect.get_client().api_url`.
        path: Its path in Prefect: `prefect.get_client`, or the path of a module that is used as an object.
        line: Its line.
        is_loaded: Whether it is read, and neither assigned to nor deleted.
        bindings: The imports that bind the first name of the expression: one, or several `import prefect.x`.
    """

    node: Dotted
    path: str
    line: int
    is_loaded: bool
    bindings: list[Binding]

    @property
    def owner(self) -> Binding:
        """The import that this use needs: the one whose path is the longest prefix of the path."""
        prefixes = [binding for binding in self.bindings if self.path.startswith(f"{binding.path}.")]
        return max(prefixes or self.bindings[:1], key=lambda binding: len(binding.path))


@dataclass(eq=False)
class Binding:
    """A name that an import statement binds.

    Attributes:
        alias: The part of the statement.
        statement: The statement.
        path: The path of the imported object: `prefect.client.orchestration.get_client`.
        line: Its line.
        runs: Whether it is executed when the program runs. An import below `if TYPE_CHECKING:` is not, nor one in an
            `except ImportError:`.
        uses: If it is a module, the uses of its names.
        is_ambiguous: Whether another statement binds the same name to something else.
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
        """Whether a module is imported."""
        return isinstance(self.statement, cst.Import) or is_module(self.path)

    @property
    def base(self) -> str:
        """The path of the object that is bound to the name."""
        return ROOT if self.binds_root else self.path


@dataclass(eq=False)
class Star:
    """A `from prefect.x import *`.

    Attributes:
        module: The module.
        line: Its line.
        runs: As in `Binding`.
    """

    module: str
    line: int
    runs: bool
