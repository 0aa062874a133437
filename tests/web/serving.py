"""Serves something on a free port of this machine for the time of a test."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import BaseServer

from flask import Flask
from werkzeug.serving import make_server


@contextmanager
def running(server: BaseServer) -> Iterator[str]:
    """The address, `http://127.0.0.1:port`, of a server that runs until the end of the block."""
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The address of a site that answers until the end of the block."""
    with running(make_server("127.0.0.1", 0, app, threaded=True)) as address:
        yield address
