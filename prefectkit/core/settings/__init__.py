"""Where the client's configuration comes from: the official environment variables, files and profiles."""

from __future__ import annotations

from prefectkit.core.settings.loader import load_settings
from prefectkit.core.settings.model import Settings

__all__ = ["Settings", "load_settings"]
