"""The OpenAPI document of the installed server's API."""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from typing import Any

import pytest

from tests.server_cache import cached_path, write_cached


@cache
def document() -> dict[str, Any]:
    """The document: its paths and schemas. Tests that need it are skipped where no server is installed."""
    if find_spec("prefect") is None:
        pytest.skip("Prefect is not installed", allow_module_level=True)
    path = cached_path("openapi.json")
    if path.exists():
        return json.loads(path.read_bytes())
    made = _make()
    write_cached(path, lambda partial: partial.write_text(json.dumps(made)))
    return made


def _make() -> dict[str, Any]:
    from prefect.server.api.server import create_app  # after the environment is set

    app = create_app(ephemeral=True)
    (api,) = [route.app for route in app.routes if getattr(route, "path", None) == "/api"]
    return api.openapi()
