"""Calls `hub …` as a person does, and the files of the company that ACCOUNTING.md works through."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from hub.app import Installation
from hub.cli.program import app

FILES = {
    "gl-accounts": """number,name,kind
1310,Food Inventory,asset
1340,Liquor Inventory,asset
5010,COGS Meat,cogs
5020,COGS Produce,cogs
5030,COGS Prep,cogs
5100,COGS Liquor,cogs
5900,Production Variance,cogs
""",
    "departments": "department,asset_account,cogs_account\nFood,1310,\nBar,1340,5100\n",
    "categories": """category,department,cogs_account
Meat,Food,5010
Produce,Food,5020
Liquor,Bar,
Prep,Food,5030
""",
    "sites": "site,name,connection\nDT,Downtown,books\n",
    "chart": """number,name,kind
1310,Food Inventory,asset
1340,Liquor Inventory,asset
5010,COGS Meat,cogs
5020,COGS Produce,cogs
5030,COGS Prep,cogs
5100,COGS Liquor,cogs
5900,Production Variance,cogs
""",
    "account-map": "gl_account,account_number\n" + "".join(
        f"{number},{number}\n" for number in (1310, 1340, 5010, 5020, 5030, 5100, 5900)
    ),
    "opening": """date,site,category,value
2026-09-30,DT,Meat,4812.37
2026-09-30,DT,Produce,1204.10
2026-09-30,DT,Liquor,9650.00
""",
}  # fmt: skip

OCTOBER = """count_date,site,item,category,quantity,value
2026-10-31,DT,Ribeye,Meat,200,5120.05
2026-10-31,DT,Lettuce,Produce,100,988.40
2026-10-31,DT,Gin,Liquor,80,9650.00
"""

PRODUCTION = """batch_id,date,site,side,item,category,quantity,value
B-1,2026-10-20,DT,input,Beef,Meat,10,80.00
B-1,2026-10-20,DT,input,Carrot,Produce,10,20.00
B-1,2026-10-20,DT,output,Stew,Prep,5,95.00
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed, which must be one JSON document and nothing else."""
        return json.loads(self.out)


class Shell:
    """Runs commands in a folder of its own; what is expected to go well is asserted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"

    def run(self, line: str) -> Answer:
        """Run one command line and return what came of it."""
        done = CliRunner().invoke(app, ["--home", str(self.home), *shlex.split(line)], obj=Installation())
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Answer(code=done.exit_code, out=done.stdout, err=done.stderr)

    def done(self, line: str) -> Answer:
        """Run a command that must end with exit code 0."""
        answer = self.run(line)
        assert answer.code == 0, f"hub {line}\n{answer.out}{answer.err}"
        return answer

    def json(self, line: str) -> Any:
        """Run a command that must end with exit code 0, with --json."""
        return self.done(f"{line} --json").json

    def file(self, name: str, content: str) -> str:
        """Write a file and return its name, fit for a command line."""
        path = self.folder / name
        path.write_text(content, "utf-8")
        return shlex.quote(str(path))

    def imports(self, kind: str, content: str) -> Answer:
        """Import a file's content."""
        return self.done(f"import {kind} {self.file(f'{kind}.csv', content)}")

    def set_up(self, layout: str = "generic") -> None:
        """Add the company, its books and its opening values."""
        self.done("company add ACME --name 'Acme Restaurants' --currency USD")
        self.done(f"connections add --connector csv_iif --name books --set layout={layout}")
        for kind, content in FILES.items():
            self.imports(kind, content)


def lines(preview: Any, entry: int = 0) -> list[str]:
    """Return an entry of a preview as a bookkeeper writes it: Dr 5010 COGS Meat 4,812.37 Meat."""
    return [
        f"{'Dr' if line['side'] == 'debit' else 'Cr'} {line['account_number']} {line['account_name']} "
        f"{line['amount']} {line['category']} ({line['reason']})"
        for line in preview["entries"][entry]["lines"]
    ]
