"""The names of `prefectkit.models` and `prefectkit.models.filters`."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import prefectkit
from prefectkit import compat, models, transports
from prefectkit.core.lazy_exports import exports_of, lazy_exports
from prefectkit.models import filters

PACKAGES = [prefectkit, compat, models, filters, transports]
IDS = ["prefectkit", "compat", "models", "filters", "transports"]


def exports(package: Any) -> dict[str, str]:
    """The module of each public name, from the syntax tree."""
    tree = ast.parse(Path(package.__file__).read_text())
    (block,) = [node for node in tree.body if isinstance(node, ast.If)]
    imports = [node for node in block.body if isinstance(node, ast.ImportFrom)]
    assert len(imports) == len(block.body)
    return {alias.asname or "": node.module or "" for node in imports for alias in node.names}


@pytest.mark.parametrize("package", PACKAGES, ids=IDS)
def test_run_time_and_type_checkers_see_the_same_names(package: Any) -> None:
    told = exports(package)
    assert exports_of(Path(package.__file__).read_text()) == told
    assert package.__all__ == sorted(told)
    assert [name for name in dir(package) if not name.startswith("_")] == [
        name for name in sorted(told) if name[0] != "_"
    ]
    for name, module in told.items():
        source = import_module(module)
        assert getattr(package, name) is getattr(source, name)


def test_an_import_may_stand_on_several_lines() -> None:
    source = """
if TYPE_CHECKING:
    from one import (
        A as A,
        Bee as B,
    )
    from two import C as C
else:
    from three import D as D
"""
    assert exports_of(source) == {"A": "one", "B": "one", "C": "two"}


def test_a_package_without_its_source_files_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(models.__loader__), "get_source", lambda self, name: None)
    with pytest.raises(ImportError, match=r"prefectkit\.models finds its public names in its source file"):
        lazy_exports("prefectkit.models")


@pytest.mark.parametrize("package", [models, filters], ids=["models", "filters"])
def test_every_official_name_of_a_module_is_exported(package: Any) -> None:
    ours = exports(package)
    inner = {f"{package.__name__}.{name}" for name in ("base", "common", "criteria", "selections")}
    for home in set(ours.values()) - inner - {"msgspec"}:
        module = import_module(home)
        defined = {
            name
            for name, each in vars(module).items()
            if isinstance(each, type) and each.__module__ == module.__name__ and not name.startswith("_")
        }
        assert defined - set(ours) <= {"RunSelection", "StateFields"}, home


@pytest.mark.parametrize("package", PACKAGES, ids=IDS)
def test_a_name_that_does_not_exist(package: Any) -> None:
    with pytest.raises(AttributeError, match=f"module '{package.__name__}' has no attribute 'Nonesuch'"):
        _ = package.Nonesuch


def test_nothing_is_loaded_until_it_is_used() -> None:
    code = (
        "import sys; import prefectkit.models, prefectkit.models.filters\n"
        "assert 'msgspec' not in sys.modules\n"
        "from prefectkit.models import Flow\n"
        "assert 'prefectkit.models.flows' in sys.modules and 'prefectkit.models.deployments' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(models.__file__).parents[2])
