"""The `cais` command."""

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from cais.config.refusal import RefusedError
from cais.ops.child import leave_in_order_on_sigterm

Run = Callable[[argparse.Namespace], None]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. What the operator can mend ends in plain sentences, not in a traceback."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cais.config.settings")
    leave_in_order_on_sigterm()
    try:
        if words[:1] == ["manage"]:  # Django reads the rest itself, options included
            _manage(words[1:])
        else:
            options = _parser().parse_args(words)
            options.run(options)
    except RefusedError as refusal:
        print(f"cais: {refusal}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="cais", description="The dock between online stores and the back office.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(name: str, run: Run, text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text)
        made.set_defaults(run=run)
        return made

    command("up", _up, "database, migrations, web and worker, kept running")
    command("web", _web, "the web server alone")
    command("worker", _worker, "one worker alone")
    _demo_options(command("demo", _demo, "a fresh demo with a simulated store, on this machine only"))
    command("init", _init, "make the application's database role")
    command("migrate", _migrate, "bring the database to this version")
    _found_options(command("found", _found, "make the first grupo, empresa and administrator"))
    _person_options(command("person", _person, "give a person a role in a grupo"))
    command("doctor", _doctor, "check this installation, one line for each check")
    commands.add_parser("manage", help="Django's management commands: cais manage COMMAND ...")
    return parser


def _demo_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--keep", action="store_true", help="go on with the last demo's database")
    parser.add_argument("--seed", type=int, default=1, help="of the simulated store's sales (default 1)")
    parser.add_argument("--rate", type=float, default=6, help="orders a minute of the store's clock (default 6)")
    parser.add_argument("--speed", type=float, default=1, help="how much faster than ours that clock runs")


def _found_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--grupo", required=True, help="name of the group of companies")
    parser.add_argument("--empresa", required=True, help="short name of its first company")
    parser.add_argument("--razao", default="", help="legal name of the company")
    parser.add_argument("--cnpj", required=True, help="of the company, with or without punctuation")
    parser.add_argument("--uf", required=True, help="state of the company, two letters")
    parser.add_argument("--email", required=True, help="of the administrator")
    parser.add_argument("--name", default="", help="of the administrator")


def _person_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--email", required=True)
    parser.add_argument("--name", default="")
    parser.add_argument("--grupo", required=True, help="address of the grupo, as in /g/<grupo>/")
    parser.add_argument("--role", required=True, help="administrator, operator, fiscal or reader")


# Each command imports what it needs when it runs: `cais --help` must not load Django.


def _up(options: argparse.Namespace) -> None:
    from cais.ops.up import up

    up()


def _web(options: argparse.Namespace) -> None:
    from cais.ops.serve import web

    web()


def _worker(options: argparse.Namespace) -> None:
    from cais.ops.serve import worker

    worker()


def _demo(options: argparse.Namespace) -> None:
    from cais.ops.showcase import demo

    demo(keep=options.keep, seed=options.seed, rate=options.rate, speed=options.speed)


def _init(options: argparse.Namespace) -> None:
    from cais.ops.migration import initialise
    from cais.ops.occupancy import database_in_use

    with database_in_use(os.environ):
        initialise(os.environ)
    print("The application's database role is there.")


def _migrate(options: argparse.Namespace) -> None:
    from cais.ops.migration import migrate

    migrate()


def _found(options: argparse.Namespace) -> None:
    with _django():
        from cais.ops.founding import found

        typed = vars(options)
        names = ("grupo", "empresa", "razao", "cnpj", "uf", "email", "name")
        slug = found(**{name: typed[name] for name in names})
    print(f"Founded. Sign in and open /g/{slug}/")


def _person(options: argparse.Namespace) -> None:
    with _django():
        from cais.ops.founding import add_person

        add_person(email=options.email, name=options.name, grupo=options.grupo, role=options.role)
    print(f"{options.email} is {options.role} of {options.grupo}.")


@contextmanager
def _django() -> Iterator[None]:
    """The database in use and Django ready, for a command that works through the product's own services."""
    from cais.ops.occupancy import database_in_use

    with database_in_use(os.environ):
        import django

        django.setup()
        yield


def _doctor(options: argparse.Namespace) -> None:
    from cais.ops.doctor import examine

    sys.exit(0 if examine() else 1)


def _manage(words: Sequence[str]) -> None:
    from cais.ops.occupancy import database_in_use

    if words[:1] == ["migrate"] and not any(word.startswith("--database") for word in words):
        raise RefusedError("The application's role may not change tables. Use: cais migrate")
    with database_in_use(os.environ):
        from django.core.management import execute_from_command_line

        execute_from_command_line(["cais manage", *words])


if __name__ == "__main__":
    sys.exit(main())
