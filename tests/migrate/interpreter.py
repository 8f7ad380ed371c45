"""A process in which programs run, one after the other, and Prefect cannot be imported."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Sequence
from contextlib import redirect_stdout
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from io import StringIO
from types import ModuleType


class Blocked(MetaPathFinder):
    """Finds no Prefect."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] == "prefect":
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
        return None


def execute(name: str, source: str) -> tuple[str, str | None]:
    """Run a program.

    Args:
        name: What it is called in tracebacks.
        source: The program.

    Returns:
        What it prints, and the traceback of an exception.
    """
    output = StringIO()
    try:
        with redirect_stdout(output):
            exec(compile(source, name, "exec", dont_inherit=True), {"__name__": "__main__"})
    except BaseException:
        return output.getvalue(), traceback.format_exc()
    return output.getvalue(), None


if __name__ == "__main__":
    sys.meta_path.insert(0, Blocked())
    for line in sys.stdin:
        print(json.dumps(execute(*json.loads(line))), flush=True)
