"""The command `python -m prefectkit.migrate PATH...`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

DESCRIPTION = """\
Rewrites the imports of programs that use Prefect's own client, so that they use prefectkit:

    from prefect import flow, get_client        from prefect import flow
                                          ->    from prefectkit.compat import get_client

What belongs to Prefect's engine, and what prefectkit does not have, stays, and is listed with the reason. So are lines
whose meaning changes. Comments, formatting, encoding and line ends are kept, and a second run changes nothing.
"""
EPILOG = """\
Directories are walked, without hidden ones, virtual environments and node_modules. Notebooks are left alone.

exit status: 0, also if there are warnings; 1 if --check is given and a file would be changed; 2 if a file could not be
read, parsed or written: the others are done nevertheless. A diff goes to the standard output, all else to the standard
error. docs/migrating.md describes what changes.
"""


def parser() -> argparse.ArgumentParser:
    """The parser of the command line."""
    made = argparse.ArgumentParser(
        prog="python -m prefectkit.migrate",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a file or a directory")
    made.add_argument("--check", action="store_true", help="write nothing; exit with 1 if a file would be changed")
    made.add_argument("--diff", action="store_true", help="write nothing; print what would be changed, as a diff")
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: Its arguments. Default: those of the process.

    Returns:
        The exit status.
    """
    options = parser().parse_args(arguments)
    try:
        import libcst as libcst
    except ModuleNotFoundError as error:
        if error.name != "libcst":
            raise
        print("prefectkit.migrate needs libcst: pip install 'prefectkit[migrate]'", file=sys.stderr)
        return 2
    from prefectkit.migrate.run import run

    return run(options.paths, check=options.check, diff=options.diff)


if __name__ == "__main__":
    sys.exit(main())
