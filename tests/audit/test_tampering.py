"""A thousand tamperings of the audit trail, each of another kind or place, are all found."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

from sqlalchemy import Connection, text

from hub.domain.audit_trail import BEGIN, Entry, digest, seal
from hub.service.auditing import checked
from hub.service.context import Hub
from hub.service.heads import remembered
from hub.store.audit import append
from tests.audit.home import COLUMNS, ENTRIES, replace_all, stored, told, without_constraints
from tests.reporting.home import NOW

TAMPERINGS = 1_000
ON_POSTGRESQL = 200
"""What is found is told from what the database holds, which is the same there: only quicker on SQLite."""
OWN_KEY = b"somebody's own key".ljust(32)
Rows = list[dict[str, Any]]
Tampering = Callable[[Random, Rows], Rows]
"""What somebody makes of the table's rows, of both companies, in their order."""


def change_a_column(random: Random, rows: Rows) -> Rows:
    row, column = random.choice(rows), random.choice(COLUMNS)
    if column in ("company_id", "seq"):
        row[column] = random.choice([value for value in (None, -1, 0, 1, 2, 5, 13, 10**9) if value != row[column]])
    else:
        row[column] = random.choice([None, "", "x", _edited(random, row[column])])
    return rows


def change_the_detail(random: Random, rows: Rows) -> Rows:
    row = random.choice(rows)
    detail = json.loads(row["detail"])
    detail[random.choice([*detail, "approved by"])] = random.choice(["the owner", 5, None, [], {}])
    row["detail"] = json.dumps(detail)
    return rows


def exchange_two(random: Random, rows: Rows) -> Rows:
    one, other = random.sample(rows, 2)
    for column in random.choice([("seq", "company_id"), ("at",), ("subject", "detail"), ("mac",), COLUMNS[2:]]):
        one[column], other[column] = other[column], one[column]
    return rows


def delete_in_the_middle(random: Random, rows: Rows) -> Rows:
    gone = set(random.sample(range(len(rows) // 2 - 1), random.randint(1, 4)))
    return [row for at, row in enumerate(rows) if at not in gone]


def delete_and_close_up(random: Random, rows: Rows) -> Rows:
    gone = rows.pop(random.randrange(len(rows) // 2 - 1))
    for row in rows:
        if row["company_id"] == gone["company_id"] and row["seq"] > gone["seq"]:
            row["seq"] -= 1
    return rows


def delete_the_last(random: Random, rows: Rows) -> Rows:
    company, last = random.choice(rows)["company_id"], ENTRIES - random.randint(1, ENTRIES - 1)
    return [row for row in rows if row["company_id"] != company or row["seq"] <= last]


def delete_everything(random: Random, rows: Rows) -> Rows:
    company = random.choice([None, *{row["company_id"] for row in rows}])
    return [row for row in rows if company is not None and row["company_id"] != company]


def add_a_forged_one(random: Random, rows: Rows) -> Rows:
    forged = dict(random.choice(rows))
    forged["seq"] = random.choice([0, ENTRIES + 1, ENTRIES + 2, forged["seq"]])
    forged["mac"] = random.choice([random.randbytes(32).hex(), "", forged["mac"]])
    forged["actor"] = "nobody"
    return [*rows, forged]


def copy_from_the_other_company(random: Random, rows: Rows) -> Rows:
    copied, company = random.sample(sorted({row["company_id"] for row in rows}), 2)
    copies = {row["seq"]: row for row in rows if row["company_id"] == copied}
    first = random.randint(1, ENTRIES)
    return [
        {**copies[row["seq"]], "company_id": company} if row["company_id"] == company and row["seq"] >= first else row
        for row in rows
    ]


def bring_back_an_older_state(random: Random, rows: Rows) -> Rows:
    last = random.randint(1, ENTRIES - 1)
    return [row for row in rows if row["seq"] <= last]


def seal_anew_with_a_key_of_ones_own(random: Random, rows: Rows) -> Rows:
    company, first = random.choice(rows)["company_id"], random.randint(1, ENTRIES)
    own = [row for row in rows if row["company_id"] == company]
    own[-1]["actor"] = "nobody"
    for before, row in zip([{"mac": ""}, *own], own, strict=False):
        if row["seq"] >= first:
            row["mac"] = seal(OWN_KEY, "uuid", before["mac"], _entry(row))
    return rows


def begin_a_trail_of_ones_own(random: Random, rows: Rows) -> Rows:
    company = random.choice(rows)["company_id"]
    own = [row for row in rows if row["company_id"] == company]
    for row in own:
        row |= {"actor": "nobody", "mac": ""}
    last = own[-1]
    kept = {"entries": last["seq"] - 1, "sha256": digest("uuid", [_entry(row) for row in own[:-1]])}
    last |= {"action": BEGIN, "detail": json.dumps(kept)}
    last["mac"] = random.choice(["", seal(OWN_KEY, "uuid", "", _entry(last))])
    return rows


KINDS: tuple[Tampering, ...] = (
    change_a_column,
    change_the_detail,
    exchange_two,
    delete_in_the_middle,
    delete_and_close_up,
    delete_the_last,
    delete_everything,
    add_a_forged_one,
    copy_from_the_other_company,
    bring_back_an_older_state,
    seal_anew_with_a_key_of_ones_own,
    begin_a_trail_of_ones_own,
)


def _edited(random: Random, value: str) -> str:
    at = random.randrange(len(value) + 1)
    return random.choice([value[:at] + " " + value[at:], value[:at] + value[at + 1 :], value.swapcase()])


def _entry(row: dict[str, Any]) -> Entry:
    return Entry(**{name: row[name] for name in Entry._fields})


def _is_sound(connection: Connection, hub: Hub) -> bool:
    return bool(checked(connection, remembered(hub.home))["sound"])


def test_a_thousand_tamperings_are_all_found(either_hub: Hub) -> None:
    without_constraints(either_hub)
    assert told(either_hub) == []
    done: Counter[str] = Counter()
    unfound = []
    with either_hub.database.write() as connection:
        before = stored(connection)
        seed = 0
        while sum(done.values()) < (TAMPERINGS if either_hub.database.is_sqlite else ON_POSTGRESQL):
            seed += 1
            random = Random(seed)
            kind = random.choice(KINDS)
            after = kind(random, [dict(row) for row in before])
            if after == before:
                continue
            done[kind.__name__] += 1
            with connection.begin_nested() as attempt:
                replace_all(connection, after)
                if _is_sound(connection, either_hub):
                    unfound.append((seed, kind.__name__))
                attempt.rollback()
        assert stored(connection) == before
        assert _is_sound(connection, either_hub)
    assert unfound == []
    assert min(done.values()) > sum(done.values()) / 30
    assert len(done) == len(KINDS)


def test_an_older_state_that_has_moved_on_is_found(either_hub: Hub) -> None:
    with either_hub.database.write() as connection:
        for last in range(1, ENTRIES):
            with connection.begin_nested() as attempt:
                replace_all(connection, [row for row in stored(connection) if row["seq"] <= last])
                company = connection.execute(text("SELECT min(company_id) FROM audit_event")).scalar_one()
                for _ in range(ENTRIES + 3 - last):
                    append(connection, company, at=NOW, actor="tester", action="settings", subject="ACME", detail={})
                found = checked(connection, remembered(either_hub.home), "ACME")["companies"][0]["problems"]
                assert [problem["code"] for problem in found] == ["database_restored"]
                attempt.rollback()


def test_another_companys_identity_and_a_company_that_is_gone_are_found(hub: Hub) -> None:
    for statement in (
        "UPDATE company SET uuid = 'another' WHERE code = 'ACME'",
        "DELETE FROM company WHERE code = 'ACME'",
    ):
        with hub.database.write() as connection, connection.begin_nested() as attempt:
            if statement.startswith("DELETE"):
                connection.execute(
                    text("DELETE FROM audit_event WHERE company_id IN (SELECT id FROM company WHERE code = 'ACME')")
                )
            connection.execute(text(statement))
            assert not _is_sound(connection, hub)
            attempt.rollback()


def test_a_detail_that_says_the_same_in_other_words_of_json_is_no_tampering(hub: Hub) -> None:
    with hub.database.write() as connection:
        rows = stored(connection)
        for row in rows:
            pairs = reversed(json.loads(row["detail"]).items())
            row["detail"] = json.dumps(dict(pairs), indent=2)
        replace_all(connection, rows)
    assert told(hub) == []
