"""Log lines."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from visavis.http import logs


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize("format", ["json", "console"])
def test_an_error_is_told_without_the_values_of_variables(format: str, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info", format)  # type: ignore[arg-type]
    prompt = "a private " + "prompt"
    try:
        raise ValueError(len(prompt))
    except ValueError:
        structlog.get_logger("test").error("failed", exc_info=True)

    said = capsys.readouterr().err
    assert "ValueError: 16" in said
    assert "a private prompt" not in said


def test_lines_of_libraries_have_the_same_form(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("warning", "json")
    structlog.contextvars.bind_contextvars(request_id="r1")
    try:
        logging.getLogger("library").warning("hello %s", "world")
        logging.getLogger("library").info("not worth a line")
    finally:
        structlog.contextvars.clear_contextvars()

    (line,) = capsys.readouterr().err.splitlines()
    said = json.loads(line)
    assert (said["event"], said["level"], said["logger"], said["request_id"]) == (
        "hello world",
        "warning",
        "library",
        "r1",
    )


def test_the_address_of_a_socket_is_not_told(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info", "json")
    library = logging.getLogger("uvicorn.error")
    library.info('%s - "WebSocket %s" [accepted]', "127.0.0.1:1", "/ws?session_id=the-secret-of-a-session")
    library.info("another line")

    said = capsys.readouterr().err
    assert "the-secret-of-a-session" not in said
    assert "another line" in said
