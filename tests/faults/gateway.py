"""A gateway that answers in the server's place: the request gets no further, whatever its answer looks like."""

from __future__ import annotations

from tests.faults.server import Connection, Fault

HTML = "content-type: text/html; charset=utf-8"
TEXT = "content-type: text/plain"
JSON = "content-type: application/json"
PAGE = b"<!doctype html><title>Sign in</title><form method=post></form>"


def _answers(status: str, body: bytes = b"", *headers: str) -> Fault:
    def answer(connection: Connection) -> bool:
        connection.take()
        return connection.respond(body, *headers, status=status)

    return answer


SIGN_IN: dict[str, Fault] = {
    "a page to sign in at": _answers("200 OK", PAGE, HTML),
    "the same, created": _answers("201 Created", PAGE, HTML),
    "the same, without a type": _answers("200 OK", PAGE),
    "a word": _answers("200 OK", b"OK", TEXT),
    "an empty page": _answers("200 OK", b"", HTML),
    "half a page, called JSON": _answers("202 Accepted", PAGE[:20], JSON),
}
"""It looks like a success."""
GONE: dict[str, Fault] = {
    "404 page": _answers("404 Not Found", PAGE, HTML),
    "404 text": _answers("404 Not Found", b"default backend - 404", TEXT),
    "404 empty": _answers("404 Not Found"),
    "404 null": _answers("404 Not Found", b"null", JSON),
    "404 of any application": _answers("404 Not Found", b'{"detail":"Not Found"}', JSON),
    "404 of another application": _answers("404 Not Found", b'{"message":"Application not found"}', JSON),
    "404 of a mesh": _answers("404 Not Found", b'{"detail":"no healthy upstream","code":404}', JSON),
}
"""It has lost its server."""
GATEWAY = SIGN_IN | GONE
