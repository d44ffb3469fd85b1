"""Cluster: Watchword over a database host, two API hosts and the worker hosts that a test asks for."""

import base64
import contextlib
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import aiohttp
import asyncpg
from server.tests.faults.load import Load
from server.tests.hosts.namespaces import NETWORK, Host, Network
from server.tests.postgres import PostgresServer, psql
from server.tests.processes import HEADERS, PROGRAM, Process

KEY = base64.b64encode(bytes(32)).decode()
FEW = 12
"""Seconds within which every answer must come, whatever is cut off."""


class Cluster:
    """A database host and two API hosts; workers are started as they are needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.network = Network()
        self.database_host = self.network.host("database")
        self.postgres = PostgresServer(
            host=self.database_host.address,
            port=5432,
            prefix=self.database_host.prefix_of_nobody,
            trusts=NETWORK,
        )
        self.database = self.postgres.new_database()
        self.api_hosts = [self.network.host(f"api-{number}") for number in (1, 2)]
        self.processes: list[Process] = []
        self.apis = [
            self._start(host, "serve", "--no-worker", "--host", host.address, "--port", "8700")
            for host in self.api_hosts
        ]

    def _start(self, host: Host, *command: str, program: Sequence[str] = PROGRAM) -> Process:
        process = Process(
            *command,
            data_dir=self._folder / host.address,
            database_url=self.database,
            program=(*host.prefix, *program),
            code_key=KEY,
            bootstrap_operator_password="a password of the owner",
        ).ready()
        self.processes.append(process)
        return process

    def worker(self, name: str, ahead: int = 0) -> Host:
        """A host with a worker, whose clock goes ahead by so many milliseconds."""
        host = self.network.host(name)
        faulty = (sys.executable, "-m", "server.tests.faults.program", "none", "0", str(ahead))
        self._start(host, "worker", program=faulty if ahead else PROGRAM)
        return host

    def load(self, session: aiohttp.ClientSession) -> Load:
        """Load over the API hosts in turn, so that one promises what the other shows."""
        return Load([api.url for api in self.apis], session)

    def asked(self, sql: str) -> str:
        """What the database answers."""
        return psql(self.database, sql)

    @contextlib.asynccontextmanager
    async def locked(self, table: str) -> AsyncIterator[None]:
        """Nobody writes the table meanwhile."""
        connection = await asyncpg.connect(self.database)
        try:
            async with connection.transaction():
                await connection.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
                yield
        finally:
            await connection.close()

    def close(self) -> None:
        """End everything, politely or not."""
        for process in self.processes:
            if process.alive:
                process.kill()
        self.postgres.close()


def session() -> aiohttp.ClientSession:
    """A session to which an answer that takes longer than a few seconds is none."""
    return aiohttp.ClientSession(headers=HEADERS, timeout=aiohttp.ClientTimeout(total=FEW))
