"""Equivalent mutants, which change nothing that a caller can observe, with the reason, by module."""

from __future__ import annotations

SHORT_CUT = "a short cut: quote() leaves such a name as it is, too"
SAME_ID = "a short cut: the way of any other id ends the same"
NO_SLASH = "a name with a slash has been refused before, and an X is never quoted"
AS_LONG = "both are of one length by then"

USUAL = "a short cut: a usual name holds no secret"

_USUAL = ("date", "location", "retry-after", "server", "set-cookie", "transfer-encoding", "vary")
_USUAL_NAMES = "{" + ", ".join(f'"{name}"' for name in _USUAL) + "}"

EQUIVALENT: dict[str, dict[str, str]] = {
    "prefectkit.core.retries.policy": {
        "i = min(attempt - 1, 10) :: 10 -> 11": "from 5 on the delay is at its bound; 10 only keeps the power small",
    },
    "prefectkit.core.retries.retry_after": {
        "if not value: :: if False": "the standard library refuses what is empty, too",
    },
    "prefectkit.core.retries.idempotency_keys": {
        'while frame is not None and frame.f_globals["__name__"].startswith("prefectkit."): '
        ":: without frame is not None": "nothing of the package is at the end of the stack",
    },
    "prefectkit.core.http.redirects": {
        'return place.scheme, place.hostname, place.port or _PORTS.get(place.scheme), "@" in place.netloc '
        ":: In -> NotIn": "the other side of the comparison never has one, and is turned with it",
    },
    "prefectkit.core.http.paths": {
        "_PLAIN = re.compile(r\"[A-Za-z0-9_.~-]+\", re.ASCII) :: '[A-Za-z0-9_.~-]+' -> another text": SHORT_CUT,
        'if _PLAIN.fullmatch(text) and text not in (".", ".."): :: if False': SHORT_CUT,
        '_CANONICAL = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}") '
        ":: '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}' -> another text": SAME_ID,
        "if type(value) is UUID: :: if False": SAME_ID,
        "if isinstance(value, str) and _CANONICAL.fullmatch(value): :: if False": SAME_ID,
        'self._parts.append((template[end:], "", False)) :: False -> True': "what has no name has no value to check",
        "literal = _PARAMETER.sub(\"x\", template) :: 'x' -> another text": "it stands for any plain text",
        'return quote(text, safe="") :: without safe=': NO_SLASH,
        "return quote(text, safe=\"\") :: '' -> another text": NO_SLASH,
    },
    "prefectkit.core.http.headers": {
        "text = \"\".join([*headers, *headers.values()]) :: '' -> another text": "a safe one in between",
        "return (text.isascii() and text.isprintable()) or _UNSAFE.search(text) is None "
        ":: without text.isascii() and text.isprintable()": "a short cut: what is plain has nothing unsafe",
    },
    "prefectkit.core.retries.comparison": {
        "is_same(*pair, completed=completed) for pair in zip(items, others, strict=True) :: without strict=": AS_LONG,
        "is_same(*pair, completed=completed) for pair in zip(items, others, strict=True) :: True -> False": AS_LONG,
    },
    "prefectkit.core.retries.reconciliation": {
        "differing = {name for pair in zip(sent, found, strict=True) for name in _differing(*pair, read_back)} "
        ":: without strict=": AS_LONG,
        "differing = {name for pair in zip(sent, found, strict=True) for name in _differing(*pair, read_back)} "
        ":: True -> False": AS_LONG,
        "rows = [{**sent_row, **found_row} for sent_row, found_row in zip(sent, found, strict=True)] "
        ":: without strict=": AS_LONG,
        "rows = [{**sent_row, **found_row} for sent_row, found_row in zip(sent, found, strict=True)] "
        ":: True -> False": AS_LONG,
    },
    "prefectkit.core.security.redaction": {
        **{
            f"_USUAL_NAMES = SHOWN_HEADERS | {_USUAL_NAMES} :: {change}": USUAL
            for change in ("BitOr -> BitAnd", *(f"'{name}' -> another text" for name in _USUAL))
        },
        "lower = known.lowered() if headers.keys() - _USUAL_NAMES else _NOTHING :: always known.lowered()": USUAL,
        "joined = \"\\ufffd\".join(_texts(value)) :: '\ufffd' -> another text": "it separates them, too",
        "return _redact_nested(value, (lambda text: text) if is_clean else lambda text: redact(text, known), fields) "
        ":: always lambda text: redact(text, known)": "a short cut: a clean text stays as it is",
    },
    "prefectkit.core.security.redactor": {
        "target: str = \"\", :: '' -> another text": "no route, and so without secret fields, too",
    },
}
