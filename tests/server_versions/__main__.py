"""Runs the suite of the resources against several servers, each in its own environment, and prints a table.

    python -m tests.server_versions ENVIRONMENT ...

An environment is a folder with `bin/python`; the server in it is what is tested.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from tests.server_versions.suite_result import SuiteResult, table

SUITE = ("tests/resources", "tests/server_versions/test_server.py")
SURFACES = os.environ.get("PREFECTKIT_TEST_SURFACES") or "sync-http,asyncio-asgi"


def run(environment: Path) -> SuiteResult:
    """Run the suite there; what it prints passes through."""
    report = environment / "result.json"
    report.unlink(missing_ok=True)
    print(f"==> Prefect {environment.name}: the suite on {SURFACES} (about two minutes)", flush=True)
    started = time.monotonic()
    # Warnings are not errors here: an older server under newer libraries has some of its own.
    tests = ["-p", "tests.server_versions.plugin", "--result", str(report), "-W", "default", *SUITE]
    done = subprocess.run(
        [environment / "bin/python", "-m", "pytest", "-q", "--tb=short", "--disable-warnings", *tests],
        env=os.environ | {"PREFECTKIT_TEST_SURFACES": SURFACES},
        check=False,
    )
    print(f"==> Prefect {environment.name}: {time.monotonic() - started:.0f} s", flush=True)
    if not report.exists():
        return SuiteResult(environment.name, failed={"the suite": ["it did not start: see above"]})
    result = SuiteResult.load(report)
    if done.returncode and not result.failed:
        result.fail("the suite", f"pytest ended with {done.returncode}: see above")
    if result.version != environment.name:
        result.fail("the suite", f"the environment {environment.name} holds Prefect {result.version}")
    return result


def main(environments: list[str]) -> int:
    results = [run(Path(each)) for each in environments]
    print("\n" + table(results))
    return int(any(it.failed for it in results))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
