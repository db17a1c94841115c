"""The small server: routes, keep-alive, large answers, and a stop that does not hang."""

import socket
import threading
import time

import httpx

from cais.simkit import Request, Response, Router, Server, json_response


def test_a_request_arrives_whole_and_its_answer_comes_back() -> None:
    seen: list[Request] = []

    def answer(request: Request) -> Response:
        seen.append(request)
        return json_response({"ação": "ok"}, status=201)

    with Server(answer) as server:
        reply = httpx.post(f"{server.base_url}/a%20b?x=1&x=2&y=", json={"n": 1})
    assert (reply.status_code, reply.json()) == (201, {"ação": "ok"})
    assert (seen[0].method, seen[0].path, dict(seen[0].query)) == ("POST", "/a b", {"x": "2", "y": ""})
    assert seen[0].fields() == {"n": 1}


def test_one_connection_serves_many_calls() -> None:
    threads: set[int] = set()

    def answer(request: Request) -> Response:
        threads.add(threading.get_ident())
        return json_response({})

    with Server(answer) as server, httpx.Client() as client:
        for _ in range(5):
            assert client.get(server.base_url).status_code == 200
    assert len(threads) == 1


def test_stopping_interrupts_a_slow_answer_and_closes_connections() -> None:
    arrived = threading.Event()

    def answer(request: Request) -> Response:
        arrived.set()
        return Response(delay=60.0)

    server = Server(answer).start()
    connection = socket.create_connection(("127.0.0.1", server.port))
    connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert arrived.wait(5)
    started = time.monotonic()
    server.stop()
    connection.settimeout(5)
    assert connection.recv(10) == b""
    assert time.monotonic() - started < 5
    connection.close()


def test_a_fixed_path_wins_over_a_pattern_and_a_trailing_slash_is_nothing() -> None:
    router: Router[type] = Router()
    router.add("GET", "/orders/:id", int)
    router.add("GET", "/orders/statuses", str)

    def find(method: str, path: str) -> tuple[type, dict[str, str]] | None:
        return router.find(Request(method, path, {}, {}))

    assert find("GET", "/orders/statuses/") == (str, {})
    assert find("GET", "/orders/7") == (int, {"id": "7"})
    assert find("PUT", "/orders/7") is None
    assert find("GET", "/orders/7/complete") is None
