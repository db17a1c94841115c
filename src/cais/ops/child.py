"""How a supervised process starts: tied to the life of its supervisor, then given to its module."""

import ctypes
import os
import runpy
import signal
import sys

PR_SET_PDEATHSIG = 1


def command(supervisor: int, module: str, *arguments: str) -> tuple[str, ...]:
    """The command that runs `python -m module arguments` as a child of that supervisor."""
    return (sys.executable, "-m", "cais.ops.child", str(supervisor), module, *arguments)


def tie_to(supervisor: int) -> None:
    """Ask the system for SIGTERM at the supervisor's death, however it dies, so that kill -9 leaves nothing."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != supervisor:  # it died before the request reached the system
        sys.exit(0)


def leave_in_order_on_sigterm() -> None:
    """Let `with` blocks end (the last one to leave stops the database) also before a server has its own way."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))


def main() -> None:
    supervisor, module, *arguments = sys.argv[1:]
    leave_in_order_on_sigterm()
    tie_to(int(supervisor))
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
