"""`python -m tests.mutation`: which mutants of the modules that decide about harm do the tests notice?

Each mutant runs in a process of its own, in which the module is replaced when it is imported. A mutant that no test
fails with survives; one that changes nothing which a caller could see is listed, with the reason, in `equivalent.py`.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

# Loaded once, before the processes part: all that the tests import and that imports nothing of the package.
import anyio
import hypothesis
import msgspec
import pytest
import trio
import uvicorn

from tests.mutation.equivalent import EQUIVALENT
from tests.mutation.mutants import Mutant, mutants

ROOT = Path(__file__).parents[2]
LEAST = 0.95
LONGEST = 120
PRELOADED = (anyio, msgspec, trio, uvicorn)

TESTED_BY: dict[str, list[str]] = {
    "prefectkit.core.retries.policy": ["retries/test_policy", "test_engine_retries", "test_engine_errors"],
    "prefectkit.core.retries.retry_after": ["retries/test_retry_after"],
    "prefectkit.core.retries.comparison": ["retries/test_comparison"],
    "prefectkit.core.retries.reconciliation": ["retries/test_reconciliation"],
    "prefectkit.core.retries.earlier_attempt": ["retries/test_earlier_attempt"],
    "prefectkit.core.retries.idempotency_keys": ["retries/test_idempotency_keys"],
    "prefectkit.core.http.paths": ["http/test_paths"],
    "prefectkit.core.http.headers": ["http/test_headers"],
    "prefectkit.core.http.redirects": ["http/test_redirects"],
    "prefectkit.core.security.redaction": [
        "security/test_secrets",
        "security/test_redaction",
        "security/test_redaction_rules",
        "security/test_redactor",
    ],
    "prefectkit.core.security.redactor": ["security/test_redactor"],
    "prefectkit.core.security.secret_names": ["security/test_secret_names"],
    "prefectkit.core.security.known_secrets": ["security/test_known_secrets"],
    "prefectkit.core.security.secret_patterns": ["security/test_secret_patterns"],
    "prefectkit.core.concurrency.locks": ["concurrency/test_locks"],
}
"""The modules, and their tests: names of files in `tests/core`."""


class Outcome(NamedTuple):
    """What became of a mutant."""

    mutant: Mutant
    killed: bool


class Replaced(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Puts a mutant in the place of its module."""

    def __init__(self, module: str, mutant: Mutant) -> None:
        self.module = module
        self.mutant = mutant

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self.module:
            return None
        return importlib.util.spec_from_file_location(fullname, file_of(self.module), loader=self)

    def exec_module(self, module: ModuleType) -> None:
        exec(self.mutant.code, module.__dict__)

    def get_source(self, fullname: str) -> str:
        return file_of(fullname).read_text()


def file_of(module: str) -> Path:
    return ROOT / (module.replace(".", "/") + ".py")


def run(module: str, mutant: Mutant | None) -> int:
    """Start the tests of a module in a process of their own, and return its id."""
    pid = os.fork()
    if pid:
        return pid
    status = 3
    try:
        signal.alarm(LONGEST)
        if mutant is not None:
            sys.meta_path.insert(0, Replaced(module, mutant))
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        hypothesis.settings.register_profile("mutants", database=None, derandomize=True)
        hypothesis.settings.load_profile("mutants")
        files = [str(ROOT / "tests/core" / f"{name}.py") for name in TESTED_BY[module]]
        # The plugins of pytest are there before it is, and so cannot be rewritten.
        loaded_before = "ignore::pytest.PytestAssertRewriteWarning"
        status = int(pytest.main(["-x", "-q", "-p", "no:faulthandler", "-W", loaded_before, *files]))
    finally:
        os._exit(status)


def outcomes(module: str) -> Iterator[Outcome]:
    """Run every mutant of a module, as many at once as there are processors."""
    under_way: dict[int, Mutant] = {}
    left = mutants(file_of(module))
    while True:
        while len(under_way) < (os.cpu_count() or 1) and (mutant := next(left, None)) is not None:
            under_way[run(module, mutant)] = mutant
        if not under_way:
            return
        pid, status = os.wait()
        if pid in under_way:
            yield Outcome(under_way.pop(pid), status != 0)


def check(module: str) -> bool:
    """Whether the tests pass as they are."""
    return os.waitpid(run(module, None), 0)[1] == 0


def main(names: list[str]) -> int:
    modules = {module.rpartition(".")[2]: module for module in TESTED_BY}
    if unknown := set(names) - modules.keys():
        print(f"no module {', '.join(sorted(unknown))}: there are {', '.join(modules)}")
        return 2
    killed = counted = 0
    for module in [modules[name] for name in names or modules]:
        if not check(module):
            print(f"{module}: its tests fail, so they cannot tell a mutant")
            return 2
        started = time.monotonic()
        known = EQUIVALENT.get(module, {})
        seen = list(outcomes(module))
        survivors = sorted((it.mutant for it in seen if not it.killed), key=lambda mutant: mutant.line)
        alive = [mutant for mutant in survivors if mutant.key not in known]
        equivalent = len(survivors) - len(alive)
        killed += len(seen) - len(survivors)
        counted += len(seen) - equivalent
        seconds = time.monotonic() - started
        print(
            f"{module}: killed {len(seen) - len(survivors)}/{len(seen) - equivalent}, "
            f"{equivalent} equivalent, {seconds:.0f} s",
            flush=True,
        )
        for mutant in alive:
            print(f"  {file_of(module).relative_to(ROOT)}:{mutant.line}: {mutant.key}")
        for key in known.keys() - {mutant.key for mutant in survivors}:
            print(f"  not a survivor, though listed as equivalent: {key}")
    print(f"killed {killed}/{counted} ({killed / counted:.1%})")
    return 0 if killed >= LEAST * counted else 1


if __name__ == "__main__":
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = tempfile.mkdtemp()
    sys.exit(main(sys.argv[1:]))
