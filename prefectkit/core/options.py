"""The options of a client, which hold for each of its calls."""

from __future__ import annotations

import msgspec

from prefectkit.core.retries.policy import RetryPolicy


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """The options of a call.

    Attributes:
        timeout: Seconds that one attempt may take.
        policy: Attempts, deadline and the like.
        headers: Sent with every request.
        prefetch: Whether each page is fetched while the rows of the one before are used.
        redirects: How many redirects in a row a GET or HEAD follows within the API.
        asks_version: Whether the server is asked for its version after an error that may be due to it.
        strict_types: Whether a value of another type than its field's is refused before it is sent.
    """

    timeout: float = 60.0
    policy: RetryPolicy = RetryPolicy()
    headers: dict[str, str] = {}
    prefetch: bool = False
    redirects: int = 0
    asks_version: bool = True
    strict_types: bool = True
