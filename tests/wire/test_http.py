"""Every way a call can go, against a server on the loopback that answers what the test gives it."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
from collections.abc import Iterator
from decimal import Decimal

import pytest

from cais.core.clock import Clock
from cais.ports.errors import ConfigurationError, OutcomeUnknown, RateLimited, Unavailable, Unreadable, VendorError
from cais.ports.session import Priority, Reach
from cais.wire import transport
from cais.wire.guard import NoSuchHost
from cais.wire.http import CAP, Answer, Call, Http, Timeouts, Untrusted
from tests.wire.conftest import Journal, Server, answer


def read(server: Server, path: str = "/") -> Call:
    return Call(method="GET", url=server.url(path), priority=Priority.ORDERS)


def write(server: Server, path: str = "/") -> Call:
    return Call(method="PUT", url=server.url(path), json={"Order": {"status_id": "7"}}, priority=Priority.STATUS)


def silent(server: Server) -> None:
    """Answer nothing until the test is over."""
    server.speak = lambda _connection: server.released.wait(5) and None


def ending(http: Http, call: Call) -> VendorError:
    with pytest.raises(VendorError) as caught:
        http.call(call)
    return caught.value


def test_a_call_brings_the_body_and_is_counted_and_recorded(server: Server, http: Http, journal: Journal) -> None:
    server.speak = answer(b'{"total":12.50}')
    got = http.call(read(server, "/orders"))
    assert (got.status, got.json()) == (200, {"total": Decimal("12.50")})
    assert journal.spent == [Priority.ORDERS]
    (kept,) = journal.kept
    assert (kept.method, kept.status, kept.url) == ("GET", 200, server.url("/orders"))


def test_nothing_leaves_when_the_budget_is_spent(server: Server, http: Http, journal: Journal) -> None:
    journal.left = 0
    assert isinstance(ending(http, read(server)), RateLimited)
    assert server.requests == []
    assert journal.kept == []


def test_bodies_go_out_as_json_or_as_a_form(server: Server, http: Http) -> None:
    http.call(write(server))
    http.call(Call(method="POST", url=server.url("/auth"), form={"code": "a b"}, priority=Priority.ACCESS))
    as_json, as_form = server.requests
    assert json.loads(as_json.partition(b"\r\n\r\n")[2]) == {"Order": {"status_id": "7"}}
    assert b"content-type: application/json" in as_json.lower()
    assert as_form.endswith(b"code=a+b")
    assert b"application/x-www-form-urlencoded" in as_form


def test_a_query_joins_the_one_in_the_address(server: Server, http: Http) -> None:
    http.call(Call(method="GET", url=server.url("/x?a=1"), query=[("b", "2,3")], priority=Priority.ORDERS))
    assert server.requests[0].split()[1] in (b"/x?a=1&b=2,3", b"/x?a=1&b=2%2C3")


def test_nobody_listening_means_nothing_was_done_even_for_a_write(http: Http, journal: Journal) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    call = Call(method="PUT", url=f"http://127.0.0.1:{port}/", json={}, priority=Priority.STATUS)
    error = ending(http, call)
    assert type(error) is Unavailable
    assert "conectar" in error.words
    assert journal.kept[0].status is None
    assert journal.kept[0].error == error.words


def test_a_name_that_leads_nowhere_is_its_own_error(http: Http) -> None:
    call = Call(method="GET", url=f"http://{'a' * 70}.example/", priority=Priority.ORDERS)
    assert isinstance(ending(http, call), NoSuchHost)


def test_plain_bytes_where_tls_was_asked_are_untrusted(quick: Http) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def speak() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1024)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=speak, daemon=True)
        thread.start()
        url = f"https://127.0.0.1:{listener.getsockname()[1]}/"
        error = ending(quick, Call(method="GET", url=url, priority=Priority.ORDERS))
        thread.join(5)
    assert isinstance(error, Untrusted)
    assert "certificado" in error.words


def test_silence_after_sending_is_unknown_for_a_write_and_later_for_a_read(server: Server, quick: Http) -> None:
    silent(server)
    assert isinstance(ending(quick, write(server)), OutcomeUnknown)
    server.released.set()
    server.released.clear()
    assert type(ending(quick, read(server))) is Unavailable


def test_one_long_wait_does_not_outlast_the_deadline(server: Server, journal: Journal) -> None:
    silent(server)
    patient = Http(journal, clock=Clock(), reach=Reach.LOOPBACK, timeouts=Timeouts(read=4, total=0.3))
    began = time.monotonic()
    assert type(ending(patient, read(server))) is Unavailable
    assert time.monotonic() - began < 2


def test_bytes_that_drip_do_not_outlast_the_deadline(server: Server, quick: Http) -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while not server.released.wait(0.05):
            connection.sendall(b"x")

    server.speak = drip
    began = time.monotonic()
    assert type(ending(quick, read(server))) is Unavailable
    assert time.monotonic() - began < 2


def test_headers_that_drip_do_not_outlast_the_deadline(server: Server, quick: Http) -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while not server.released.wait(0.05):
            connection.sendall(b"X-More: 1\r\n")

    server.speak = drip
    began = time.monotonic()
    assert type(ending(quick, read(server))) is Unavailable
    assert time.monotonic() - began < 2


def test_a_connection_closed_without_an_answer(server: Server, http: Http) -> None:
    server.speak = lambda connection: connection.shutdown(socket.SHUT_RDWR)
    assert type(ending(http, read(server))) is Unavailable
    assert isinstance(ending(http, write(server)), OutcomeUnknown)


def test_a_body_shorter_than_announced_is_cut(server: Server, http: Http, journal: Journal) -> None:
    server.speak = answer(b'{"Orders":[', length=900)
    error = ending(http, read(server))
    assert isinstance(error, Unreadable)
    assert error.kind == "cut"
    assert journal.kept[0].response_body.startswith('{"Orders":[')
    assert isinstance(ending(http, write(server)), OutcomeUnknown)


def test_json_that_ends_early_is_cut(server: Server, http: Http) -> None:
    server.speak = answer(b'{"Orders":[{"Order":{"id":"5"')
    with pytest.raises(Unreadable) as caught:
        http.call(read(server)).json()
    assert caught.value.kind == "cut"
    with pytest.raises(OutcomeUnknown):
        http.call(write(server)).json()


def test_a_page_where_data_was_promised(server: Server, http: Http) -> None:
    server.speak = answer(b"\n<!DOCTYPE html><h1>Manuten\xc3\xa7\xc3\xa3o</h1>")
    with pytest.raises(Unreadable) as caught:
        http.call(read(server)).json()
    assert caught.value.kind == "html"
    with pytest.raises(OutcomeUnknown):
        http.call(write(server)).json()


def test_a_refusal_that_comes_as_a_page_was_not_done() -> None:
    refused = Answer(status=403, body=b"<h1>no</h1>", is_write=True)
    with pytest.raises(Unreadable):
        refused.json()


@pytest.mark.parametrize("status", ["500 Oops", "502 Bad Gateway", "503 Busy", "504 Late", "408 Late"])
def test_trouble_over_there_is_later_for_a_read_and_unknown_for_a_write(
    server: Server, http: Http, status: str
) -> None:
    server.speak = answer(b"<h1>falha</h1>", status=status)
    assert type(ending(http, read(server))) is Unavailable
    assert isinstance(ending(http, write(server)), OutcomeUnknown)


def test_a_get_that_changes_something_is_a_write(server: Server, http: Http) -> None:
    server.speak = answer(b"", status="500 Oops")
    call = Call(method="GET", url=server.url(), priority=Priority.ACCESS, changes=True)
    assert isinstance(ending(http, call), OutcomeUnknown)


def test_a_busy_server_may_say_when(server: Server, http: Http) -> None:
    server.speak = answer(b"", status="503 Busy", headers="Retry-After: 90\r\n")
    error = ending(http, read(server))
    assert isinstance(error, Unavailable)
    assert error.retry_after == 90


@pytest.mark.parametrize(
    ("header", "seconds"), [("", 20.0), ("Retry-After: 45\r\n", 45.0), ("Retry-After: x\r\n", 20.0)]
)
def test_too_many_calls_wait_the_vendors_seconds_on_the_vendors_clock(
    server: Server, journal: Journal, header: str, seconds: float
) -> None:
    server.speak = answer(b"{}", status="429 Too Many Requests", headers=header)
    for speed in (1.0, 60.0):
        fast = Http(journal, clock=Clock(speed=speed), reach=Reach.LOOPBACK)
        error = ending(fast, write(server))
        assert isinstance(error, RateLimited)
        assert error.retry_after == pytest.approx(seconds / speed)


def test_a_pause_given_as_a_date_counts_from_now(server: Server, http: Http) -> None:
    server.speak = answer(b"", status="429 Slow", headers="Retry-After: Wed, 01 Jan 2020 00:00:00 GMT\r\n")
    error = ending(http, read(server))
    assert isinstance(error, RateLimited)
    assert error.retry_after == 1.0


def test_a_redirect_is_not_followed_and_its_target_is_named(server: Server, http: Http) -> None:
    server.speak = answer(b"", status="302 Found", headers="Location: https://www.loja.example/web_api\r\n")
    with pytest.raises(ConfigurationError) as caught:
        http.call(read(server))
    assert caught.value.code == "wrong_address"
    assert "www.loja.example" in caught.value.words
    assert len(server.requests) == 1


def test_an_announced_giant_is_refused_before_it_is_read(server: Server, http: Http) -> None:
    sent = []

    def giant(connection: socket.socket) -> None:
        connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {40 * 1024 * 1024}\r\n\r\n".encode())
        sent.append(connection.recv(1))

    server.speak = giant
    error = ending(http, read(server))
    assert isinstance(error, Unreadable)
    assert error.kind == "too_large"
    assert "8 MB" in error.words


def test_an_unannounced_giant_is_cut_off_early(server: Server, http: Http, journal: Journal) -> None:
    sent = 0

    def giant(connection: socket.socket) -> None:
        nonlocal sent
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        piece = b"x" * 0x10000
        for _ in range(640):
            connection.sendall(b"10000\r\n" + piece + b"\r\n")
            sent += len(piece)

    server.speak = giant
    error = ending(http, read(server))
    assert isinstance(error, Unreadable)
    assert error.kind == "too_large"
    assert len(journal.kept[0].response_body) <= 16_384
    server.speak = answer(b"{}")
    http.call(read(server))
    assert sent < CAP * 3


def test_a_small_packed_answer_never_unfolds_past_the_cap(server: Server, http: Http) -> None:
    server.speak = answer(gzip.compress(b" " * (64 * 1024 * 1024)), headers="Content-Encoding: gzip\r\n")
    error = ending(http, read(server))
    assert isinstance(error, Unreadable)
    assert error.kind == "too_large"


def test_a_packed_answer_is_unpacked(server: Server, http: Http) -> None:
    server.speak = answer(gzip.compress(b'{"id":"5"}'), headers="Content-Encoding: gzip\r\n")
    assert http.call(read(server)).json() == {"id": "5"}


def test_a_packed_answer_that_ends_early_or_is_no_packing_is_cut(server: Server, http: Http) -> None:
    for body in (gzip.compress(b'{"id":"5"}' * 99)[:-12], b"not packed at all"):
        server.speak = answer(body, headers="Content-Encoding: gzip\r\n")
        error = ending(http, read(server))
        assert isinstance(error, Unreadable)
        assert error.kind == "cut"


def test_a_private_address_is_refused_before_anything_is_sent(server: Server, journal: Journal) -> None:
    for host in ("127.0.0.1", "localhost"):
        call = Call(method="GET", url=server.url(host=host), priority=Priority.ORDERS)
        with pytest.raises(ConfigurationError) as caught:
            Http(journal, clock=Clock()).call(call)
        assert caught.value.code == "private_address"
    assert server.requests == []


def test_the_name_service_cannot_move_the_address_between_check_and_use(
    server: Server, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rebinding name server answers a public address first and this machine later; it is asked only once."""
    answers: Iterator[str] = iter(["198.41.0.4", "127.0.0.1"])
    dialled: list[str] = []

    def resolve(host: str, port: int, **_: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    def dial(_self: object, host: str, *_: object) -> None:
        dialled.append(host)
        raise transport.httpcore.ConnectError("refused")

    monkeypatch.setattr("cais.wire.guard.socket.getaddrinfo", resolve)
    monkeypatch.setattr(transport.httpcore.SyncBackend, "connect_tcp", dial)
    call = Call(method="GET", url=server.url(host="loja.example"), priority=Priority.ORDERS)
    assert type(ending(Http(journal, clock=Clock()), call)) is Unavailable
    assert dialled == ["198.41.0.4"]


@pytest.mark.parametrize(
    "url", ["", "loja.example", "ftp://loja.example/", "http://", "http://[::1", "file:///etc/hosts"]
)
def test_what_is_no_web_address_is_a_matter_of_configuration(http: Http, journal: Journal, url: str) -> None:
    with pytest.raises(ConfigurationError):
        http.call(Call(method="GET", url=url, priority=Priority.ORDERS))
    assert journal.spent == []


def test_no_cookie_of_one_store_reaches_the_next(server: Server, http: Http) -> None:
    server.speak = answer(b"{}", headers="Set-Cookie: PHPSESSID=abc; Path=/\r\n")
    http.call(read(server))
    http.call(read(server))
    assert b"cookie" not in server.requests[1].lower()


def test_a_proxy_of_the_environment_is_not_used(server: Server, http: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert http.call(read(server)).status == 200
