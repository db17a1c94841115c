"""Start `make demo` as a newcomer would, see an order in it, press Ctrl-C, and look for what stayed behind."""

import http.cookiejar
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from contextlib import suppress

import psutil

START_SECONDS = 120.0
ORDER_SECONDS = 60.0
STOP_SECONDS = 40.0


class Browser:
    """Enough of one to log in: cookies, redirects, the form's hidden field."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())).open

    def get(self, path: str) -> str:
        with self._open(urllib.parse.urljoin(self.address, path), timeout=10) as answer:
            self.place = answer.geturl()
            return str(answer.read().decode())

    def log_in(self, email: str, password: str) -> str:
        page = self.get("/")
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        if not found:
            sys.exit(f"{self.place} is not the login page")
        form = {"csrfmiddlewaretoken": found[1], "login": email, "password": password}
        request = urllib.request.Request(self.place, urllib.parse.urlencode(form).encode(), {"Referer": self.place})
        with self._open(request, timeout=10) as answer:
            return str(answer.read().decode())


def main() -> None:
    demo = subprocess.Popen(
        ["make", "--no-print-directory", "demo"], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    started: list[psutil.Process] = []
    try:
        address, email, password = _announced(demo)
        page = Browser(address)
        home = page.log_in(email, password)
        _wait(lambda: _shows_an_order(page, home), ORDER_SECONDS, "no order was seen")
        started = _processes(demo.pid)
        print(f"an order is on the screen; {len(started)} processes run")
    finally:
        # Ctrl-C in a terminal reaches make and the command alike.
        with suppress(ProcessLookupError):
            os.killpg(demo.pid, signal.SIGINT)
        demo.wait(STOP_SECONDS)
    _wait(lambda: not _living(started), STOP_SECONDS, "processes stayed behind")
    print("Ctrl-C ended them all")


def _announced(demo: "subprocess.Popen[str]") -> tuple[str, str, str]:
    said = ""
    patience = threading.Timer(START_SECONDS, os.killpg, (demo.pid, signal.SIGINT))
    patience.start()
    try:
        for line in demo.stdout or ():
            print(line, end="", flush=True)
            said += line
            found = re.search(r"Cais demo: (\S+)\nLogin: +(\S+) +password: (\S+)\n", said)
            if found:
                return found[1], found[2], found[3]
    finally:
        patience.cancel()
    sys.exit("the demo did not say where it is")


def _shows_an_order(page: Browser, home: str) -> bool:
    listed = re.search(r'href="([^"]*/pedidos/)"', home)
    return bool(listed and re.search(rf'href="{re.escape(listed[1])}[^"?#]+', page.get(listed[1])))


def _processes(root: int) -> list[psutil.Process]:
    """The demo's tree, and its database, which belongs to no tree."""
    tree = psutil.Process(root).children(recursive=True)
    folders = {process.environ().get("CAIS_DATA", "") for process in tree} - {""}
    databases = [p for p in psutil.process_iter(["cmdline"]) if _works_for(p, folders)]
    return tree + databases


def _works_for(process: psutil.Process, folders: set[str]) -> bool:
    return any(word.startswith(folder) for word in process.info["cmdline"] or () for folder in folders)


def _living(processes: list[psutil.Process]) -> list[psutil.Process]:
    return [p for p in processes if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]


def _wait(holds: Callable[[], bool], seconds: float, otherwise: str) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            sys.exit(otherwise)
        time.sleep(0.5)


if __name__ == "__main__":
    main()
