"""Mutants that change nothing which a caller could see, with the reason, by module."""

from __future__ import annotations

EQUIVALENT: dict[str, dict[str, str]] = {}
