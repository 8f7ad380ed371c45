"""What an import loads: nothing that the program does not use."""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
import sys
from pathlib import Path

import pytest

import prefectkit
from prefectkit import Operation, RetrySafety, operations

ROOT = Path(prefectkit.__file__).parents[1]
HEAVY = {"httpx", "httpcore", "prefect", "pydantic", "asyncio", "trio", "dotenv", "rich", "ssl", "sqlite3"}
if importlib.metadata.version("anyio").split(".")[:2] in (["4", str(minor)] for minor in range(11, 15)):
    HEAVY.remove("ssl")  # these versions import it


def loaded(code: str) -> set[str]:
    """The modules that a fresh interpreter has after some code, and had not before."""
    script = (
        f"import sys, json; before = set(sys.modules)\n{code}\nprint(json.dumps(sorted(set(sys.modules) - before)))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(ROOT), "PREFECTKIT_PLUGINS": ""},
    )
    assert done.stderr == ""
    return set(json.loads(done.stdout.splitlines()[-1]))


def roots(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}


def test_the_package_alone_loads_nothing() -> None:
    modules = loaded("import prefectkit")
    assert {name for name in modules if name.startswith("prefectkit")} == {
        "prefectkit",
        "prefectkit.core",
        "prefectkit.core.lazy_exports",
    }
    assert roots(modules) - {"prefectkit"} <= sys.stdlib_module_names
    assert not roots(modules) & {*HEAVY, "logging", "email", "inspect"}


@pytest.mark.parametrize("name", ["Prefect", "AsyncPrefect"])
def test_a_client_class_loads_no_transport_no_resource_no_server(name: str) -> None:
    modules = loaded(f"from prefectkit import {name}")
    assert not roots(modules) & HEAVY
    assert not [module for module in modules if module.startswith("anyio._backends")]
    assert "pluggy" not in modules
    transports = {module for module in modules if module.startswith("prefectkit.transports.")}
    assert transports == {"prefectkit.transports.registry"}
    assert not modules & {"prefectkit.models.flows", "prefectkit.models.flow_runs", "prefectkit.models.states"}
    assert {module for module in modules if module.startswith("prefectkit.resources")} == {
        "prefectkit.resources",
        "prefectkit.resources.catalogue",
        "prefectkit.resources.server",
    }


def test_a_client_loads_its_transport_and_the_resources_that_are_used() -> None:
    modules = loaded("from prefectkit import Prefect; Prefect('http://127.0.0.1:4200/api').flows")
    assert {"httpcore", "prefectkit.transports.http", "prefectkit.resources.flows"} <= modules
    assert not roots(modules) & {"httpx", "prefect", "pydantic", "dotenv"}
    assert "prefectkit.resources.deployments" not in modules
    assert "prefectkit.transports.asgi" not in modules


def test_the_transport_over_aiohttp_loads_nothing_of_httpx() -> None:
    modules = loaded("import prefectkit.transports.aiohttp")
    assert "aiohttp" in modules
    assert not roots(modules) & {"httpx", "httpcore", "h11"}


def test_the_list_of_operations_needs_no_client() -> None:
    modules = loaded("import prefectkit; assert prefectkit.operations()")
    assert "prefectkit.resources.flows" in modules
    assert not roots(modules) & HEAVY


def test_the_public_names_are_there_and_no_others() -> None:
    assert prefectkit.__all__ == sorted(prefectkit.__all__)
    for name in prefectkit.__all__:
        assert getattr(prefectkit, name) is not None
    assert set(prefectkit.__all__) <= set(dir(prefectkit))
    for name in ("errors", "models", "plugins", "transports"):
        assert loaded(f"import prefectkit; assert prefectkit.{name}.__name__ == 'prefectkit.{name}'")
        assert name in dir(prefectkit)
        assert prefectkit.__getattr__(name) is getattr(prefectkit, name)
    with pytest.raises(AttributeError, match="module 'prefectkit' has no attribute 'Prefekt'"):
        _ = prefectkit.Prefekt


def test_operations_are_listed_by_name() -> None:
    found = operations()
    assert list(found) == sorted(found)
    for name, operation in found.items():
        assert isinstance(operation, Operation)
        assert operation.name == name
        assert isinstance(operation.retry_safety, RetrySafety)
        module, _, qualified = operation.declared.partition(":")
        assert module.startswith("prefectkit.resources.")
        assert qualified.rpartition(".")[2] == name.rpartition(".")[2]
    assert str(found["flows.read"]) == "GET /flows/{id}"
    assert found["health"].declared == "prefectkit.resources.server:Server.health"
