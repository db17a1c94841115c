"""`cais_demo_seed`: fill a demo's database; the last line says how to log in."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cais.ops.demo_seed import Access, SeedRefusedError, seed


class Command(BaseCommand):
    help = "Fill the demo: a merchant, products, stock and the simulated store. A second run changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--simulator-json", type=Path, required=True, help="file with the store's first line")

        parser.add_argument("--sefaz-json", type=Path, help="file with the simulated SEFAZ's first line")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            said = json.loads(options["simulator_json"].read_text(encoding="utf-8").splitlines()[0])
            sefaz = options["sefaz_json"]
            authority = json.loads(sefaz.read_text(encoding="utf-8").splitlines()[0]) if sefaz else None
            stores = [Access.from_announcement(said, place=place) for place in range(len(said["stores"]))]
            login = seed(*stores, authority=authority)
        except (OSError, ValueError, IndexError, KeyError, TypeError) as error:
            raise CommandError(f"{options['simulator_json']} or SEFAZ's file does not say where it is.") from error
        except SeedRefusedError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(login))
