"""A working directory and a home directory for each test of the settings, and the official client to compare with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import certifi

from prefectkit.core.settings import Settings, load_settings
from prefectkit.core.settings.fields import SETTINGS

WORKER = Path(__file__).with_name("official_worker.py")
# The official client takes this default once, when it is imported.
AUTHORITIES = certifi.where()


class Place:
    """A directory to write configuration files in and load settings from."""

    def __init__(self, root: Path) -> None:
        self.cwd = root / "project"
        self.home = root / "prefect"
        self.cwd.mkdir(parents=True)
        self.home.mkdir()

    def write(self, name: str, text: str) -> Path:
        path = self.cwd / name
        path.write_text(text, encoding="utf-8")
        return path

    def write_profiles(self, text: str) -> Path:
        path = self.home / "profiles.toml"
        path.write_text(text, encoding="utf-8")
        return path

    def load(self, environ: Mapping[str, str] | None = None, *, strict: bool = True) -> Settings:
        return load_settings({"PREFECT_HOME": str(self.home), **(environ or {})}, self.cwd, strict_profile=strict)


class Official:
    """The official client's settings, read in one process of their own for all the cases."""

    def __init__(self, user_home: Path) -> None:
        self.user_home = user_home
        self._process = subprocess.Popen(
            [sys.executable, str(WORKER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={
                **{name: value for name, value in os.environ.items() if not name.upper().startswith("PREFECT_")},
                "HOME": str(user_home),
                "PREFECT_HOME": str(user_home / "worker"),
                "SSL_CERT_FILE": AUTHORITIES,
            },
        )

    def load(self, environ: Mapping[str, str], cwd: Path) -> dict[str, Any]:
        """The value of each setting by its dotted path, or `{"error": ...}`; `unset` lists what nobody configured."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        case = {"environ": dict(environ), "cwd": str(cwd), "paths": [setting.path for setting in SETTINGS]}
        self._process.stdin.write(json.dumps(case) + "\n")
        self._process.stdin.flush()
        result: dict[str, Any] = json.loads(self._process.stdout.readline())
        return result

    def close(self) -> None:
        self._process.communicate()
