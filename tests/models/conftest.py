"""What the installed server says of its own API."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(scope="session")
def openapi() -> dict[str, Any]:
    """The OpenAPI document of the installed server's API."""
    from prefect.server.api.server import create_app  # after the environment is set

    app = create_app(ephemeral=True)
    (api,) = [route.app for route in app.routes if getattr(route, "path", None) == "/api"]
    return api.openapi()


@pytest.fixture(scope="session")
def schemas(openapi: dict[str, Any]) -> dict[str, Any]:
    """The schemas of that document, by name."""
    return openapi["components"]["schemas"]
