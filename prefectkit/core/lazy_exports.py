"""Public names of a package that import their module when they are first used.

A package writes each of them once, in an import that only type checkers run:

    if TYPE_CHECKING:
        from prefectkit.models.flows import Flow as Flow
    else:
        __all__, __getattr__, __dir__ = lazy_exports(__name__)

Type checkers must not see the `__getattr__`: with it they would accept every name.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from importlib.abc import InspectLoader


def lazy_exports(package: str) -> tuple[list[str], Callable[[str], Any], Callable[[], list[str]]]:
    """The `__all__`, `__getattr__` and `__dir__` of a package.

    Args:
        package: Its `__name__`.

    Raises:
        ImportError: It was installed without its source files.
    """
    module = sys.modules[package]
    source = cast("InspectLoader", module.__loader__).get_source(package)
    if source is None:
        raise ImportError(f"{package} finds its public names in its source file: install prefectkit with its .py files")
    exports = exports_of(source)

    def get(name: str) -> Any:
        if name not in exports:
            # Imported lazily: only a misspelt name needs it.
            from prefectkit.core.suggestions import did_you_mean

            hint = "" if name.startswith("_") else did_you_mean(name, exports)
            raise AttributeError(f"module {package!r} has no attribute {name!r}{hint}", name=name)
        from prefectkit.core.concurrency.lazy_loading import loading

        source_module = exports[name]
        with loading():
            if source_module == package:
                value: Any = import_module(f"{package}.{name}")
            else:
                value = getattr(import_module(source_module), name)
        setattr(module, name, value)
        return value

    return sorted(exports), get, lambda: sorted({*exports, *(name for name in vars(module) if name.startswith("__"))})


def exports_of(source: str) -> dict[str, str]:
    """The module of each name that the `if TYPE_CHECKING:` block of a package imports."""
    exports: dict[str, str] = {}
    block = source.partition("\nif TYPE_CHECKING:\n")[2].partition("\nelse:\n")[0]
    for statement in block.split("    from ")[1:]:
        module, _, names = statement.partition(" import ")
        for name in names.strip("(), \n").split(","):
            exports[name.split()[-1]] = module
    return exports
