"""The clock that simulators and clients share."""

import threading

from cais.simkit import Clock


def test_a_fast_clock_multiplies_what_passed_since_its_origin() -> None:
    real = [1_000.0]
    clock = Clock(origin=1_000.0, speed=60.0, real=lambda: real[0])
    real[0] = 1_002.0
    assert clock.now() == 1_120.0


def test_two_processes_with_the_same_variables_see_the_same_time() -> None:
    def real() -> float:
        return 5_000.0

    first = Clock(origin=4_000.0, speed=24.0, real=real)
    variables = first.environment()
    second = Clock(origin=float(variables["CAIS_CLOCK_ORIGIN"]), speed=float(variables["CAIS_CLOCK_SPEED"]), real=real)
    assert second.now() == first.now() == 28_000.0


def test_without_variables_the_clock_is_the_real_one() -> None:
    clock = Clock.from_environment({})
    assert clock.speed == 1.0
    assert clock.real_seconds(10) == 10


def test_the_variables_are_read_from_the_environment() -> None:
    clock = Clock.from_environment({"CAIS_CLOCK_ORIGIN": "123.5", "CAIS_CLOCK_SPEED": "30"})
    assert (clock.origin, clock.speed) == (123.5, 30.0)


def test_a_standing_clock_moves_only_by_hand() -> None:
    clock = Clock.standing(100.0)
    assert clock.now() == 100.0
    clock.advance(3600)
    assert clock.now() == 3700.0
    assert clock.utc().isoformat() == "1970-01-01T01:01:40+00:00"


def test_waiting_ends_when_it_is_told_to_stop() -> None:
    stop = threading.Event()
    stop.set()
    assert Clock(speed=1.0).wait(3600, stop) is True
