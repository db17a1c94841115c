"""The official XSD files, compiled once; another package of them is another folder."""

import importlib.util
from pathlib import Path
from typing import Any

from lxml import etree

from cais.connectors.sefaz.simulator.reading import Element

NAMES = ("nfe_v4.00.xsd", "consSitNFe_v4.00.xsd", "consStatServ_v4.00.xsd", "consReciNFe_v4.00.xsd")


class Schemas:
    """Not for two threads at once: libxml2 mixes up the errors, so the office's lock is held around every question."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or _packaged()
        self._compiled: dict[str, Any] = {name: etree.XMLSchema(etree.parse(str(self.folder / name))) for name in NAMES}

    def complaint(self, name: str, document: Element) -> str:
        """The first thing that the schema minds, with the tag it minds; empty when the document passes."""
        schema = self._compiled[name]
        if schema.validate(document):
            return ""
        first = schema.error_log[0]
        return str(first.message).replace("{http://www.portalfiscal.inf.br/nfe}", "")


def _packaged() -> Path:
    spec = importlib.util.find_spec("nfelib")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("the nfelib package is not installed; give the folder of the schemas")
    return Path(spec.submodule_search_locations[0]) / "nfe" / "schemas" / "v4_0"
