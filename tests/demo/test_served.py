"""`hub demo serve`, as `make run` starts it: a program of its own that serves the hub, its companies and their stand-ins."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from tests.canaries import AMOUNT

PROGRAM = "from hub.app import main; main()"
LONGEST_S = 100
ENDED = 0


@contextmanager
def serving(home: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Start it on a free port, and yield all that it prints until it can be stopped, and its process."""
    serve = ("demo", "serve", "--port", "0", "--seconds", str(LONGEST_S))
    command = [sys.executable, "-u", "-c", PROGRAM, "--home", str(home), *serve]
    wide = {**os.environ, "COLUMNS": "300"}  # no line is broken
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=wide) as process:
        printed = ""
        assert process.stdout is not None
        for line in process.stdout:
            printed += line
            if "Stop it with" in line:
                break
        try:
            yield printed, process
        finally:
            process.send_signal(signal.SIGTERM)


def page(address: str, *, accept: str = "text/html") -> str:
    with urlopen(Request(address, headers={"accept": accept})) as answer:
        return str(answer.read().decode())


@pytest.mark.soak
@pytest.mark.timeout(300)
def test_the_demo_serves_the_sign_in_page_and_a_stand_in_with_a_company_for_each_plugin_that_has_one(
    tmp_path: Path,
) -> None:
    with serving(tmp_path / "home") as (printed, process):
        (address,) = re.findall(r"^The hub is at (http://127\.0\.0\.1:\d+)", printed, re.MULTILINE)
        assert "Sign in" in page(f"{address}/sign-in")
        assert len(re.findall("sign in as", printed)) == 3
        beside = re.findall(
            r"^  (DEMO-\S+) posts to a stand-in for (.+), whose journals are at (\S+)", printed, re.MULTILINE
        )
        assert len(beside) >= 3
        (keys,) = re.findall(r"^    its keys, .* DEMO-NETSUITE > Connections, are at (\S+)$", printed, re.MULTILINE)
        assert "Consumer key" in page(keys)
        for _, _, ledger in beside:
            told: Any = json.loads(page(ledger, accept="application/json"))  # Any: JSON
            assert told
    assert process.returncode == ENDED
    log = (tmp_path / "home" / "serve.log").read_text("utf-8")
    assert log
    assert AMOUNT.findall(log) == []
