"""Structured logs: one line an event, as text for people or JSON for collectors."""

import logging
import re
from typing import Any

import structlog

from app.config import Settings

_SECRET_WORDS = ("password", "token", "secret", "authorization", "cookie")
_SECRET_PATH = re.compile(r"^/(password|setup|calendar/feeds|q|pay)/.+")


def configure_logging(settings: Settings) -> None:
    """Send our logs and those of the libraries through the same renderer."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_secrets,
        structlog.processors.format_exc_info,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=shared))
    root = logging.getLogger()
    # ours from an earlier call is replaced; handlers that others have put there stay
    root.handlers = [kept for kept in root.handlers if not _is_ours(kept)] + [handler]
    root.setLevel(settings.log_level)
    for noisy in ("granian.access", "procrastinate", "httpx", "sse_starlette"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _is_ours(handler: logging.Handler) -> bool:
    return isinstance(handler.formatter, structlog.stdlib.ProcessorFormatter)


def _without_secrets(_logger: object, _method: str, event: Any) -> Any:
    for name in event:
        if any(word in name.lower() for word in _SECRET_WORDS):
            event[name] = "***"
    if "path" in event:
        event["path"] = _SECRET_PATH.sub(r"/\1/***", str(event["path"]))
    return event
