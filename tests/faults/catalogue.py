"""What can go wrong on the wire, by the part of the exchange that it hits."""

from __future__ import annotations

import gzip
import zlib
from functools import cache

from tests.faults.server import Connection, fault

CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"


@cache
def _bomb() -> bytes:
    """80 MiB in 80 kB."""
    return gzip.compress(bytes(80 << 20))


# Before the request is read, or while it is.


@fault
def reset_before_read(connection: Connection) -> None:
    connection.reset()


@fault
def close_before_read(connection: Connection) -> None:
    pass


@fault
def read_slowly(connection: Connection) -> None:
    """Takes some of the body now and then, and never all of it."""
    while not connection.server.stopping.wait(0.02) and connection.socket.recv(4096):
        pass


# The request is applied, and no response begins.


@fault
def reset_after_apply(connection: Connection) -> None:
    connection.read()
    connection.reset()


@fault
def close_after_apply(connection: Connection) -> None:
    connection.read()


@fault
def hang(connection: Connection) -> None:
    connection.read()
    connection.hang()


@fault
def slow(connection: Connection) -> bool:
    connection.read()
    connection.server.stopping.wait(0.05)
    return connection.respond(b"{}")


@fault
def close_idle(connection: Connection) -> None:
    """Responses as if it would keep the connection, and does not."""
    connection.read_and_respond(b"{}")


@fault
def fail(connection: Connection) -> bool:
    """An error of the server's own, on a connection that it would keep."""
    return connection.read_and_respond(b'{"detail":"broken"}', status="500 Internal Server Error")


# The head of the response is wrong.


@fault
def half_status(connection: Connection) -> None:
    connection.cut(b"HTTP/1.1 20")


@fault
def half_headers(connection: Connection) -> None:
    connection.cut(b"HTTP/1.1 200 OK\r\ncontent-le")


@fault
def garbage_status(connection: Connection) -> None:
    connection.cut(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")


@fault
def no_status(connection: Connection) -> None:
    connection.cut(b"<html>HTTP/0.9 has no head</html>")


@fault
def big_headers(connection: Connection) -> None:
    connection.cut(b"HTTP/1.1 200 OK\r\nx-big: " + b"a" * (1 << 20) + b"\r\ncontent-length: 0\r\n\r\n")


@fault
def nul_header(connection: Connection) -> None:
    connection.cut(b"HTTP/1.1 200 OK\r\nx-nul: a\0b\r\ncontent-length: 0\r\n\r\n")


@fault
def two_lengths(connection: Connection) -> None:
    connection.cut(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}")


@fault
def negative_length(connection: Connection) -> None:
    connection.cut(b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n{}")


@fault
def drip_headers(connection: Connection) -> None:
    connection.read()
    connection.send(b"HTTP/1.1 200 OK\r\nx-drip: ")
    connection.drip(b"a")


@fault
def many_hints(connection: Connection) -> bool:
    connection.read()
    connection.send(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 1000)
    return connection.respond(b"{}")


@fault
def endless_hints(connection: Connection) -> None:
    connection.read()
    connection.drip(b"HTTP/1.1 103 Early Hints\r\n\r\n")


# The body of the response is wrong.


@fault
def half_body(connection: Connection) -> None:
    connection.read_and_respond(b'{"id":', length=1000)


@fault
def reset_body(connection: Connection) -> None:
    connection.read_and_respond(b'{"id":', length=1000)
    connection.reset()


@fault
def half_chunk(connection: Connection) -> None:
    connection.cut(CHUNKED + b"ff\r\n{}")


@fault
def bad_chunk_size(connection: Connection) -> None:
    connection.cut(CHUNKED + b"xyz\r\n{}\r\n0\r\n\r\n")


@fault
def no_last_chunk(connection: Connection) -> None:
    connection.cut(CHUNKED + b"2\r\n{}\r\n")


@fault
def drip_body(connection: Connection) -> None:
    connection.read_and_respond(b"", length=1 << 20)
    connection.drip(b" ")


@fault
def hang_body(connection: Connection) -> None:
    connection.read_and_respond(b"{", length=1000)
    connection.hang()


@fault
def endless_body(connection: Connection) -> None:
    connection.read()
    connection.send(CHUNKED)
    while not connection.server.stopping.is_set():
        connection.send(b"10000\r\n" + bytes(1 << 16) + b"\r\n")


@fault
def html(connection: Connection) -> bool:
    return connection.read_and_respond(b"<html>Sign in</html>", "content-type: text/html")


@fault
def half_json(connection: Connection) -> bool:
    return connection.read_and_respond(b'{"id":', "content-type: application/json")


@fault
def body_of_204(connection: Connection) -> bool:
    """A body where HTTP allows none."""
    connection.cut(b"HTTP/1.1 204 No Content\r\ncontent-length: 2\r\n\r\n{}")
    return True


@fault
def two_responses(connection: Connection) -> bool:
    """One more response than there are requests."""
    connection.cut(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nnull")
    return True


@fault
def redirect(connection: Connection) -> bool:
    return connection.read_and_respond(b"", "location: /echo", status="307 Temporary Redirect")


# The body is packed.


@fault
def packed(connection: Connection) -> bool:
    return connection.read_and_respond(gzip.compress(b'{"packed":true}'), "content-encoding: gzip")


@fault
def packed_in_two(connection: Connection) -> bool:
    return connection.read_and_respond(
        gzip.compress(b'{"packed":') + gzip.compress(b"true}"), "content-encoding: x-gzip"
    )


@fault
def bomb(connection: Connection) -> bool:
    return connection.read_and_respond(_bomb(), "content-encoding: gzip")


@fault
def double_bomb(connection: Connection) -> bool:
    return connection.read_and_respond(gzip.compress(_bomb()), "content-encoding: gzip, gzip")


@fault
def bad_gzip(connection: Connection) -> bool:
    return connection.read_and_respond(b"this is no gzip", "content-encoding: gzip")


@fault
def half_gzip(connection: Connection) -> bool:
    return connection.read_and_respond(gzip.compress(b"{}" * 1000)[:-9], "content-encoding: gzip")


@fault
def deflate(connection: Connection) -> bool:
    return connection.read_and_respond(zlib.compress(b"{}"), "content-encoding: deflate")


@fault
def unknown_coding(connection: Connection) -> bool:
    return connection.read_and_respond(b"{}", "content-encoding: br")
