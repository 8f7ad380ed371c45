"""How much of this process is in memory, now and at the highest."""

from __future__ import annotations

import resource
from pathlib import Path


def resident(*, forget_peak: bool) -> int:
    """Bytes in memory now."""
    try:
        if forget_peak:
            # Linux: sets the high-water mark to what is resident now.
            Path("/proc/self/clear_refs").write_text("5")
        return _status("VmRSS")
    except OSError:
        return highest()


def highest() -> int:
    """Bytes in memory at the highest, so far as can be known."""
    try:
        return _status("VmHWM")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _status(field: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    line = next(line for line in lines if line.startswith(f"{field}:"))
    return int(line.split()[1]) * 1024
