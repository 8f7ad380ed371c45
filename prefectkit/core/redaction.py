"""What to take out of a text before a person or a file sees it."""

from __future__ import annotations

import re

from prefectkit.core.secrets import HIDDEN

SECRET_HEADERS = frozenset(
    {"authorization", "cookie", "proxy-authorization", "set-cookie", "prefect-csrf-token", "prefect-csrf-client"}
)

_TOKENS = re.compile(
    r"(?i)(\b(?:bearer|basic)\s+)[\w.~+/=-]+"  # an Authorization value that a server echoes
    r"|(\bpn[ub]_)\w+"  # a Prefect Cloud key
    r"|(://)[^/@\s]+@"  # user and password of a URL
    r"""|("[^"]*(?:password|secret|token|api_?key|credential)[^"]*"\s*:\s*)"(?:[^"\\]|\\.)*"?"""
)


def scrub(text: str) -> str:
    """The text without anything that looks like a key, a token or a password."""
    return _TOKENS.sub(lambda match: next(group for group in match.groups() if group is not None) + HIDDEN, text)
