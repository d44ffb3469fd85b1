"""Two processes of one installation judge by what either of them saw."""

import asyncio
from pathlib import Path

import pytest
from server.tests.postgres import PostgresServer

from watchword.app import open_watchword
from watchword.domain.screening.learning.asking import Asking
from watchword.domain.sighting import Asked
from watchword.server import begin_learning
from watchword.settings import Settings


@pytest.mark.parametrize("engine", ["postgres", "sqlite"])
async def test_what_one_process_sees_the_other_knows_of_soon(
    engine: str, tmp_path: Path, postgres: PostgresServer
) -> None:
    url = postgres.new_database() if engine == "postgres" else None
    settings = Settings(data_dir=tmp_path, database_url=url)
    async with open_watchword(settings) as here, open_watchword(settings) as there:
        await begin_learning(here)
        await begin_learning(there)
        asking = Asking(at=1_750_000_000_000, project="p", block="99890123", person="x", price=0.2)
        here.memory.see(Asked("a", asking, refused=False))
        async with asyncio.timeout(10):
            while not there.memory.entries()["under_way"]:  # noqa: ASYNC110 - nobody is told
                await asyncio.sleep(0.05)
    async with open_watchword(settings) as again:
        await begin_learning(again)
        assert again.memory.entries()["under_way"] == 1
