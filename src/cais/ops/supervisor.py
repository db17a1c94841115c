"""One process that starts the others, restarts what ends, and stops them all."""

import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from cais.ops.child import command

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 10.0
STEADY_SECONDS = 30.0
"""A process that lived this long was well: its next restart starts from the shortest pause again."""
STOP_SECONDS = 15.0
POLL_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Program:
    """A module to keep running."""

    name: str
    module: str
    arguments: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    output: Path | None = None
    """Where its standard output goes; the operator's terminal when None."""


@dataclass(slots=True)
class _Run:
    program: Program
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    due: float = 0.0
    pause: float = FIRST_PAUSE


class Supervisor:
    """Keeps programs running until SIGINT, SIGTERM or SIGHUP. Times are monotonic seconds."""

    def __init__(self, *, say: Callable[[str], None]) -> None:
        self._say = say
        self._runs: list[_Run] = []
        self._stopping = False

    def keep(self, program: Program) -> None:
        """Start it now; restart it however it ends, for the worker ends well when the database goes."""
        run = _Run(program)
        self._runs.append(run)
        self._start(run)

    def watch(self, *, until: Callable[[], bool] = lambda: False) -> bool:
        """Look after the programs until a signal (answers False) or until `until` holds (True)."""
        while not self._stopping:
            if until():
                return True
            for run in self._runs:
                self._look_after(run)
            self._wake.wait(POLL_SECONDS)
        return False

    def finish(self, program: Program) -> int | None:
        """Run it once and return its exit code; None when a signal came first."""
        run = _Run(program)
        self._runs.append(run)
        self._start(run)
        while self._living_process(run) and not self._stopping:
            self._wake.wait(POLL_SECONDS / 4)
        if self._stopping or run.process is None:
            return None
        self._runs.remove(run)
        return run.process.returncode

    @property
    def stopping(self) -> bool:
        """Whether a signal has asked for the end."""
        return self._stopping

    @contextmanager
    def on_duty(self) -> Iterator[None]:
        """Take the signals for the length of the block, and leave no program running after it."""
        self._wake = _Wake()
        before = {number: signal.signal(number, self._asked_to_stop) for number in STOP_SIGNALS}
        try:
            yield
        finally:
            self._stop_all()
            for number, former in before.items():
                signal.signal(number, former)
            self._wake.close()

    def _asked_to_stop(self, number: int, frame: FrameType | None) -> None:
        if self._stopping:  # asked twice: no more patience
            self._signal_all(signal.SIGKILL)
        self._stopping = True

    def _start(self, run: _Run) -> None:
        program = run.program
        with program.output.open("wb") if program.output else nullcontext() as output:
            run.process = subprocess.Popen(
                command(os.getpid(), program.module, *program.arguments),
                env={**os.environ, **program.environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                start_new_session=True,  # Ctrl-C reaches the supervisor alone, which then stops them in order
            )
        run.started = time.monotonic()

    def _look_after(self, run: _Run) -> None:
        now = time.monotonic()
        if run.process is None:
            if now >= run.due:
                self._start(run)
            return
        code = run.process.poll()
        if code is None:
            return
        _sweep(run.process)
        run.process = None
        run.pause = FIRST_PAUSE if now - run.started > STEADY_SECONDS else run.pause
        run.due = now + run.pause
        self._say(f"{run.program.name} ended ({_reason(code)}); starting it again in {run.pause:g} s")
        run.pause = min(run.pause * 2, LONGEST_PAUSE)

    def _stop_all(self) -> None:
        self._stopping = True
        self._signal_all(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while self._living() and time.monotonic() < deadline:
            self._wake.wait(POLL_SECONDS / 4)
        for run in self._living():
            self._say(f"{run.program.name} did not stop within {STOP_SECONDS:g} s; ending it")
        for run in self._runs:
            if run.process:
                _sweep(run.process)
                run.process.wait()

    def _living(self) -> list[_Run]:
        return [run for run in self._runs if self._living_process(run)]

    @staticmethod
    def _living_process(run: _Run) -> bool:
        return run.process is not None and run.process.poll() is None

    def _signal_all(self, number: signal.Signals) -> None:
        for run in self._living():
            if run.process:
                run.process.send_signal(number)


STOP_SIGNALS: Sequence[signal.Signals] = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _Wake:
    """Sleep that a signal ends at once."""

    def __init__(self) -> None:
        self._read, self._write = os.pipe()
        os.set_blocking(self._read, False)
        os.set_blocking(self._write, False)
        self._former = signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)

    def wait(self, seconds: float) -> None:
        if select.select([self._read], [], [], seconds)[0]:
            os.read(self._read, 512)

    def close(self) -> None:
        signal.set_wakeup_fd(self._former)
        os.close(self._read)
        os.close(self._write)


def _sweep(process: "subprocess.Popen[bytes]") -> None:
    """End what a program left behind in its session, such as the web server's own processes."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _reason(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name
