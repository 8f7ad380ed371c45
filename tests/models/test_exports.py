"""The names of `prefectkit.models` and `prefectkit.models.filters`."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from prefectkit import models
from prefectkit.models import filters

PACKAGES = [models, filters]
IDS = ["models", "filters"]


def _homes(package: Any) -> dict[str, str]:
    return import_module(f"{package.__name__}._homes").HOMES


@pytest.mark.parametrize("package", PACKAGES, ids=IDS)
def test_every_name_comes_from_its_module(package: Any) -> None:
    assert package.__all__ == sorted(package.__all__) and set(package.__all__) == set(_homes(package))
    for name, home in _homes(package).items():
        assert getattr(package, name) is getattr(import_module(f"{package.__name__}.{home}"), name)
        assert name in dir(package)


@pytest.mark.parametrize("package", PACKAGES, ids=IDS)
def test_type_checkers_are_told_the_same_names(package: Any) -> None:
    tree = ast.parse(Path(package.__file__).read_text())
    (block,) = [node for node in tree.body if isinstance(node, ast.If) and isinstance(node.test, ast.Name)]
    told = {
        alias.asname: (node.module or "").rpartition(".")[2]
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    homes = _homes(package)
    assert {name: home for name, home in told.items() if home != "msgspec"} == {
        name: home for name, home in homes.items() if told.get(name) != "msgspec"
    }


@pytest.mark.parametrize("package", PACKAGES, ids=IDS)
def test_every_official_name_of_a_module_is_exported(package: Any) -> None:
    ours = _homes(package)
    for home in set(ours.values()) - {"base", "common", "criteria", "selections"}:
        module = import_module(f"{package.__name__}.{home}")
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
