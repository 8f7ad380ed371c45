"""The real Prefect server: its app, and a socket that serves it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import uvicorn


class RealServer(NamedTuple):
    app: Any
    url: str


@contextmanager
def start() -> Iterator[RealServer]:
    from prefect.server.api.server import create_app  # after the environment is set

    app = create_app(ephemeral=True)
    listener = socket.socket()
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
    try:
        yield RealServer(app, f"http://127.0.0.1:{listener.getsockname()[1]}/api")
    finally:
        running.should_exit = True
        thread.join(30)
        listener.close()
