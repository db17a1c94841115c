"""The XML of the answers, element by element in the order of the layout."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from cais.connectors.sefaz.simulator.authority import Identity
from cais.connectors.sefaz.simulator.choices import Choices
from cais.connectors.sefaz.simulator.reading import NFE
from cais.connectors.sefaz.simulator.reasons import without_accents
from cais.connectors.sefaz.simulator.registry import Protocol
from cais.connectors.sefaz.simulator.signature import sign_protocol
from cais.connectors.sefaz.simulator.soap import AUTHORISE, CONSULT, RECEIPT, STATUS

APPLICATION = "CAIS-SIMULADOR-1"
AVERAGE_SECONDS = "1"


class Answers:
    """Writes for one environment and one state."""

    def __init__(self, *, environment: str, state: str, choices: Choices) -> None:
        self.environment = environment
        self.state = state
        self.choices = choices

    def authorised(self, code: str, motive: str, *, moment: str, protocol: str = "", receipt: str = "") -> str:
        """``retEnviNFe`` with a protocol, a receipt, or neither."""
        inside = protocol
        if receipt:
            inside = f"<infRec><nRec>{receipt}</nRec><tMed>{AVERAGE_SECONDS}</tMed></infRec>"
        return self._ret(AUTHORISE.answers, self._head(code, motive, moment) + inside)

    def receipt(self, code: str, motive: str, *, moment: str, receipt: str, protocols: Sequence[str] = ()) -> str:
        """``retConsReciNFe``."""
        head = self._opening() + f"<nRec>{receipt}</nRec>" + self._status(code, motive) + self._place(moment)
        return self._ret(RECEIPT.answers, head + "".join(protocols))

    def consulted(self, code: str, motive: str, *, moment: str, key: str, protocol: str = "") -> str:
        """``retConsSitNFe``."""
        head = self._head(code, motive, moment)
        return self._ret(CONSULT.answers, f"{head}<chNFe>{escape(key)}</chNFe>{protocol}")

    def service(self, code: str, motive: str, *, moment: str) -> str:
        """``retConsStatServ``."""
        return self._ret(STATUS.answers, self._head(code, motive, moment) + f"<tMed>{AVERAGE_SECONDS}</tMed>")

    def protocol(self, protocol: Protocol, *, signer: Identity | None = None) -> str:
        """``protNFe``; with a signer it carries the authoriser's own Signature."""
        reference = f"ID{protocol.number}" if protocol.number else ""
        optional = (f"<nProt>{protocol.number}</nProt>" if protocol.number else "") + (
            f"<digVal>{escape(protocol.digest)}</digVal>" if protocol.digest else ""
        )
        messages = "".join(f"<cMsg>{code}</cMsg><xMsg>{escape(text)}</xMsg>" for code, text in protocol.messages)
        info = (f'<infProt Id="{reference}">' if reference else "<infProt>") + (
            f"{self._opening()}<chNFe>{protocol.key}</chNFe><dhRecbto>{protocol.received}</dhRecbto>{optional}"
            f"{self._status(protocol.code, protocol.motive)}{messages}</infProt>"
        )
        signature = sign_protocol(info, reference=reference, identity=signer) if signer and reference else ""
        namespace = f' xmlns="{NFE}"' if self.choices.protocol_namespace == "own" else ""
        return f'<protNFe{namespace} versao="4.00">{info}{signature}</protNFe>'

    def _head(self, code: str, motive: str, moment: str) -> str:
        return self._opening() + self._status(code, motive) + self._place(moment)

    def _opening(self) -> str:
        return f"<tpAmb>{self.environment}</tpAmb><verAplic>{APPLICATION}</verAplic>"

    def _status(self, code: str, motive: str) -> str:
        sentence = motive if self.choices.accents == "kept" else without_accents(motive)
        return f"<cStat>{code}</cStat><xMotivo>{escape(sentence)}</xMotivo>"

    def _place(self, moment: str) -> str:
        return f"<cUF>{self.state}</cUF><dhRecbto>{moment}</dhRecbto>"

    def _ret(self, name: str, inside: str) -> str:
        return f'<{name} xmlns="{NFE}" versao="4.00">{inside}</{name}>'
