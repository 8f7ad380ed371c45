"""A gateway that responds in place of the server: the request is not passed on."""

from __future__ import annotations

from tests.faults.server import Connection, Fault

HTML = "content-type: text/html; charset=utf-8"
TEXT = "content-type: text/plain"
JSON = "content-type: application/json"
PAGE = b"<!doctype html><title>Sign in</title><form method=post></form>"


def _gateway(status: str, body: bytes = b"", *headers: str) -> Fault:
    def respond(connection: Connection) -> bool:
        connection.take()
        return connection.respond(body, *headers, status=status)

    return respond


SIGN_IN: dict[str, Fault] = {
    "a page to sign in at": _gateway("200 OK", PAGE, HTML),
    "the same, created": _gateway("201 Created", PAGE, HTML),
    "the same, without a type": _gateway("200 OK", PAGE),
    "a word": _gateway("200 OK", b"OK", TEXT),
    "an empty page": _gateway("200 OK", b"", HTML),
    "half a page, called JSON": _gateway("202 Accepted", PAGE[:20], JSON),
    "nothing": _gateway("200 OK"),
    "an error in JSON": _gateway("200 OK", b'{"error":"login_required"}', JSON),
    "a health check": _gateway("200 OK", b'{"status":"ok"}', JSON),
    "an empty object": _gateway("201 Created", b"{}", JSON),
}
"""It looks like a success."""
GONE: dict[str, Fault] = {
    "404 page": _gateway("404 Not Found", PAGE, HTML),
    "404 text": _gateway("404 Not Found", b"default backend - 404", TEXT),
    "404 empty": _gateway("404 Not Found"),
    "404 null": _gateway("404 Not Found", b"null", JSON),
    "404 of any application": _gateway("404 Not Found", b'{"detail":"Not Found"}', JSON),
    "404 of another application": _gateway("404 Not Found", b'{"message":"Application not found"}', JSON),
    "404 of a mesh": _gateway("404 Not Found", b'{"detail":"no healthy upstream","code":404}', JSON),
}
"""It has lost its server."""
GATEWAY = SIGN_IN | GONE
