"""The official schemas: found by folder, compiled once per thread, asked whether bytes are a valid note."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from lxml import etree

from cais.fiscal.tags import parse

FOLDER = "NFE_SCHEMA_DIR"
PACKAGE = "NFE_SCHEMA_PACKAGE"
# What the schemas shipped in each release of nfelib are, recognised by their content.
_IN_NFELIB = {"3.2.0": "PL_010f"}


class Kind(StrEnum):
    NOTE = "nfe_v4.00.xsd"
    PROCESSED = "procNFe_v4.00.xsd"


class NoSchemas(Exception):
    """The configured folder holds no such package."""


@dataclass(frozen=True, slots=True)
class SchemaPackage:
    """One official package (PL_…); its name is recorded with every note it judged."""

    name: str
    folder: Path


def package_from(environment: Mapping[str, str]) -> SchemaPackage:
    """NFE_SCHEMA_DIR/<package>, the newest by name unless NFE_SCHEMA_PACKAGE names one; else the one in nfelib.

    Raises NoSchemas.
    """
    base = environment.get(FOLDER, "").strip()
    if not base:
        return _shipped()
    wanted = environment.get(PACKAGE, "").strip()
    folders = [Path(base) / wanted] if wanted else sorted(Path(base).glob("*/"), key=lambda folder: folder.name.lower())
    found = [folder for folder in folders if all((folder / kind.value).is_file() for kind in Kind)]
    if not found:
        raise NoSchemas(f"Nenhum pacote de esquemas da NF-e em {Path(base) / wanted}.")
    return SchemaPackage(found[-1].name, found[-1])


def _shipped() -> SchemaPackage:
    spec = find_spec("nfelib")
    if spec is None or not spec.submodule_search_locations:
        raise NoSchemas("Os esquemas da NF-e não estão instalados.")
    release = version("nfelib")
    folder = Path(spec.submodule_search_locations[0]) / "nfe" / "schemas" / "v4_0"
    return SchemaPackage(_IN_NFELIB.get(release, f"nfelib-{release}"), folder)


class _Compiled(threading.local):
    """One compiled schema per thread: shared by threads, libxml2 mixes up whose errors are whose."""

    def __init__(self) -> None:
        self.schemas: dict[Path, etree.XMLSchema] = {}


_compiled = _Compiled()


def faults(xml: bytes, package: SchemaPackage, *, kind: Kind = Kind.NOTE) -> tuple[str, ...]:
    """What the schema has against these bytes, in its own words; empty when valid. Raises Unparsable."""
    document = parse(xml)
    schema = _schema(package.folder / kind.value)
    if schema.validate(document):
        return ()
    return tuple(f"{entry.line}: {entry.message}" for entry in schema.error_log)


def _schema(path: Path) -> etree.XMLSchema:
    schema = _compiled.schemas.get(path)
    if schema is None:
        schema = _compiled.schemas[path] = etree.XMLSchema(etree.parse(str(path)))
    return schema
