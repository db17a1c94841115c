"""Each fault does what its name says, when it is due and no more often."""

from collections.abc import Iterator

import httpx
import pytest

from cais.simkit import Faults, Request, Response, Server, json_response


class Counter:
    """A service whose work can be counted from outside."""

    def __init__(self) -> None:
        self.done = 0
        self.faults = Faults(seed=7)

    def __call__(self, request: Request) -> Response:
        return self.faults.around(request, self._work)

    def _work(self) -> Response:
        self.done += 1
        return json_response({"done": self.done})


@pytest.fixture
def counter() -> Counter:
    return Counter()


@pytest.fixture
def url(counter: Counter) -> Iterator[str]:
    with Server(counter) as server:
        yield f"{server.base_url}/orders"


@pytest.mark.parametrize(
    ("name", "status"), [("error_429", 429), ("error_500", 500), ("error_503", 503)], ids=["429", "500", "503"]
)
def test_a_refusal_does_no_work(counter: Counter, url: str, name: str, status: int) -> None:
    counter.faults.next(name)
    assert httpx.post(url).status_code == status
    assert counter.done == 0
    assert httpx.post(url).status_code == 200


def test_an_answer_lost_after_commit_has_done_the_work(counter: Counter, url: str) -> None:
    counter.faults.next("lost_after_commit")
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.post(url)
    assert counter.done == 1


def test_an_answer_lost_before_commit_has_done_nothing(counter: Counter, url: str) -> None:
    counter.faults.next("lost_before_commit")
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.post(url)
    assert counter.done == 0


def test_a_500_after_commit_has_done_the_work(counter: Counter, url: str) -> None:
    counter.faults.next("error_500_after_commit")
    assert httpx.post(url).status_code == 500
    assert counter.done == 1


def test_a_cut_body_promises_more_than_it_sends(counter: Counter, url: str) -> None:
    counter.faults.next("cut_body")
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete"):
        httpx.get(url)


@pytest.mark.parametrize(("name", "status"), [("html_ok", 200), ("html_502", 502)])
def test_html_comes_instead_of_json(counter: Counter, url: str, name: str, status: int) -> None:
    counter.faults.next(name)
    reply = httpx.get(url)
    assert reply.status_code == status
    assert reply.headers["content-type"].startswith("text/html")
    assert reply.text.startswith("<!DOCTYPE html>")


def test_a_huge_answer_is_forty_megabytes(counter: Counter, url: str) -> None:
    counter.faults.next("huge_body")
    with httpx.stream("GET", url) as reply:
        assert int(reply.headers["content-length"]) == 40 * 1024 * 1024


def test_a_slow_answer_outlasts_an_impatient_reader(counter: Counter, url: str) -> None:
    counter.faults.next("slow", seconds=30)
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(url, timeout=0.2)
    assert counter.done == 1


def test_a_fault_fires_as_often_as_it_was_told_to(counter: Counter, url: str) -> None:
    counter.faults.next("error_500", times=2)
    assert [httpx.get(url).status_code for _ in range(3)] == [500, 500, 200]
    assert counter.faults.switches["error_500"].fired == 2


def test_a_fault_touches_only_the_calls_that_it_names(counter: Counter, url: str) -> None:
    counter.faults.next("error_500", only="POST /orders")
    assert httpx.get(url).status_code == 200
    assert httpx.post(url).status_code == 500


def test_chance_is_the_same_for_the_same_seed() -> None:
    request = Request("GET", "/", {}, {})

    def draws(seed: int) -> list[bool]:
        faults = Faults(seed=seed)
        faults.set("error_500", probability=0.3)
        return [faults.fires("error_500", request) for _ in range(200)]

    assert draws(3) == draws(3) != draws(4)
    assert 30 < sum(draws(3)) < 90


def test_clearing_switches_everything_off(counter: Counter, url: str) -> None:
    counter.faults.set("error_500", probability=1.0)
    counter.faults.clear()
    assert httpx.get(url).status_code == 200


def test_an_unknown_fault_is_not_accepted(counter: Counter) -> None:
    with pytest.raises(KeyError):
        counter.faults.set("eclipse", probability=1.0)
