"""Logging: one structured line a happening, with no code, no key and no whole phone number in it."""

import logging
import re
import sys

import msgspec
import structlog

_PHONE_NUMBER = re.compile(r"((?:\+|%2B)\d{3})\d{2,10}(\d{2})(?!\d)")
_KEY = re.compile(r"ww_(?:test|live)_\w+|wwm_[\w-]+|whsec_[\w+/=]+")


def _mask(_logger: object, _method: str, line: structlog.typing.EventDict) -> str:
    """The last net: whatever slipped into a line, a list or a traceback in it, is masked."""
    return _KEY.sub("[key]", _PHONE_NUMBER.sub(r"\1…\2", str(line)))


def _as_json(line: structlog.typing.EventDict, **_: object) -> str:
    return msgspec.json.encode(line, enc_hook=str).decode()


def configure_logging(*, level: str, as_json: bool) -> None:
    """Send every line, ours and the libraries', to standard error."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(serializer=_as_json)
        if as_json
        # A pretty traceback would show local variables, and codes are among them.
        else structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    )
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                renderer,
                _mask,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    logging.getLogger("uvicorn.access").disabled = True
    # It writes whole addresses, and what is in them.
    logging.getLogger("httpx2").setLevel("WARNING")
    # Our own lines need not pass the standard library, which takes longer than all the rest.
    structlog.configure(
        processors=[*shared, renderer, _mask],
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
    )
