"""The OpenAPI document of the installed server's API: it takes seconds to make, so it is kept between runs."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

CACHE = Path(__file__).parent.parent / ".pytest_cache" / "openapi"
MADE_BY = ("prefect", "fastapi", "starlette", "pydantic", "pydantic-core")


@cache
def document() -> dict[str, Any]:
    """The document, made once for each set of versions that decide what is in it."""
    versions = " ".join([sys.version, *(f"{name} {version(name)}" for name in MADE_BY)])
    kept = CACHE / f"{hashlib.sha256(versions.encode()).hexdigest()[:16]}.json"
    if kept.exists():
        return json.loads(kept.read_bytes())
    made = _make()
    CACHE.mkdir(parents=True, exist_ok=True)
    partial = kept.with_suffix(f".{os.getpid()}")
    partial.write_text(json.dumps(made))
    partial.replace(kept)
    return made


def _make() -> dict[str, Any]:
    from prefect.server.api.server import create_app  # after the environment is set

    app = create_app(ephemeral=True)
    (api,) = [route.app for route in app.routes if getattr(route, "path", None) == "/api"]
    return api.openapi()
