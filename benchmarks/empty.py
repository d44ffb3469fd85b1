"""A handler with nothing to do on the service's own HTTP stack: the ceiling of every handler."""

import asyncio
import sys

import msgspec
import uvicorn
import uvloop

from watchword.edges.http.asgi import Answer, Receive, Scope, Send, read_body, send_answer
from watchword.edges.http.protocol import BoundedHttpProtocol


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    body = await read_body(scope, receive)
    asked = msgspec.json.decode(body) if body else {}
    await send_answer(send, Answer(200, msgspec.json.encode(asked), "ok"))


async def main(port: int) -> None:
    config = uvicorn.Config(
        application,
        port=port,
        http=BoundedHttpProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
    )
    await uvicorn.Server(config).serve()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(int(sys.argv[1])))
