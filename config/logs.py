"""Log lines on standard error: structlog in front, every library's own logging routed in, nothing personal.

A line carries static text and named fields. What third parties write may hold what a caller said, so only
the logger's name, the level and the text before its values are kept of their lines; of an exception, its
type and where it happened, never its message.
"""

import contextlib
import logging
import re
import sys
from collections.abc import Iterator, Mapping, MutableMapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TextIO

import loguru
import structlog
from structlog.contextvars import bound_contextvars

from config.settings import LogSettings

if TYPE_CHECKING:
    from loguru import Message as LoguruMessage

EventDict = MutableMapping[str, Any]

MASK = "[masked]"
OWN_LOGGERS = (
    "config",
    "kit",
    "contracts",
    "language",
    "knowledge",
    "tools",
    "agent",
    "practice",
    "webhooks",
    "rehearsal",
    "cli",
)
SPOKEN_FOR_LOGGERS = ("uvicorn", "alembic")
"""Third parties whose whole lines are known to hold addresses and counts alone."""

_SECRET_FIELD = re.compile(
    r"authorization|password|secret|token|credential|api_?key|signature", re.IGNORECASE
)
_PERSONAL_FIELD = re.compile(r"phone|email|caller|customer|transcript|number$|^text$|^say$", re.IGNORECASE)
_SECRET_TEXT = re.compile(
    r"sk_ptnr_[\w.\-]+"
    r"|whsec_\w+"
    r"|\bsk-[\w\-]{8,}"
    r"|(?<![\w\-])eyJ[\w\-]++\.[\w\-]++\.[\w\-]+"
    r"|(?i:bearer)\s+\S+"
    r"|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"
)
_PHONE_TEXT = re.compile(r"\+\d{7,15}\b")
_EMAIL_TEXT = re.compile(r"(?<![\w.+\-])[\w.+\-]++@[\w\-]+\.[\w.\-]+")
_MAX_FRAMES = 12


def configure_logs(settings: LogSettings, stream: TextIO | None = None) -> None:
    """Send the process's whole logging, loguru's and uvicorn's included, to one stream."""
    target = sys.stderr if stream is None else stream
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _fold_exception,
        _mask,
        _in_order,
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(default=lambda value: type(value).__name__)
        if settings.format == "json"
        else structlog.dev.ConsoleRenderer(colors=target.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_name_the_source, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    handler.addFilter(_keep_static_text)
    level = logging.getLevelNamesMapping()[settings.level.upper()]
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    for name in OWN_LOGGERS:
        logging.getLogger(name).setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.asgi", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers = []
        logger.propagate = True
        logger.setLevel(max(level, logging.INFO))
    # Requests are logged by our own middleware, with the route and never the address's values.
    logging.getLogger("uvicorn.access").setLevel(logging.WARNING)
    # pipecat writes through loguru, and what callers say stands in its lines.
    loguru.logger.remove()
    loguru.logger.add(_from_loguru, level="WARNING", format="{message}", backtrace=False, diagnose=False)


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """Give the logger of a module."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


@contextlib.contextmanager
def log_context(**fields: str) -> Iterator[None]:
    """Put identifiers such as ``call_id``, nothing personal, on every line of this context and its tasks."""
    with bound_contextvars(**fields):
        yield


def masked(text: str) -> str:
    """Replace secrets, phone numbers and e-mail addresses in a text."""
    for pattern in (_SECRET_TEXT, _PHONE_TEXT, _EMAIL_TEXT):
        text = pattern.sub(MASK, text)
    return text


def _mask(_logger: Any, _method: str, event: EventDict) -> EventDict:
    for name, value in event.items():
        if name in {"event", "timestamp", "level", "logger"}:
            event[name] = masked(value) if isinstance(value, str) else value
        elif _SECRET_FIELD.search(name) or _PERSONAL_FIELD.search(name):
            event[name] = value if isinstance(value, bool | None) else MASK
        else:
            event[name] = _masked_value(value)
    return event


def _in_order(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Put what every line has before what one line has."""
    first = [name for name in ("timestamp", "level", "logger", "event") if name in event]
    return {name: event[name] for name in (*first, *(key for key in event if key not in first))}


def _masked_value(value: Any) -> Any:
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, Mapping):
        return _mask(None, "", dict(value))
    if isinstance(value, list | tuple):
        return [_masked_value(item) for item in value]
    return value


def _keep_static_text(record: logging.LogRecord) -> bool:
    """Reduce a third party's record to its static text, unless its library's own level leaves it out."""
    if isinstance(record.msg, dict) or record.name.split(".")[0] in (*OWN_LOGGERS, *SPOKEN_FOR_LOGGERS):
        return True
    if record.levelno < logging.WARNING:
        return False
    if not record.args:
        # Without arguments the values may already stand inside the text.
        record.msg = "message withheld"
    record.args = ()
    return True


def _name_the_source(_logger: Any, _method: str, event: EventDict) -> EventDict:
    record: logging.LogRecord = event["_record"]
    event["event"] = str(event["event"]).strip()
    if event["event"] == "message withheld":
        event["source"] = f"{Path(record.pathname).name}:{record.lineno}"
    return event


def _fold_exception(_logger: Any, _method: str, event: EventDict) -> EventDict:
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        event["exception"] = _describe(error)
    event.pop("stack_info", None)
    return event


def _describe(error: BaseException) -> list[dict[str, Any]]:
    """Give the chain of an exception as types and places; messages may quote a caller's words."""
    chain: list[dict[str, Any]] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        kind = type(current)
        chain.append({"type": f"{kind.__module__}.{kind.__qualname__}", "at": _frames(current.__traceback__)})
        if isinstance(current, BaseExceptionGroup):
            chain.extend(part for inner in current.exceptions for part in _describe(inner))
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return chain


def _frames(traceback: TracebackType | None) -> list[str]:
    frames: list[str] = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        frames.append(f"{'/'.join(Path(code.co_filename).parts[-2:])}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    return frames[-_MAX_FRAMES:]


def _from_loguru(message: "LoguruMessage") -> None:
    record = message.record
    error = record["exception"].value if record["exception"] is not None else None
    structlog.stdlib.get_logger(record["name"] or "loguru").log(
        record["level"].no,
        "message withheld",
        source=f"{record['file'].name}:{record['line']}",
        exc_info=error,
    )
