"""Prefect's command line on our clients ends with the same exit codes as on its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.real_server import RealServer

COMMANDS = """\
flow ls
deployment ls
deployment inspect no/deployment
deployment inspect nothing
deployment run no/deployment
deployment schedule ls no/deployment
deployment delete no/deployment
flow-run ls
flow-run inspect 00000000-0000-0000-0000-000000000001
flow-run logs 00000000-0000-0000-0000-000000000001
flow-run cancel 00000000-0000-0000-0000-000000000001
flow-run delete 00000000-0000-0000-0000-000000000001
task-run ls
task-run inspect 00000000-0000-0000-0000-000000000001
work-pool create pool-NAME --type process
work-pool create pool-NAME --type process
work-pool ls
work-pool inspect pool-NAME
work-pool inspect nothing
work-pool pause pool-NAME
work-pool resume pool-NAME
work-pool set-concurrency-limit pool-NAME 3
work-pool clear-concurrency-limit pool-NAME
work-pool preview pool-NAME
work-queue create queue --pool pool-NAME
work-queue create queue --pool pool-NAME
work-queue ls --pool pool-NAME
work-queue inspect queue --pool pool-NAME
work-queue pause queue --pool pool-NAME
work-queue preview queue --pool pool-NAME
work-queue delete queue --pool pool-NAME
work-pool delete pool-NAME
variable set variable_NAME 1
variable set variable_NAME 2
variable ls
variable get variable_NAME
variable inspect variable_NAME
variable unset variable_NAME
variable get variable_NAME
concurrency-limit create tag-NAME 2
concurrency-limit ls
concurrency-limit inspect tag-NAME
concurrency-limit reset tag-NAME
concurrency-limit delete tag-NAME
concurrency-limit inspect tag-NAME
global-concurrency-limit create limit-NAME --limit 2
global-concurrency-limit create limit-NAME --limit 2
global-concurrency-limit ls
global-concurrency-limit inspect limit-NAME
global-concurrency-limit update limit-NAME --limit 3
global-concurrency-limit disable limit-NAME
global-concurrency-limit delete limit-NAME
global-concurrency-limit inspect limit-NAME
block ls
block type ls
block type inspect secret
block type inspect nothing
block inspect secret/nothing
artifact ls
artifact inspect nothing
automation ls
automation inspect nothing
api GET /health
api POST /flows/filter --data {}
"""

SCRIPT = """
import json, sys
from contextlib import nullcontext, redirect_stdout
from io import StringIO
from prefect.cli import app
from prefectkit.compat import swap_prefect_client

def code(command, name):
    sys.argv = ["prefect", *command.replace("NAME", name).split()]
    try:
        with redirect_stdout(StringIO()):
            app()
        return 0
    except SystemExit as ended:
        return ended.code or 0
    except Exception as error:
        return repr(error)

commands = sys.stdin.read().splitlines()
theirs = [code(command, "theirs") for command in commands]
with swap_prefect_client():
    ours = [code(command, "ours") for command in commands]
print(json.dumps([theirs, ours]))
"""


def test_commands_end_with_the_same_exit_codes(server: RealServer, tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT],
        input=COMMANDS,
        capture_output=True,
        text=True,
        timeout=300,
        cwd=tmp_path,
        env={
            **os.environ,
            "PREFECT_API_URL": server.url,
            "PREFECT_CLI_PROMPT": "false",
            "PYTHONPATH": os.pathsep.join(sys.path),
        },
    )
    assert run.returncode == 0, run.stderr
    theirs, ours = json.loads(run.stdout.splitlines()[-1])
    commands = COMMANDS.splitlines()
    assert list(zip(commands, ours, strict=True)) == list(zip(commands, theirs, strict=True))
    assert set(theirs) == {0, 1}
