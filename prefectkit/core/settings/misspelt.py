"""Finds environment variables whose names are misspellings of `PREFECT_API_URL`."""

from __future__ import annotations

from collections.abc import Iterable

_API_URL = "PREFECT_API_URL"
_OTHERS = frozenset(
    {
        "PREFECT_API_KEY",
        "PREFECT_CLOUD_API_URL",
        "PREFECT_CLOUD_UI_URL",
        "PREFECT_CLOUD_URL",
        "PREFECT_SERVER_UI_API_URL",
        "PREFECT_UI_API_URL",
        "PREFECT_UI_URL",
    }
)
"""Settings of Prefect with similar names."""


def misspelt_api_url(names: Iterable[str]) -> str:
    """A hint in parentheses for each name that is close to `PREFECT_API_URL`, each after a blank; empty if none is."""
    # Imported lazily: few processes need it.
    from difflib import get_close_matches

    candidates = {name.upper(): name for name in names if "URL" in name.upper() or "PREFECT" in name.upper()}
    for known in (_API_URL, *_OTHERS):
        candidates.pop(known, None)
    found = get_close_matches(_API_URL, candidates, n=3, cutoff=0.84)
    return "".join(f" ({candidates[name]} is set, and is no setting: {_API_URL} is meant?)" for name in found)
