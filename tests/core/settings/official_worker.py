"""Reads the official client's settings, once per line of standard input; run as a program by the tests."""

from __future__ import annotations

import json
import os
import sys
import warnings
from pathlib import Path
from typing import Any

import prefect.settings.sources as sources
from prefect.settings import Settings
from pydantic import SecretStr


def read(environ: dict[str, str], cwd: str, paths: list[str]) -> dict[str, Any]:
    os.environ.clear()
    os.environ.update(environ)
    os.chdir(cwd)
    sources._file_cache.clear()
    try:
        settings = Settings()
    # A broken file makes the official client raise about anything; which, is not what is compared.
    except Exception as error:
        return {"error": repr(error)}
    unset: list[str] = []
    result: dict[str, Any] = {"unset": unset}
    for path in paths:
        *groups, name = path.split(".")
        group: Any = settings
        for part in groups:
            group = getattr(group, part)
        result[path] = plain(getattr(group, name))
        if name not in group.model_fields_set:
            unset.append(path)
    return result


def plain(value: object) -> object:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, set):
        return sorted(value)
    return str(value) if isinstance(value, Path) else value


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    for line in sys.stdin:
        print(json.dumps(read(**json.loads(line))), flush=True)
