"""The files that the tutorial in `docs/plugins.md` creates."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "plugins.md"

_FILE = re.compile(r'^```\w+ title="([^"]+)"\n(.*?)^```', re.MULTILINE | re.DOTALL)


def files() -> dict[str, str]:
    """Their texts, by title."""
    return dict(_FILE.findall(PAGE.read_text()))


def write(folder: Path) -> None:
    """Make them in a folder."""
    for name, text in files().items():
        if "." in name and " " not in name:
            (folder / name).write_text(text)
