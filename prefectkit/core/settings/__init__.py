"""Where the client's configuration comes from: the official environment variables, files and profiles."""

from __future__ import annotations

from prefectkit.core.settings.loader import load_settings, merge
from prefectkit.core.settings.model import Settings
from prefectkit.core.settings.sources import Source, checked_defaults

__all__ = ["Settings", "Source", "checked_defaults", "load_settings", "merge"]
