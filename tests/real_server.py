"""The real Prefect server: its app and a socket that serves it, here or in a process of its own."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import uvicorn

from tests.server_cache import cached_path, write_cached

DATABASE = "prefect.db"
SERVER = """
import sys
from tests.real_server import start
with start() as server:
    print(server.url, flush=True)
    sys.stdin.read()
"""


def without(*services: str) -> dict[str, str]:
    """Variables that turn services of the server off."""
    return {f"PREFECT_SERVER_SERVICES_{service}_ENABLED": "false" for service in services}


# What would write when no test asks for it: SQLite takes one write at a time, and triggers of automations that a test
# has left there keep it locked for minutes.
UNATTENDED = without(
    "CANCELLATION_CLEANUP",
    "EVENT_LOGGER",
    "FOREMAN",
    "LATE_RUNS",
    "PAUSE_EXPIRATIONS",
    "REPOSSESSOR",
    "SCHEDULER",
    "TRIGGERS",
)
# Nothing changes but what a client does.
QUIET = UNATTENDED | without("EVENT_PERSISTER")


class RealServer(NamedTuple):
    app: Any
    url: str


def put_database(home: Path) -> None:
    """Copy the cached empty database, if there is one, to `home`: creating it takes most of the server's start."""
    template, path = cached_path(DATABASE), home / DATABASE
    if template.exists() and not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(template, path)


def _cache_database(home: Path) -> None:
    def back_up(target: Path) -> None:
        with closing(sqlite3.connect(home / DATABASE)) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy)

    if not cached_path(DATABASE).exists():
        write_cached(cached_path(DATABASE), back_up)


@contextmanager
def start() -> Iterator[RealServer]:
    from prefect.server.api.server import create_app  # after the environment is set

    home = Path(os.environ["PREFECT_HOME"])
    put_database(home)
    app = create_app(ephemeral=True)
    # asyncio sends at once only what goes over TCP by name; else a response in two writes takes 40 ms.
    listener = socket.socket(proto=socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="error", ws="none", timeout_graceful_shutdown=2)
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    end = time.monotonic() + 120
    while not running.started:
        if not thread.is_alive() or time.monotonic() > end:
            raise RuntimeError("the Prefect server did not start")
        time.sleep(0.05)
    _cache_database(home)
    try:
        yield RealServer(app, f"http://127.0.0.1:{listener.getsockname()[1]}/api")
    finally:
        running.should_exit = True
        thread.join(30)
        listener.close()


@contextmanager
def quiet(home: Path) -> Iterator[str]:
    """The URL of a server that nobody else uses, in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **QUIET, "PREFECT_HOME": str(home), "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert process.stdin and process.stdout
    try:
        yield process.stdout.readline().strip()
    finally:
        process.stdin.close()
        process.wait(60)
        process.stdout.close()
