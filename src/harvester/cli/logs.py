"""What is logged, and how: one JSON object a line on standard error, so that no text of strangers can forge a line."""

from __future__ import annotations

import logging
import sys
from typing import Literal

Level = Literal["debug", "info", "warning", "error"]
FROM_LOGGING = ("harvester", "uvicorn.error")
"""Loggers of the standard library whose events are written here: a traceback of theirs would be many lines."""


class _AsOurs(logging.Handler):
    """Writes an event of the standard library's logging as one of ours."""

    def emit(self, record: logging.LogRecord) -> None:
        import structlog

        structlog.get_logger().log(record.levelno, record.getMessage(), logger=record.name, exc_info=record.exc_info)


def log_from(level: Level) -> None:
    """Log events of this level and above; those of libraries from warnings on, as lines of the same form."""
    import structlog
    from structlog.tracebacks import ExceptionDictTransformer

    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            structlog.processors.EventRenamer("event"),
            # Without the values of variables, among which are secrets.
            structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
            structlog.processors.JSONRenderer(default=str),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: structlog.WriteLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    # Libraries name jobs and their arguments on lower levels; ours say the same with less.
    logging.getLogger("procrastinate").setLevel(logging.CRITICAL)
    logging.getLogger("harvester").setLevel(level.upper())
    for name in FROM_LOGGING:
        logging.getLogger(name).handlers = [_AsOurs()]
