"""Runs statements that are built once: each is compiled once, and from then on handed to the driver as it is.

SQLAlchemy takes several times as long around a statement as SQLite takes to run it, to find its compiled form and to make
ready for all that a result may be asked. What comes back here is its own kind of result nevertheless, over its own rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Delete, Dialect, Result, Select, TextClause, Update
from sqlalchemy.engine import IteratorResult
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import Insert, ReturningInsert
from sqlalchemy.sql.selectable import TextualSelect
from sqlalchemy.types import TypeEngine

Change = Update | Delete | Insert | TextClause
Statement = Select[Any] | TextualSelect | Change
Processor = Callable[[Any], Any]  # of a value of any column
PLANS = 2_048
DIALECTS = 64
REQUIRED = object()
"""Stands for a value that has to be given."""


def run(
    connection: Connection, statement: Statement, values: Mapping[str, Any] | None = None
) -> Result[*tuple[Any, ...]]:
    """Return what a statement finds, as `connection.execute` does; the statement is one that is built once.

    values: by the names of what it binds, a list where it expands one.
    """
    given = values or {}
    plan = _plan(statement, _kind(connection.dialect), (), _lengths(given)) if _is_unwatched(connection) else None
    if plan is None:
        return connection.execute(statement, given)
    cursor = plan.start(connection, given)
    try:
        return plan.result(connection, cursor)
    finally:
        cursor.close()


def fetched(
    connection: Connection, statement: Select[Any], values: Mapping[str, Any] | None = None
) -> tuple[tuple[Any, ...], ...]:
    """Return the rows that a statement finds as plain tuples, in the order of its columns; otherwise as `run` does."""
    given = values or {}
    plan = _plan(statement, _kind(connection.dialect), (), _lengths(given)) if _is_unwatched(connection) else None
    if plan is None:
        return tuple(map(tuple, connection.execute(statement, given)))
    cursor = plan.start(connection, given)
    try:
        return tuple(map(tuple, plan.rows(connection, cursor)))
    finally:
        cursor.close()


def changed(connection: Connection, statement: Change, values: Mapping[str, Any]) -> int:
    """Change rows by a statement that is built once, and return how many those are; values: as for `run`, and the new ones."""
    plan = _plan(statement, _kind(connection.dialect), tuple(values), ()) if _is_unwatched(connection) else None
    if plan is None:
        return connection.execute(statement, values).rowcount
    cursor = plan.start(connection, values)
    try:
        return int(cursor.rowcount)
    finally:
        cursor.close()


def added(connection: Connection, statement: ReturningInsert[Any], values: Mapping[str, Any]) -> int:
    """Add a row by an insert that is built once and returns its id, and return that id; values: by column."""
    plan = _plan(statement, _kind(connection.dialect), tuple(values), ()) if _is_unwatched(connection) else None
    if plan is None:
        return int(connection.execute(statement, values).scalar_one())
    cursor = plan.start(connection, values)
    try:
        return int(plan.rows(connection, cursor)[0][0])
    finally:
        cursor.close()


class Bind(NamedTuple):
    """A value that the driver is given.

    own: its name there; name: the one it is handed over by; at: its place in the list of that name, None where it is none;
    default: what stands for it where none is handed over; processor: makes it the driver's.
    """

    own: str
    name: str
    at: int | None
    default: object
    processor: Processor | None

    def value(self, values: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a value of any column
        """Return the driver's value."""
        value = values[self.name] if self.default is REQUIRED else values.get(self.name, self.default)
        value = value if self.at is None else value[self.at]
        return value if self.processor is None else self.processor(value)


class _Kind:
    """What sort of database a dialect speaks to, by which two of them are the same."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self._name = (dialect.name, dialect.driver)
        self._hash = hash(self._name)

    def __eq__(self, other: object) -> bool:
        return other is self or (isinstance(other, _Kind) and other._name == self._name)

    def __hash__(self) -> int:
        return self._hash


class _Plan:
    """A statement as one sort of database takes it."""

    def __init__(
        self, statement: Statement, dialect: Dialect, compiled: SQLCompiler, lengths: Mapping[str, int]
    ) -> None:
        lists = {name: [None] * length for name, length in lengths.items()}
        state = compiled.construct_expanded_state(dict.fromkeys(compiled.binds) | lists)
        places = {own: (name, at) for name, owns in state.parameter_expansion.items() for at, own in enumerate(owns)}
        self._sql = state.statement
        self._positional = compiled.positional
        self._binds = [
            _bind(compiled, dialect, own, *places.get(own, (own, None)))
            for own in (state.positiontup if state.positiontup is not None else state.parameters)
        ]
        self._names = [bind.name for bind in self._binds] if all(map(_is_as_given, self._binds)) else None
        self._types = _types(statement)
        self._dialect = dialect
        self._described: tuple[SimpleResultMetaData, list[tuple[int, Processor]]] | None = None

    def start(self, connection: Connection, values: Mapping[str, Any]) -> DBAPICursor:
        """Return a cursor that has run the statement; raises as SQLAlchemy does."""
        parameters = self._parameters(values)
        cursor = connection.connection.cursor()
        try:
            cursor.execute(self._sql, parameters)
        except connection.dialect.loaded_dbapi.Error as error:
            raise _told(connection, cursor, self._sql, parameters, error) from error
        return cursor

    def _parameters(self, values: Mapping[str, Any]) -> Any:  # noqa: ANN401 - as the driver has it
        if not self._positional:
            return {bind.own: bind.value(values) for bind in self._binds}
        if self._names is not None:
            return tuple([values[name] for name in self._names])
        return tuple([bind.value(values) for bind in self._binds])

    def result(self, connection: Connection, cursor: DBAPICursor) -> Result[*tuple[Any, ...]]:
        """Return every row that a cursor has found."""
        rows = self.rows(connection, cursor)
        return IteratorResult(self._description(cursor)[0], iter(rows))

    def rows(self, connection: Connection, cursor: DBAPICursor) -> Sequence[Sequence[Any]]:
        """Return every row that a cursor has found, each as its values alone."""
        try:
            rows: Sequence[Sequence[Any]] = cursor.fetchall()
        except connection.dialect.loaded_dbapi.Error as error:
            raise _told(connection, cursor, self._sql, None, error) from error
        processors = self._description(cursor)[1]
        return [_processed(row, processors) for row in rows] if processors else rows

    def _description(self, cursor: DBAPICursor) -> tuple[SimpleResultMetaData, list[tuple[int, Processor]]]:
        if self._described is None:
            self._described = self._describe(cursor)
        return self._described

    def _describe(self, cursor: DBAPICursor) -> tuple[SimpleResultMetaData, list[tuple[int, Processor]]]:
        columns = [(str(column[0]), column[1]) for column in cursor.description or ()]
        types = self._types if isinstance(self._types, list) else [self._types.get(name) for name, _ in columns]
        processors: list[tuple[int, Processor]] = []
        for at, (kind, (_, code)) in enumerate(zip(types, columns, strict=True)):
            made = kind.dialect_impl(self._dialect).result_processor(self._dialect, code) if kind is not None else None
            if made is not None:
                processors.append((at, made))
        return SimpleResultMetaData([name for name, _ in columns]), processors


def _lengths(given: Mapping[str, Any]) -> tuple[tuple[str, int], ...]:
    if list not in map(type, given.values()):
        return ()
    return tuple([(name, len(value)) for name, value in given.items() if type(value) is list])


def _is_unwatched(connection: Connection) -> bool:
    """Whether a statement may go past SQLAlchemy: in a transaction it has begun, and where nobody listens to statements."""
    return connection.in_transaction() and not connection.engine.dispatch.before_cursor_execute


@lru_cache(maxsize=DIALECTS)
def _kind(dialect: Dialect) -> _Kind:
    return _Kind(dialect)


@lru_cache(maxsize=PLANS)
def _plan(
    statement: Statement, kind: _Kind, columns: tuple[str, ...], lengths: tuple[tuple[str, int], ...]
) -> _Plan | None:
    """Return a statement's plan; None where SQLAlchemy has more to do than to hand over values."""
    compiled = statement.compile(dialect=kind.dialect, column_keys=list(columns))
    assert isinstance(compiled, SQLCompiler)
    expanding = {name for name, bind in compiled.binds.items() if bind.expanding}
    if not expanding <= dict(lengths).keys() or compiled.literal_execute_params or compiled.prefetch:
        return None
    return _Plan(statement, kind.dialect, compiled, {name: length for name, length in lengths if name in expanding})


def _bind(compiled: SQLCompiler, dialect: Dialect, own: str, name: str, at: int | None) -> Bind:
    bind = compiled.binds[name]
    default = REQUIRED if bind.required else bind.effective_value
    return Bind(own, name, at, default, bind.type.dialect_impl(dialect).bind_processor(dialect))


def _is_as_given(bind: Bind) -> bool:
    return bind.default is REQUIRED and bind.at is None and bind.processor is None


def _types(statement: Statement) -> list[TypeEngine[Any]] | dict[str, TypeEngine[Any]]:
    """Return the types of a statement's columns: in order, or by name where the text of it is our own."""
    if isinstance(statement, Select):
        return [column.type for column in statement.selected_columns]
    if isinstance(statement, TextualSelect):
        return {column.name: column.type for column in statement.selected_columns}
    return {}


def _processed(row: Sequence[Any], processors: Iterable[tuple[int, Processor]]) -> tuple[Any, ...]:
    values = list(row)
    for at, processor in processors:
        values[at] = processor(values[at])
    return tuple(values)


def _told(
    connection: Connection,
    cursor: DBAPICursor,
    sql: str,
    parameters: Any,  # noqa: ANN401 - a tuple or a dict
    error: Exception,
) -> BaseException:
    """Return a driver's error as SQLAlchemy's; a connection that is lost is not used again."""
    dialect = connection.dialect
    lost = dialect.is_disconnect(error, connection.connection, cursor)  # type: ignore[arg-type]  # a driver's error
    told = DBAPIError.instance(
        sql, parameters, error, dialect.loaded_dbapi.Error, connection_invalidated=lost, dialect=dialect
    )
    if lost:
        connection.invalidate(error)
    return told
