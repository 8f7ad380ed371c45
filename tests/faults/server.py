"""A server on loopback that goes wrong on request: the last segment of the path names the fault.

    with FaultServer() as server:
        httpx.get(server.url + "/half-body")

A fault is a function of a `Connection`; `@fault` adds one to the table, by its name with hyphens: see `catalogue.py`.
It may read the request, send any bytes, and returns True to keep the connection for a next request. Without a fault of
that name the response is 200 with an echo. A name of the form `status-503` responds with that status.
"""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any

Fault = Callable[["Connection"], "bool | None"]
FAULTS: dict[str, Fault] = {}

LOOPBACK = "127.0.0.1"


def fault(function: Fault) -> Fault:
    """Add a fault to the table."""
    FAULTS[function.__name__.replace("_", "-")] = function
    return function


@dataclass
class Received:
    """A request that arrived whole."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(eq=False)
class Connection:
    """One connection, and the request on it."""

    socket: socket.socket
    server: FaultServer
    buffer: bytes = b""
    head: bytes = b""
    due: Any = None

    @property
    def name(self) -> str:
        """The fault that the request asks for."""
        return self.head.split(b" ", 2)[1].split(b"?")[0].rpartition(b"/")[2].partition(b":")[0].decode()

    def peek(self) -> bool:
        """Look at the head of the next request; False where there is none. The body stays unread."""
        while b"\r\n\r\n" not in self.buffer:
            data = self.socket.recv(65536)
            if not data:
                return False
            self.buffer += data
        self.head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        return True

    def look(self) -> Received:
        """The whole request, which stays where it is."""
        first, *lines = self.head.decode("latin-1").split("\r\n")
        method, path, _ = first.split(" ", 2)
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(headers.get("content-length", "0"))
        while len(self.buffer) < length:
            data = self.socket.recv(65536)
            if not data:
                raise ConnectionError("the client left")
            self.buffer += data
        return Received(method, path, headers, self.buffer[:length])

    def take(self) -> Received:
        """Take the whole request off the wire."""
        received = self.look()
        self.buffer = self.buffer[len(received.body) :]
        return received

    def read(self) -> Received:
        """Take the whole request and apply it."""
        received = self.take()
        self.server.apply(self, received)
        return received

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def respond(self, body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> bool:
        """A response, well formed but for what is asked otherwise."""
        size = len(body) if length is None else length
        lines = [f"HTTP/1.1 {status}", f"content-length: {size}", *headers]
        self.send("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)
        return True

    def read_and_respond(self, body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> bool:
        """Take the request and respond."""
        self.read()
        return self.respond(body, *headers, status=status, length=length)

    def cut(self, data: bytes) -> None:
        """Take the request, and send just this."""
        self.read()
        self.send(data)

    def drip(self, data: bytes, every: float = 0.05) -> None:
        """Send a byte now and then, over and over, until the client or the server has had enough."""
        while not self.server.stopping.wait(every):
            self.send(data)

    def hang(self) -> None:
        """Say nothing until the client leaves."""
        while not self.server.stopping.is_set() and self.socket.recv(65536):
            pass

    def reset(self) -> None:
        """Close with a RST."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


class FaultServer:
    """Listens on a free port of loopback, a thread for each connection.

    Args:
        tls: Speak https with this context.
        on_connect: What to do with a connection before anything is read of it; True to go on.

    Attributes:
        url: The root to send to.
        received: The requests that arrived whole.
        connections: How many were accepted.
    """

    def __init__(self, *, tls: ssl.SSLContext | None = None, on_connect: Fault | None = None) -> None:
        self._tls = tls
        self._on_connect = on_connect
        self._listener = socket.create_server((LOOPBACK, 0), backlog=256)
        self._open: set[Connection] = set()
        self._threads: list[threading.Thread] = []
        self.stopping = threading.Event()
        self.received: list[Received] = []
        self.connections = 0
        self.port: int = self._listener.getsockname()[1]
        self.url = f"{'http' if tls is None else 'https'}://{LOOPBACK}:{self.port}"

    @property
    def open(self) -> int:
        """How many connections this end has not closed."""
        return len(self._open)

    def fault_of(self, connection: Connection) -> Fault:
        """What goes wrong with the request that has begun; here, by its path."""
        return FAULTS.get(connection.name, _by_name)

    def apply(self, connection: Connection, received: Received) -> None:
        """Do what a request asks for; here, only note it."""
        self.received.append(received)

    def __enter__(self) -> FaultServer:
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stopping.set()
        for open_socket in [self._listener, *(connection.socket for connection in list(self._open))]:
            try:
                open_socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self._listener.close()
        for thread in self._threads:
            thread.join(5)

    def _start(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads = [old for old in self._threads if old.is_alive()]
        thread.start()
        self._threads.append(thread)

    def _accept(self) -> None:
        while not self.stopping.is_set():
            try:
                accepted, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = Connection(accepted, self)
            self._open.add(connection)
            self._start(self._serve, connection)

    def _serve(self, connection: Connection) -> None:
        try:
            if self._on_connect is not None and not self._on_connect(connection):
                return
            if self._tls is not None:
                connection.socket = self._tls.wrap_socket(connection.socket, server_side=True)
            while connection.peek():
                if not self.fault_of(connection)(connection):
                    return
        except (OSError, ValueError):
            pass  # The client has left, which is what most faults make it do.
        finally:
            connection.socket.close()
            self._open.discard(connection)


def closed_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server((LOOPBACK, 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _by_name(connection: Connection) -> bool:
    kind, _, status = connection.name.partition("-")
    if kind == "status":
        body = b"" if status in ("204", "304") else b'{"detail":"as you wish"}'
        return connection.read_and_respond(body, status=f"{int(status):03} Status")
    request = connection.read()
    facts = {"method": request.method, "path": request.path, "body": request.body.decode(), "headers": request.headers}
    return connection.respond(json.dumps(facts).encode(), "content-type: application/json")
