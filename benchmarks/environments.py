"""Clean environments: what `pip install` of one product brings, and nothing else. Made once, under `.venv-bench`.

python -m benchmarks.environments
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
FOLDER: Final = ROOT / ".venv-bench"
CONSTRAINTS: Final = ROOT / "constraints.txt"
PROJECT: Final = ROOT / "pyproject.toml"

PRODUCTS: Final = {"prefectkit": str(ROOT), "prefect-client": "prefect-client"}


def python_of(product: str) -> Path:
    """The interpreter of a product's environment, which is made where it is missing or out of date."""
    folder = FOLDER / product
    python = folder / "bin" / "python"
    stamp = folder / "made-from"
    own = sorted((ROOT / "prefectkit").rglob("*.py")) if PRODUCTS[product] == str(ROOT) else []
    wanted = [_digest(CONSTRAINTS, *([PROJECT] if own else [])), _digest(*own)]
    made_from = stamp.read_text().split() if stamp.exists() else []
    if made_from != wanted:
        print(f"==> installing {product} into {folder.relative_to(ROOT)}", file=sys.stderr)
        options = ["--disable-pip-version-check", "--constraint", str(CONSTRAINTS)]
        if made_from[:1] == wanted[:1]:
            options += ["--no-deps", "--force-reinstall"]
        else:
            shutil.rmtree(folder, ignore_errors=True)
            # The pip of this environment installs into it, so that it has no pip of its own to count.
            venv.create(folder, with_pip=False)
        pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", *options]
        subprocess.run([*pip, PRODUCTS[product]], check=True)
        stamp.write_text(" ".join(wanted))
    return python


def packages_of(product: str) -> Path:
    """The folder with what is installed in a product's environment."""
    return next(python_of(product).parents[1].glob("lib/python*/site-packages"))


def _digest(*files: Path) -> str:
    digest = hashlib.sha256(sys.version.encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    for name in PRODUCTS:
        python_of(name)
