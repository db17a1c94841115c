"""Small programs for the supervisor to keep: `python -m tests.ops.programs NAME FOLDER`."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

LONG = 120
"""Seconds: longer than any test, short enough to end by itself if a test fails to end it."""


def stays(folder: Path) -> None:
    """Notes its process and stays."""
    with (folder / "stays").open("a") as file:
        file.write(f"{os.getpid()}\n")
    time.sleep(LONG)


def leaves(folder: Path) -> None:
    """Ends well at once, as a worker does whose database went away."""
    with (folder / "leaves").open("a") as file:
        file.write(f"{os.getpid()}\n")


def stubborn(folder: Path) -> None:
    """Does not hear SIGTERM, and has a child of its own that does not either."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    inner = subprocess.Popen([sys.executable, "-c", f"import time; time.sleep({LONG})"])
    (folder / "stubborn").write_text(f"{os.getpid()}\n{inner.pid}\n")
    time.sleep(LONG)


def fails(folder: Path) -> None:
    """A step that does not succeed."""
    sys.exit(3)


def supervises(folder: Path) -> None:
    """A supervisor with one program, in a process of its own, to be killed."""
    from cais.ops.supervisor import Program, Supervisor

    supervisor = Supervisor(say=print)
    with supervisor.on_duty():
        supervisor.keep(Program("stays", "tests.ops.programs", ("stays", str(folder))))
        supervisor.watch()


if __name__ == "__main__":
    globals()[sys.argv[1]](Path(sys.argv[2]))
