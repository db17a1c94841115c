"""The two processes that do the work: web and worker. `python -m cais.ops.serve web|worker`."""

import os
import sys

from cais.ops.address import DEFAULT_LISTEN, Listen
from cais.ops.occupancy import database_in_use

POLL_SECONDS = 0.5
"""With NOTIFY as the fast way, this bounds the wait for a job whose notice came while it could not be taken."""


def web() -> None:
    """Serve the site until told to stop."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    listen = Listen.parse(os.environ.get("CAIS_LISTEN") or DEFAULT_LISTEN)
    threads = int(os.environ.get("CAIS_WEB_THREADS") or _web_threads())
    os.environ.setdefault("CAIS_POOL_SIZE", str(threads))  # a thread that waits for a connection serves nobody
    server = Granian(
        "cais.config.wsgi:application",
        address=listen.host,
        port=listen.port,
        interface=Interfaces.WSGI,
        workers=int(os.environ.get("CAIS_WEB_PROCESSES") or _web_processes()),
        blocking_threads=threads,
        websockets=False,
        log_level=LogLevels.warning,
        workers_kill_timeout=10,
    )
    with database_in_use(os.environ):
        server.serve()


def worker() -> None:
    """Do what is due, until told to stop or until the database goes away."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cais.config.settings")
    with database_in_use(os.environ):
        import django

        django.setup()
        _run_worker()


def _run_worker() -> None:
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector
    from procrastinate.jobs import DeleteJobCondition

    # Django's own connector can neither listen nor wait; the worker needs one of its own on the same database.
    connector = app.connector
    assert isinstance(connector, DjangoConnector)
    with app.replace_connector(connector.get_worker_connector()) as working:
        working.run_worker(
            name="cais",
            concurrency=int(os.environ.get("CAIS_WORKER_CONCURRENCY") or 4),
            fetch_job_polling_interval=POLL_SECONDS,
            shutdown_graceful_timeout=float(os.environ.get("CAIS_WORKER_GRACE_SECONDS") or 20),
            delete_jobs=DeleteJobCondition.SUCCESSFUL.value,
            listen_notify=True,
        )


def _web_processes() -> int:
    return 2 if (os.cpu_count() or 1) > 2 else 1


def _web_threads() -> int:
    return min(8, max(4, 2 * (os.cpu_count() or 1)))


if __name__ == "__main__":
    {"web": web, "worker": worker}[sys.argv[1]]()
