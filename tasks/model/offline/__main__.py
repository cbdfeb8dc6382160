"""`python -m tasks.model.offline`: serve the offline model on loopback until standard input closes."""

import argparse
import asyncio
import socket
import sys
import threading

import uvicorn

from tasks.model.offline.app import make_app
from tasks.model.offline.latency import AT_ONCE, Latency
from tasks.model.offline.reply import Rates
from tasks.output import print_anything


def main() -> None:
    """Listen, say where in one line, and serve; a parent that ends, however it ends, closes our standard input."""
    parser = argparse.ArgumentParser(prog="python -m tasks.model.offline", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument(
        "--mistakes", type=_share, default=Rates.mistakes, help="share of programs with a mistake or more"
    )
    parser.add_argument(
        "--lapses", type=_share, default=Rates.lapses, help="share of broken replies, of each of three kinds"
    )
    parser.add_argument("--latency", type=_latency, default=AT_ONCE, help="seconds of a reply: MEDIAN,P95")
    parser.add_argument("--stay", action="store_true", help="go on when standard input closes")
    options = parser.parse_args()
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", options.port))
        except OSError as error:
            sys.exit(f"The offline model can't listen on port {options.port}: {error.strerror}.")
        listener.listen(256)
        print(f"offline model on http://127.0.0.1:{listener.getsockname()[1]}/v1", flush=True)
        asyncio.run(_serve(listener, Rates(options.mistakes, options.lapses), options.latency, options.stay))


async def _serve(listener: socket.socket, rates: Rates, latency: Latency, stay: bool) -> None:
    config = uvicorn.Config(
        make_app(rates, latency), log_level="warning", access_log=False, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)

    def stop_with_parent() -> None:
        while sys.stdin.buffer.read(4096):
            pass
        server.should_exit = True

    if not stay:
        threading.Thread(target=stop_with_parent, daemon=True).start()
    await server.serve(sockets=[listener])


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not a share between 0 and 1")
    return value


def _latency(text: str) -> Latency:
    try:
        median, p95 = map(float, text.split(","))
        return Latency(median, p95)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is not MEDIAN,P95 in seconds: {error}") from error


if __name__ == "__main__":
    print_anything()
    main()
