"""`cais demo`: a fresh database, a simulated store that keeps selling, and Cais beside it, all on this machine."""

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from cais.config.database import databases, is_users_server
from cais.config.folders import data_folder, make_data_folder
from cais.config.refusal import RefusedError
from cais.config.secrets import given
from cais.core.values import document_text
from cais.ops import embedded, roles
from cais.ops.address import DEFAULT_LISTEN, Listen, next_free
from cais.ops.binaries import can_enter, database_account
from cais.ops.demo_company import DEMO_COMPANIES
from cais.ops.occupancy import database_in_use, only_supervisor
from cais.ops.supervisor import Program, Supervisor
from cais.ops.up import StepFailedError, say, serve, step

MARK = ".cais-demo"
DATABASE_COMMENT = "Cais demo: made anew at each start"
SIMULATOR = "cais.connectors.tray.simulator"
AUTHORITY = "cais.connectors.sefaz.simulator"
SIMULATOR_SECONDS = 30.0


class DemoRefusedError(RefusedError):
    """The demo will not touch what it did not make."""


def demo(*, keep: bool, seed: int = 1, rate: float = 6.0, speed: float = 1.0) -> None:
    """Run the demo until told to stop. `rate`: orders a minute of the store's clock; `speed`: of that clock."""
    listen = next_free(Listen.parse(os.environ.get("CAIS_LISTEN") or DEFAULT_LISTEN))
    data = demo_folder(os.environ)
    os.environ.update(_environment(data, listen, speed))
    supervisor = Supervisor(say=say)
    with only_supervisor(data):
        if not keep:
            _start_afresh(data)
        (data / MARK).touch()
        with _own_database(keep=keep), database_in_use(os.environ), supervisor.on_duty():
            _run(supervisor, data, listen, selling=("--seed", str(seed), "--rate", str(rate)))


def demo_folder(env: Mapping[str, str]) -> Path:
    """`CAIS_DATA`, else `var/demo` of the checkout we stand in, else a folder of ours in the temporary one."""
    if env.get("CAIS_DATA"):
        return data_folder(env)
    here = Path.cwd().resolve()
    if (here / "src" / "cais").is_dir() and _usable(here / "var" / "demo"):
        return here / "var" / "demo"
    name = f"cais-demo-{os.geteuid()}-{hashlib.sha256(os.fsencode(here)).hexdigest()[:8]}"
    folder = Path(tempfile.gettempdir()).resolve() / name
    if not _usable(folder):
        raise DemoRefusedError(f"{folder} cannot be used. Set CAIS_DATA to a folder of yours.")
    return folder


def _usable(folder: Path) -> bool:
    try:
        make_data_folder(folder)
    except OSError:
        return False
    mine = folder.stat().st_uid == os.geteuid() and os.access(folder, os.W_OK)
    return mine and can_enter(folder, database_account())


def _environment(data: Path, listen: Listen, speed: float) -> dict[str, str]:
    """What web, worker and simulator share. The clock has one origin, so all of them agree on the time."""
    return {
        "CAIS_DATA": str(data),
        "CAIS_DEMO": "1",
        "CAIS_ALLOW_ADDRESSES": "loopback",
        "CAIS_LISTEN": listen.text,
        "CAIS_PUBLIC_URL": listen.url,
        "CAIS_CLOCK_ORIGIN": str(time.time()),
        "CAIS_CLOCK_SPEED": str(speed),
    }


def _start_afresh(data: Path) -> None:
    """Throw away the last demo's database. The secrets stay: a role on a server of the user's may know them."""
    files = data / "postgres"
    if files.exists() and not (data / MARK).exists():
        raise DemoRefusedError(f"{data} holds a database that no demo made. Set CAIS_DATA to another folder.")
    embedded.stop(data)
    if files.exists():
        shutil.rmtree(files)


@contextmanager
def _own_database(*, keep: bool) -> Iterator[None]:
    """On a server of the user's the demo has a database of its own beside theirs, and touches nothing else."""
    if is_users_server(os.environ):
        owner = databases(os.environ)["owner"]
        name = f"{owner['NAME']}_demo"
        with roles.connect(owner) as connection:
            _make_database(connection, name, keep=keep)
        for variable in ("CAIS_DATABASE_URL", "CAIS_APP_DATABASE_URL"):
            if url := given(os.environ, variable):
                os.environ[variable] = make_conninfo(url, dbname=name)
    yield


def _make_database(connection: "psycopg.Connection[roles.Row]", name: str, *, keep: bool) -> None:
    comment = connection.execute(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
    ).fetchone()
    if comment and comment[0] != DATABASE_COMMENT:
        raise DemoRefusedError(f"The server has a database {name} that no demo made. Rename one of the two.")
    if comment and keep:
        return
    if comment:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
    try:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    except psycopg.errors.InsufficientPrivilege as error:
        raise DemoRefusedError("The user of CAIS_DATABASE_URL may not create the demo's database.") from error
    mark = sql.SQL("COMMENT ON DATABASE {} IS {}")
    connection.execute(mark.format(sql.Identifier(name), sql.Literal(DATABASE_COMMENT)))


def _run(supervisor: Supervisor, data: Path, listen: Listen, *, selling: tuple[str, ...]) -> None:
    say("Making the database")
    if not step(supervisor, Program("migrate", "cais.ops.migration")):
        return
    say("Opening the simulated store and the simulated SEFAZ")
    store = _open_store(supervisor, data, listen, selling)
    authority = _open_authority(supervisor, data, listen) if store else None
    if store is None or authority is None:
        return
    login = _seed(supervisor, data, store, authority)
    if login is not None:
        serve(supervisor, listen, once_ready=lambda: _welcome(listen, login))


def _open_store(supervisor: Supervisor, data: Path, listen: Listen, selling: tuple[str, ...]) -> Path | None:
    # A port of its own choice would change at a restart, and the connection would point to nobody.
    port = next_free(Listen("127.0.0.1", listen.port + 100)).port
    arguments = ("--port", str(port), "--stores", "2", "--ledger", str(data / "simulator-ledger.jsonl"), *selling)
    return _open(supervisor, Program("store", SIMULATOR, arguments, output=data / "simulator.json"))


def _open_authority(supervisor: Supervisor, data: Path, listen: Listen) -> Path | None:
    """Start the simulated SEFAZ, and let web and worker speak to it alone: nothing reaches a real one."""
    port = next_free(Listen("127.0.0.1", listen.port + 200)).port
    control = next_free(Listen("127.0.0.1", port + 1)).port
    certified = [part for company in DEMO_COMPANIES for part in ("--cnpj", document_text(company["cnpj"]))]
    arguments = (
        *("--port", str(port), "--control-port", str(control)),
        *("--folder", str(data / "sefaz"), "--ledger", str(data / "sefaz-ledger.jsonl")),
        *(*certified, "--uf", DEMO_COMPANIES[0]["state"]),
    )
    said = _open(supervisor, Program("sefaz", AUTHORITY, arguments, output=data / "sefaz.json"))
    if said is not None:
        told = json.loads(said.read_text(encoding="utf-8"))
        os.environ.update({"CAIS_SEFAZ_URL": told["base_url"], "CAIS_SEFAZ_CA": told["ca_bundle"]})
    return said


def _open(supervisor: Supervisor, program: Program) -> Path | None:
    """Start a simulator and wait for the line that says where it is; None when a signal came first."""
    assert program.output is not None
    said = program.output
    supervisor.keep(program)
    deadline = time.monotonic() + SIMULATOR_SECONDS

    def opened() -> bool:
        return said.read_text(encoding="utf-8").endswith("\n") or time.monotonic() > deadline

    if not supervisor.watch(until=opened):
        return None
    if not said.read_text(encoding="utf-8").strip():
        raise StepFailedError(f"The simulated {program.name} did not open; see above.")
    return said


def _seed(supervisor: Supervisor, data: Path, store: Path, authority: Path) -> dict[str, str] | None:
    """Fill the demo; the seed's last line is a JSON object with `email` and `password`. None after a signal."""
    said = data / "seed.json"
    arguments = ("manage", "cais_demo_seed", "--simulator-json", str(store), "--sefaz-json", str(authority))
    if not step(supervisor, Program("seed", "cais.ops.cli", arguments, output=said)):
        return None
    try:
        login = json.loads(said.read_text(encoding="utf-8").strip().splitlines()[-1])
        return {"email": str(login["email"]), "password": str(login["password"])}
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise StepFailedError("The demo's seed did not say how to log in.") from error


def _welcome(listen: Listen, login: Mapping[str, str]) -> None:
    say(f"Cais demo: {listen.url}")
    say(f"Login:     {login['email']}   password: {login['password']}")
    say("Ctrl-C stops everything.")
