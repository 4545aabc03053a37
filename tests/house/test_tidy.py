"""Small rules that keep the house readable, each with its reason. Exceptions are named, and say why."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70

# A file that is longer, how long it may be, and why that reads better than two files. These numbers only go down.
LONGER_FILES: dict[str, tuple[int, str]] = {
    "visavis/engine/conversation.py": (429, "whatever happens to a session is handled here, one at a time"),
    "tests/resources/test_sessions.py": (404, "one answer, looked at from every client's side"),
}

# The same for a function.
LONGER_FUNCTIONS: dict[str, tuple[int, str]] = {
    "visavis/db/migrations/versions/0001_the_first_schema.py::upgrade": (185, "the tables, one after the other"),
}

# A sleep in a test, and why there is nothing to wait for.
SLEEPS: dict[str, str] = {
    "tests/clients/python_sdk/driver.py": "sends a recording at the pace of a microphone",
    "tests/media/fake_faces.py": "a face that hangs",
    "tests/media/fake_speech.py": "a voice and ears that are slow or hang",
}

# Words of a machine or a registry: a checkout must work anywhere.
# Each is written so that this file does not name it either.
FOREIGN = re.compile(
    r"/wor[k]/|/roo[t]/|/hom[e]/(?!<)"
    r"|\bpyp[i]\.|pythonhoste[d]|registry\.npmj[s]|registry\.yarnpk[g]|\bdeb\.debia[n]\.org",
    re.IGNORECASE,
)
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
NOT_TEXT = {".npz", ".png", ".jpg", ".wav", ".ico", ".woff2", ".mp4", ".onnx"}


@cache
def tracked() -> tuple[Path, ...]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return tuple(ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file())


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def python_files() -> tuple[Path, ...]:
    return tuple(path for path in tracked() if path.suffix == ".py")


def texts() -> Iterator[tuple[str, str]]:
    for path in tracked():
        if path.suffix not in NOT_TEXT and path != Path(__file__):
            yield name_of(path), path.read_text(encoding="utf-8")


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_files_are_short_enough_to_be_read_at_once() -> None:
    for path in python_files():
        allowed, _ = LONGER_FILES.get(name_of(path), (FILE_LINES_MAX, ""))
        lines = len(path.read_text(encoding="utf-8").splitlines())
        assert lines <= allowed, f"{name_of(path)} has {lines} lines; split it by what it is about"


def test_the_list_of_longer_files_only_shrinks() -> None:
    for name, (allowed, _) in LONGER_FILES.items():
        assert FILE_LINES_MAX < len((ROOT / name).read_text(encoding="utf-8").splitlines()) <= allowed


def test_functions_do_one_thing() -> None:
    for path in python_files():
        for function in functions(path):
            name = f"{name_of(path)}::{function.name}"
            allowed, _ = LONGER_FUNCTIONS.get(name, (FUNCTION_LINES_MAX, ""))
            lines = (function.end_lineno or function.lineno) - function.lineno + 1
            assert lines <= allowed, f"{name} has {lines} lines"


def test_nothing_is_left_unfinished() -> None:
    found = [name for name, text in texts() if UNFINISHED.search(text)]
    assert not found, "finish it, or say it where the plan is kept"


def test_no_file_names_a_machine_or_a_registry() -> None:
    found = {name: match.group() for name, text in texts() if (match := FOREIGN.search(text))}
    assert not found


def test_no_test_sleeps_to_wait_for_something() -> None:
    """Sleeping is slow on a fast machine and wrong on a slow one. Polling in a loop with a limit is allowed."""
    for path in python_files():
        if name_of(path).startswith("tests/") and name_of(path) not in SLEEPS:
            nodes = list(ast.walk(tree_of(path)))
            polled = {id(call) for loop in nodes if isinstance(loop, ast.While) for call in ast.walk(loop)}
            for call in nodes:
                if isinstance(call, ast.Call) and id(call) not in polled and is_sleep(call):
                    pytest.fail(f"{name_of(path)}:{call.lineno} sleeps; wait for the event instead")


def is_sleep(call: ast.Call) -> bool:
    """`asyncio.sleep(0)` only lets others run, so it is not one."""
    name = called_name(call)
    letting_others_run = bool(call.args) and isinstance(call.args[0], ast.Constant) and call.args[0].value == 0
    return name == "sleep" and not letting_others_run


def called_name(call: ast.Call) -> str:
    """The last part of what is called: `sleep` for `asyncio.sleep(1)`."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def test_every_test_asserts_something() -> None:
    silent: list[str] = []
    for path in python_files():
        if path.name.startswith("test_") and name_of(path).startswith("tests/"):
            silent += [
                f"{name_of(path)}: {function.name}"
                for function in functions(path)
                if function.name.startswith("test_") and not can_fail(function)
            ]
    assert not silent, "a test that cannot fail tests nothing"


def can_fail(function: ast.AST) -> bool:
    """By an assertion of its own, or of a helper that it calls."""
    called = {called_name(node) for node in ast.walk(function) if isinstance(node, ast.Call)}
    return asserts(function) or bool(called & asserting_helpers())


def asserts(function: ast.AST) -> bool:
    for node in ast.walk(function):
        if isinstance(node, ast.Assert | ast.Raise):
            return True
        if isinstance(node, ast.Call) and called_name(node) in ("raises", "fail", "warns", "expect"):
            return True
    return False


@cache
def asserting_helpers() -> frozenset[str]:
    """Functions of the tests that fail when what they are for does not hold, directly or through one another."""
    helpers = [
        function for path in python_files() if name_of(path).startswith("tests/") for function in functions(path)
    ]
    return frozenset(helper.name for helper in helpers if asserts(helper) or gives_up(helper))


def gives_up(function: ast.AST) -> bool:
    """Whether it waits for a limited time, and fails after that."""
    return any(isinstance(node, ast.Call) and called_name(node) == "timeout" for node in ast.walk(function))
