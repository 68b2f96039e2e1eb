"""Files and functions stay small, money never becomes a float, and nothing is left for later."""

import ast
import re
from collections.abc import Callable, Iterator

import pytest

from tests.architecture.tree import findings, sources

LONGEST_FILE = 400
LONGEST_FUNCTION = 70
MOST_POSITIONAL_PARAMETERS = 5
MONEY = ("hub/api", "hub/domain", "hub/store", "hub/service")
LATER = re.compile(r"#\s*(?:TODO|FIXME|XXX|HACK)\b")

Rule = Callable[[ast.Module], Iterator[str]]


def functions(module: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(module) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def too_long(module: ast.Module) -> Iterator[str]:
    for function in functions(module):
        length = (function.end_lineno or 0) - function.lineno + 1
        if length > LONGEST_FUNCTION:
            yield f"{function.lineno}: {function.name} has {length} lines"


def too_many_parameters(module: ast.Module) -> Iterator[str]:
    for function in functions(module):
        names = [a.arg for a in function.args.posonlyargs + function.args.args if a.arg not in {"self", "cls"}]
        if len(names) > MOST_POSITIONAL_PARAMETERS:
            yield f"{function.lineno}: {function.name} takes {len(names)} parameters by position"


def made_float(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float":
            yield f"{node.lineno}: float()"
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield f"{node.lineno}: {node.value}"


def not_implemented(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Raise) and node.exc is not None and "NotImplemented" in ast.unparse(node.exc):
            yield f"{node.lineno}: {ast.unparse(node)}"


def catches_everything(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        caught = ast.unparse(node.type) if isinstance(node, ast.ExceptHandler) and node.type else ""
        if isinstance(node, ast.ExceptHandler) and (not caught or re.search(r"\b(Base)?Exception\b", caught)):
            yield f"{node.lineno}: except {caught}"


def test_no_file_is_longer_than_400_lines() -> None:
    lengths = {str(path): len(text.splitlines()) for path, text in sources() if "migrations" not in path.parts}
    assert lengths
    assert {path: length for path, length in lengths.items() if length >= LONGEST_FILE} == {}


def test_no_function_is_longer_than_70_lines() -> None:
    assert [finding for finding in findings(too_long) if "/migrations/" not in finding] == []


def test_no_function_takes_more_than_five_parameters_by_position() -> None:
    assert [finding for finding in findings(too_many_parameters) if not finding.startswith(("hub/cli", "bench/"))] == []


def test_no_float_is_made_where_money_is() -> None:
    assert findings(made_float, *MONEY) == []


def test_nothing_is_left_unimplemented() -> None:
    assert findings(not_implemented) == []


def test_only_the_plugin_host_and_the_engine_catch_every_exception() -> None:
    allowed = ("hub/plugins/", "hub/engine/")
    assert [finding for finding in findings(catches_everything) if not finding.startswith(allowed)] == []


def test_no_comment_puts_work_off() -> None:
    assert [str(path) for path, text in sources() if LATER.search(text)] == []


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        (too_long, "def f() -> None:\n" + "    pass\n" * 70),
        (too_many_parameters, "def f(a, b, c, d, e, g): ..."),
        (made_float, "x = float('1')"),
        (made_float, "x = 0.5"),
        (not_implemented, "raise NotImplementedError('x')"),
        (catches_everything, "try:\n    f()\nexcept:\n    pass"),
        (catches_everything, "try:\n    f()\nexcept (ValueError, Exception):\n    pass"),
    ],
)
def test_a_broken_rule_is_found(rule: Rule, source: str) -> None:
    assert list(rule(ast.parse(source)))


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        (too_long, "def f() -> None:\n" + "    pass\n" * 69),
        (too_many_parameters, "def f(self, a, b, c, d, e, *, g=True): ..."),
        (made_float, "x: float = 5"),
        (catches_everything, "try:\n    f()\nexcept ConnectorError:\n    pass"),
    ],
)
def test_a_kept_rule_finds_nothing(rule: Rule, source: str) -> None:
    assert list(rule(ast.parse(source))) == []
