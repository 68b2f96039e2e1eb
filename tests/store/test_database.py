"""Transactions of a process that is asleep."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from hub.store import Database, database

SET_LOOK_FIRST = text("UPDATE meta SET look_first = :on")


def look_first(opened: Database, *, on: bool) -> None:
    with opened.write() as connection:
        connection.execute(SET_LOOK_FIRST, {"on": on})


def asleep_in_between(asleep: Database, awake: Database) -> None:
    with asleep.write() as connection:
        connection.execute(SET_LOOK_FIRST, {"on": True})
        look_first(awake, on=False)  # waits until the server ends the transaction above
        connection.execute(SET_LOOK_FIRST, {"on": True})


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
def test_a_process_asleep_in_a_transaction_does_not_keep_others_waiting(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "IDLE_IN_TRANSACTION_S", 0.2)
    asleep, awake = Database(database_url), Database(database_url)
    try:
        with pytest.raises(DBAPIError):
            asleep_in_between(asleep, awake)
        with awake.read() as connection:
            assert not connection.execute(text("SELECT look_first FROM meta")).scalar_one()
    finally:
        asleep.close()
        awake.close()
