"""What the flat names load: not httpx, and no models but those that every call may need."""

from __future__ import annotations

import ast
import inspect

import pytest

from prefectkit import compat
from prefectkit.compat import import_map
from tests.client.test_imports import HEAVY, loaded, roots


def test_the_flat_names_load_no_http_library_and_no_server() -> None:
    modules = loaded("from prefectkit.compat import get_client, PrefectClient, ObjectNotFound, ServerType")
    assert not roots(modules) & HEAVY
    assert "prefectkit.models.flow_runs" not in modules


HELPERS = [name for name in import_map.MODULES.values() if name.startswith("prefectkit.compat.")]


def test_the_package_loads_no_helper() -> None:
    modules = loaded("from prefectkit.compat import get_client, PrefectClient")
    assert not {name for name in HELPERS if name != "prefectkit.compat.errors"} & set(modules)
    assert "prefectkit.compat.import_map" not in modules


@pytest.mark.slow
@pytest.mark.parametrize("helper", HELPERS)
def test_a_helper_loads_no_prefect(helper: str) -> None:
    modules = loaded(f"import {helper}")
    assert not roots(modules) & {"prefect", "pydantic", "trio"}
    # The response to a request for slots is one of httpx's.
    assert "concurrency" in helper or not roots(modules) & HEAVY


def test_the_table_of_imports_imports_nothing() -> None:
    statements = ast.walk(ast.parse(inspect.getsource(import_map)))
    imports = [ast.unparse(node) for node in statements if isinstance(node, ast.Import | ast.ImportFrom)]
    assert imports == ["from __future__ import annotations"]


def test_prefect_is_not_imported_by_a_call() -> None:
    code = (
        "from prefectkit.compat import SyncPrefectClient, ObjectNotFound; import httpx\n"
        "respond = httpx.MockTransport(lambda request: httpx.Response(404))\n"
        "client = SyncPrefectClient('http://prefect.test/api', httpx_settings={'transport': respond})\n"
        "try: client.read_flow_run('00000000-0000-0000-0000-000000000001')\n"
        "except ObjectNotFound: pass"
    )
    assert not roots(loaded(code)) & {"prefect", "pydantic"}


def test_the_public_names_are_there() -> None:
    for name in compat.__all__:
        assert getattr(compat, name).__name__ == name
    with pytest.raises(AttributeError, match="has no attribute 'PrefektClient'"):
        _ = compat.PrefektClient  # type: ignore[attr-defined] -- it is what is tested
