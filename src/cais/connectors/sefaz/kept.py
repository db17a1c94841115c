"""What is kept of a call to SEFAZ: which key was asked about, and the verdict; no document, no person, no certificate.

The document itself is stored with its note. Only named tags of an answer are kept, so nothing else can slip through.
"""

from __future__ import annotations

import re
from typing import Final

from cais.connectors.sefaz.soap import Question
from cais.fiscal.tags import Unparsable, local_name, parse
from cais.ports.session import Exchange

_KEY: Final = re.compile(rb'Id="NFe([0-9A-Z]{44})"|<chNFe>([0-9A-Z]{44})</chNFe>')
_VERDICT: Final = ("tpAmb", "verAplic", "cStat", "xMotivo", "cUF", "chNFe", "dhRecbto", "nProt", "digVal", "tMed")
# SEFAZ's own words may quote what it objects to.
_CPF: Final = re.compile(r"(?<!\d)\d{11}(?!\d)")
_MOST = 4000


def exchange_of(
    question: Question, *, url: str, status: int | None, seconds: float, body: bytes, error: str
) -> Exchange:
    return Exchange(
        method="POST",
        url=url,
        status=status,
        seconds=round(seconds, 6),
        request_body=_asked(question),
        response_body=_verdict(body) if body else "",
        error=error[:500],
    )


def _asked(question: Question) -> str:
    found = _KEY.search(question.content)
    key = next((part.decode() for part in found.groups() if part), "") if found else ""
    about = f", chave {key}" if key else ""
    return f"{question.service}{about} ({len(question.content)} bytes; o documento fica guardado na nota)"


def _verdict(body: bytes) -> str:
    """The verdict's tags, one a line; a count of bytes for what is no answer of a SEFAZ."""
    try:
        root = parse(body)
    except Unparsable:
        return f"resposta ilegível, {len(body)} bytes"
    lines = [f"{name}: {tag.text.strip()}" for tag in root.iter() if (name := local_name(tag)) in _VERDICT and tag.text]
    return _CPF.sub("***", "\n".join(lines))[:_MOST]
