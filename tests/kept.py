"""What takes the installed server long to make, and is kept between runs."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

CACHE = Path(__file__).parent.parent / ".pytest_cache" / "server"
MADE_BY = ("prefect", "fastapi", "starlette", "pydantic", "pydantic-core", "sqlalchemy")


def kept(name: str) -> Path:
    """Where a file is kept that depends on the versions of the server and what it is made of."""
    versions = " ".join([sys.version, *(f"{each} {version(each)}" for each in MADE_BY)])
    return CACHE / hashlib.sha256(versions.encode()).hexdigest()[:16] / name


def keep(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file that appears whole, whoever else writes it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    write(partial)
    partial.replace(path)
