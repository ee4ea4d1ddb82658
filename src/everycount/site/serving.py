"""The server: a small process that listens and starts the one that serves again when it dies.

It loads nothing of the site: what the node is prepared with would stay in its memory for as long as it runs.
"""

from __future__ import annotations

import sys

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings

from everycount.site.patience import THREADS

HEADERS = 10_000  # milliseconds that a client has for the head of a request


def main() -> None:
    """Serves until it is stopped: ``python -m everycount.site.serving HOST PORT``."""
    host, port = sys.argv[1:]
    Granian(
        target="everycount.site.wsgi:application",
        address=host,
        port=int(port),
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADERS),
        log_access=False,  # addresses hold keys
        websockets=False,
        respawn_failed_workers=True,
    ).serve()


if __name__ == "__main__":
    main()
