"""`python -m tests.fuzz [SECONDS [TARGET ...]]`: look for inputs that break a target, led by what code they reach.

atheris says what code an input reaches; where it is not installed, inputs are changed by chance alone. An input that
breaks a target is left in `tests/fuzz/found`; those that reach something new go to the directory that FUZZ_KEEP names.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Any

from tests.fuzz.mutate import CORPUS, corpus, mutated

FOUND = CORPUS.parent / "found"
LED = find_spec("atheris") is not None
SECONDS = 60
NAMES = tuple(sorted(path.name for path in CORPUS.iterdir()))


def by_chance(name: str, seconds: float, seed: int) -> int:
    """How many inputs were tried."""
    from tests.fuzz.targets import TARGETS

    seeds, dice, tried = corpus(name), Random(seed), 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        data = mutated(seeds, dice)
        try:
            TARGETS[name](data)
        except BaseException:
            FOUND.mkdir(exist_ok=True)
            (FOUND / f"crash-{hashlib.sha1(data).hexdigest()}").write_bytes(data)
            raise
        tried += 1
    return tried


def led(name: str, seconds: float, seed: int, new: str) -> None:
    """The same with atheris, which ends the process."""
    import atheris

    with atheris.instrument_imports(include=["prefectkit"]):
        from tests.fuzz.targets import TARGETS

    FOUND.mkdir(exist_ok=True)
    options = [f"-max_total_time={seconds:.0f}", f"-seed={seed}", "-max_len=4096", "-print_final_stats=1"]
    atheris.Setup([sys.argv[0], *options, f"-artifact_prefix={FOUND}/", new, str(CORPUS / name)], TARGETS[name])
    atheris.Fuzz()


def report(name: str, seconds: float, seed: int) -> bool:
    """Look for a while in a process of its own; whether nothing was found."""
    keep = os.environ.get("FUZZ_KEEP", "")
    if keep:
        keep = str(Path(keep) / name)
        os.makedirs(keep, exist_ok=True)
    with nullcontext(keep) if keep else tempfile.TemporaryDirectory() as new:
        command = [sys.executable, "-m", "tests.fuzz", "--one", name, str(seconds), str(seed), new]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
    said = ended.stdout + ended.stderr
    tried: Any = re.search(r"(?:Done|tried) (\d+)", said)
    how = "led by coverage" if LED else "by chance, as atheris is not installed"
    crashes = int(ended.returncode != 0)
    print(f"T20 fuzz {name}, {tried[1] if tried else '?'} inputs {how}: {crashes} crashes", flush=True)
    if crashes:
        print(said[-4000:])
    elif FOUND.is_dir() and not any(FOUND.iterdir()):
        FOUND.rmdir()
    return not crashes


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--one"]:
        name, seconds, seed, new = arguments[1:]
        if LED:
            led(name, float(seconds), int(seed), new)
        print(f"tried {by_chance(name, float(seconds), int(seed))}")
        return 0
    seconds = float(arguments[0]) if arguments else SECONDS
    seed = int(os.environ.get("FUZZ_SEED", "1"))
    return 0 if all([report(name, seconds, seed) for name in arguments[1:] or NAMES]) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
