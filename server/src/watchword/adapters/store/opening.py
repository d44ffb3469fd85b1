"""Opening: the store on the engine that its address names."""

from pathlib import Path

from watchword.adapters.store.engine import Engine
from watchword.adapters.store.sqlite import SqliteEngine
from watchword.adapters.store.store import EngineStore
from watchword.domain.rollup import DAY


async def open_store(
    database: Path | str,
    *,
    strict: bool = True,
    queue_limit: int = 10_000,
    lanes: int = 2,
    listens: bool = True,
    retention_days: int = 30,
) -> EngineStore:
    """Open a SQLite file (a path) or a PostgreSQL database (a URL), its schema brought up to date.

    Raises:
        StoreUnavailableError: it cannot be opened; nothing was changed.
        SchemaTooNewError: a newer program has written it.

    """
    engine: Engine
    if isinstance(database, Path):
        engine = SqliteEngine(database, strict=strict, queue_limit=queue_limit)
    else:
        from watchword.adapters.store.postgres import (  # noqa: PLC0415 - its driver is not small
            PostgresEngine,
        )

        engine = await PostgresEngine.open(
            database, strict=strict, queue_limit=queue_limit, lanes=lanes, listens=listens
        )
    return EngineStore(engine, retention=retention_days * DAY)
