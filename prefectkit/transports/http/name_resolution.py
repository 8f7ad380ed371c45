"""Resolves host names within a timeout, which the resolver of the operating system does not offer."""

from __future__ import annotations

import os
import socket
import threading

_in_progress: dict[tuple[int, str, int], Resolution] = {}
"""The last resolution of each name, by process: threads that wait for the same name share it."""


class Resolution(threading.Thread):
    """Resolves one name in a thread of its own, which continues when no caller waits any more."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(name=f"prefectkit name resolution of {host}", daemon=True)
        self._host = host
        self._port = port
        self._done = threading.Event()
        self._addresses: list[str] = []
        self._error: Exception | None = None

    @property
    def is_done(self) -> bool:
        """Whether there is a result."""
        return self._done.is_set()

    def run(self) -> None:
        try:
            self._addresses = _resolve(self._host, self._port)
        except Exception as error:
            self._error = error
        finally:
            self._done.set()

    def result(self, timeout: float) -> list[str]:
        """Wait for the addresses.

        Raises:
            TimeoutError: There is no result in time.
            OSError: The name has no address.
        """
        if not self._done.wait(min(timeout, threading.TIMEOUT_MAX)):
            raise TimeoutError(f"no address of {self._host} was found in time")
        if self._error is not None:
            raise self._error
        return self._addresses


def resolve_host(host: str, port: int, timeout: float | None) -> list[str]:
    """The addresses of a host, in the order of the resolver.

    Args:
        host: A name or an address.
        port: The port to connect to.
        timeout: Seconds to wait; None for no limit.

    Raises:
        TimeoutError: The name server does not respond in time.
        OSError: The name has no address.
    """
    if timeout is None or is_address(host):
        return _resolve(host, port)
    key = os.getpid(), host, port
    resolution = _in_progress.get(key)
    if resolution is None or resolution.is_done:
        # Stored before it starts: another thread may ask for the name meanwhile.
        resolution = _in_progress[key] = Resolution(host, port)
        try:
            resolution.start()
        except RuntimeError:
            # The interpreter starts no thread while it shuts down.
            resolution.run()
    return resolution.result(timeout)


def is_address(host: str) -> bool:
    """Whether a host is an IP address instead of a name."""
    return ":" in host or host.replace(".", "").isdigit()


def _resolve(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))
