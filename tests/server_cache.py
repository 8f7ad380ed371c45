"""A cache, between test runs, of files that the installed server takes long to make."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

CACHE = Path(__file__).parent.parent / ".pytest_cache" / "server"
PACKAGES = ("prefect", "fastapi", "starlette", "pydantic", "pydantic-core", "sqlalchemy")


def cached_path(name: str) -> Path:
    """The path of a cached file: one for each combination of versions of the server and its dependencies."""
    versions = " ".join([sys.version, *(f"{package} {version(package)}" for package in PACKAGES)])
    return CACHE / hashlib.sha256(versions.encode()).hexdigest()[:16] / name


def write_cached(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file atomically, since other processes may write it too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    write(partial)
    partial.replace(path)
