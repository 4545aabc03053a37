"""Log lines: structured, with the request's id, never with what people say or with secrets."""

import logging
import sys
from typing import Literal

import structlog
from structlog.typing import Processor

NOISY = ("aiortc", "aioice", "httpx", "httpx2", "httpcore", "httpcore2", "openai", "alembic")


def configure(level: str, format: Literal["console", "json"]) -> None:
    """One format for our own lines and those of libraries, on standard error."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=_rendering(format)))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("uvicorn.error").addFilter(_without_socket_addresses)


def _without_socket_addresses(record: logging.LogRecord) -> bool:
    """The address of a socket holds a session id, and whoever knows that id can speak in the session."""
    return "WebSocket %s" not in str(record.msg)


def _rendering(format: Literal["console", "json"]) -> list[Processor]:
    strip = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if format == "json":
        return [strip, structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    # the fancy traceback would print local variables: prompts and keys among them
    plain = structlog.dev.plain_traceback
    return [strip, structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]
