"""docs/api.md tells the truth: its example runs as shown, on both databases, with the figures of the command line."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

from hub.app import Installation
from hub.web.app import create_app
from tests.cli.conftest import shell
from tests.cli.shell import Shell
from tests.cli.test_pages import session
from tests.web.api.reference import BLOCK, BLOCKS, PAGE, renewed
from tests.web.conftest import ADDRESS

__all__ = ["shell"]

HELD = re.compile(r"\$(HUB|TOKEN|HASH|EXPORT)")


class Example:
    """Runs the commands of the page; `held` is what its $NAMES stand for by now."""

    def __init__(self, shell: Shell, client: TestClient) -> None:
        self.shell = shell
        self.client = client
        self.held = {"HUB": f"{ADDRESS}/api/v1/companies/ACME"}

    def run(self, line: str) -> Any:
        """Run one command and return the JSON that it answers with."""
        if line.startswith("hub tokens add"):
            self.held["TOKEN"] = self.shell.json(line.removeprefix("hub "))["token"]
            return None
        program, *words = shlex.split(HELD.sub(lambda found: self.held[found[1]], line))
        assert program == "curl"
        return self._request(words)

    def _request(self, words: list[str]) -> Any:
        options: dict[str, list[str]] = {"-X": [], "-H": [], "--data": [], "--data-binary": [], "": []}
        while words:
            option = words.pop(0) if words[0] in options else ""
            options[option].append(words.pop(0))
        (address,) = options[""]
        files = [(self.shell.folder / each.removeprefix("@")).read_bytes() for each in options["--data-binary"]]
        sent = [*files, *(each.encode() for each in options["--data"])]
        method = (options["-X"] or ["POST" if sent else "GET"])[0]
        headers = dict(each.split(": ", 1) for each in options["-H"])
        asked = urlsplit(address)
        content = sent[0] if sent else None
        answer = self.client.request(method, f"{asked.path}?{asked.query}", content=content, headers=headers)
        return answer.json()

    def check(self, shown: Any, found: Any) -> None:
        """Everything that the page shows must be so; a $NAME that stands for nothing yet stands for it from now on."""
        if isinstance(shown, dict):
            assert shown.keys() <= found.keys(), (shown, found)
            for name, inner in shown.items():
                self.check(inner, found[name])
        elif isinstance(shown, list):
            assert len(shown) == len(found), (shown, found)
            for inner, other in zip(shown, found, strict=True):
                self.check(inner, other)
        elif isinstance(shown, str) and (name := HELD.fullmatch(shown)):
            assert self.held.setdefault(name[1], found) == found
        else:
            assert shown == found


@pytest.fixture
def example(shell: Shell, repository: Path) -> Iterator[Example]:
    """The company of the README, set up, and an app on its database."""
    shutil.copytree(repository / "examples", shell.folder / "examples")
    for line, _ in session(repository):
        if line.startswith("import transfers"):
            break
        shell.done(line)
    with Installation().open(shell.home) as hub, TestClient(create_app(hub), base_url=ADDRESS) as client:
        yield Example(shell, client)


def steps() -> list[tuple[str, str]]:
    """The commands of the page, each with the JSON that it shows, empty where it shows none."""
    text = "".join(re.findall(r"```console\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL))
    found = (each.partition("\n") for each in text.removeprefix("$ ").split("\n$ "))
    return [(line, shown.strip()) for line, _, shown in found]


def by_name(export: dict[str, Any]) -> dict[str, Any]:
    """An export of the command line with its files' names in place of where they are on this machine."""
    for posting in export["postings"]:
        if posting["receipt"]:
            posting["receipt"]["file"] = PurePath(posting["receipt"]["file"]).name
    return export


def test_the_example_runs_and_answers_what_it_shows_and_what_the_command_line_says(example: Example) -> None:
    ran = steps()
    assert len(ran) > 9
    for line, shown in ran:
        answer = example.run(line)
        if shown:
            example.check(json.loads(shown), answer)
        if "/preview" in line:
            assert answer == example.shell.json("preview --count 2026-10-31 --connection books")
        if line.endswith('/counts" -H "Authorization: Bearer $TOKEN"'):
            assert answer == example.shell.json("counts")
    found = example.run('curl "$HUB/exports" -H "Authorization: Bearer $TOKEN"')
    assert found == [by_name(each) for each in example.shell.json("exports")]
    assert found[0]["phase"] == "undo"
    trail = {(each["actor"], each["action"]) for each in example.shell.json("audit list")}
    assert {("API token Month end", action) for action in ("import", "export", "confirm", "undo")} <= trail


def test_the_lists_of_the_page_are_those_of_the_code() -> None:
    text = PAGE.read_text("utf-8")
    assert renewed(text) == text, "run `python -m tests.web.api.reference --write` and commit the difference"
    assert sorted(name for _, name, _ in BLOCK.findall(text)) == sorted(BLOCKS)
