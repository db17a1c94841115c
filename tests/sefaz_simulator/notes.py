"""Notes to send, written by hand and signed by signxml: nothing here comes from the product or from the simulator."""

from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.serialization import pkcs12
from lxml import etree
from signxml import XMLSigner, methods

NFE = "http://www.portalfiscal.inf.br/nfe"
DSIG = "http://www.w3.org/2000/09/xmldsig#"
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
ISSUER = "12ABC34501DE35"
MARKETPLACE = "XT9CDVWJ000172"
Edit = tuple[str, str]

_SIMPLES_ITEMS = """\
<det nItem="1"><prod><cProd>CANECA</cProd><cEAN>SEM GTIN</cEAN><xProd>Caneca de café &amp; açúcar</xProd>\
<NCM>69120000</NCM><CFOP>5102</CFOP><uCom>UN</uCom><qCom>2.0000</qCom><vUnCom>59.9000000000</vUnCom>\
<vProd>119.80</vProd><cEANTrib>SEM GTIN</cEANTrib><uTrib>UN</uTrib><qTrib>2.0000</qTrib>\
<vUnTrib>59.9000000000</vUnTrib><vFrete>10.00</vFrete><vDesc>5.00</vDesc><indTot>1</indTot>{order}</prod>\
<imposto><ICMS><ICMSSN102><orig>0</orig><CSOSN>102</CSOSN></ICMSSN102></ICMS>{pis_cofins}</imposto></det>\
<det nItem="2"><prod><cProd>PIRES</cProd><cEAN>SEM GTIN</cEAN><xProd>Pires</xProd><NCM>69120000</NCM>\
<CFOP>5102</CFOP><uCom>UN</uCom><qCom>1.0000</qCom><vUnCom>30.2000000000</vUnCom><vProd>30.20</vProd>\
<cEANTrib>SEM GTIN</cEANTrib><uTrib>UN</uTrib><qTrib>1.0000</qTrib><vUnTrib>30.2000000000</vUnTrib>\
<vFrete>5.00</vFrete><indTot>1</indTot></prod>\
<imposto><ICMS><ICMSSN102><orig>0</orig><CSOSN>102</CSOSN></ICMSSN102></ICMS>{pis_cofins}</imposto></det>"""

_NO_PIS_COFINS = """\
<PIS><PISOutr><CST>49</CST><vBC>0.00</vBC><pPIS>0.00</pPIS><vPIS>0.00</vPIS></PISOutr></PIS>\
<COFINS><COFINSOutr><CST>49</CST><vBC>0.00</vBC><pCOFINS>0.00</pCOFINS><vCOFINS>0.00</vCOFINS></COFINSOutr></COFINS>"""

# 150.00 of goods, 15.00 of freight, 5.00 of discount: 160.00.
_SIMPLES_TOTAL = """\
<ICMSTot><vBC>0.00</vBC><vICMS>0.00</vICMS><vICMSDeson>0.00</vICMSDeson><vFCP>0.00</vFCP><vBCST>0.00</vBCST>\
<vST>0.00</vST><vFCPST>0.00</vFCPST><vFCPSTRet>0.00</vFCPSTRet><vProd>150.00</vProd><vFrete>15.00</vFrete>\
<vSeg>0.00</vSeg><vDesc>5.00</vDesc><vII>0.00</vII><vIPI>0.00</vIPI><vIPIDevol>0.00</vIPIDevol><vPIS>0.00</vPIS>\
<vCOFINS>0.00</vCOFINS><vOutro>0.00</vOutro><vNF>160.00</vNF></ICMSTot>"""

# SP to RJ: interstate 12 %, internal 20 % and 2 % of FCP, so 8.00 and 2.00 to RJ. PIS and COFINS on 88.00.
# IBS and CBS on 100.00 - 0.57 - 2.64 - 12.00 - 8.00 - 2.00 = 74.79: 0.07, 0.00 and 0.67.
_NORMAL_ITEMS = """\
<det nItem="1"><prod><cProd>TACHO</cProd><cEAN>SEM GTIN</cEAN><xProd>Tacho de cobre</xProd><NCM>74181000</NCM>\
<CFOP>6108</CFOP><uCom>UN</uCom><qCom>1.0000</qCom><vUnCom>100.00</vUnCom><vProd>100.00</vProd>\
<cEANTrib>SEM GTIN</cEANTrib><uTrib>UN</uTrib><qTrib>1.0000</qTrib><vUnTrib>100.00</vUnTrib><indTot>1</indTot>{order}\
</prod><imposto><ICMS><ICMS00><orig>0</orig><CST>00</CST><modBC>3</modBC><vBC>100.00</vBC><pICMS>12.00</pICMS>\
<vICMS>12.00</vICMS></ICMS00></ICMS><PIS><PISAliq><CST>01</CST><vBC>88.00</vBC><pPIS>0.65</pPIS><vPIS>0.57</vPIS>\
</PISAliq></PIS><COFINS><COFINSAliq><CST>01</CST><vBC>88.00</vBC><pCOFINS>3.00</pCOFINS><vCOFINS>2.64</vCOFINS>\
</COFINSAliq></COFINS><ICMSUFDest><vBCUFDest>100.00</vBCUFDest><vBCFCPUFDest>100.00</vBCFCPUFDest>\
<pFCPUFDest>2.00</pFCPUFDest><pICMSUFDest>20.00</pICMSUFDest><pICMSInter>12.00</pICMSInter>\
<pICMSInterPart>100.00</pICMSInterPart><vFCPUFDest>2.00</vFCPUFDest><vICMSUFDest>8.00</vICMSUFDest>\
<vICMSUFRemet>0.00</vICMSUFRemet></ICMSUFDest><IBSCBS><CST>000</CST><cClassTrib>000001</cClassTrib><gIBSCBS>\
<vBC>74.79</vBC><gIBSUF><pIBSUF>0.10</pIBSUF><vIBSUF>0.07</vIBSUF></gIBSUF><gIBSMun><pIBSMun>0.00</pIBSMun>\
<vIBSMun>0.00</vIBSMun></gIBSMun><vIBS>0.07</vIBS><gCBS><pCBS>0.90</pCBS><vCBS>0.67</vCBS></gCBS></gIBSCBS></IBSCBS>\
</imposto></det>"""

_NORMAL_TOTAL = """\
<ICMSTot><vBC>100.00</vBC><vICMS>12.00</vICMS><vICMSDeson>0.00</vICMSDeson><vFCPUFDest>2.00</vFCPUFDest>\
<vICMSUFDest>8.00</vICMSUFDest><vICMSUFRemet>0.00</vICMSUFRemet><vFCP>0.00</vFCP><vBCST>0.00</vBCST><vST>0.00</vST>\
<vFCPST>0.00</vFCPST><vFCPSTRet>0.00</vFCPSTRet><vProd>100.00</vProd><vFrete>0.00</vFrete><vSeg>0.00</vSeg>\
<vDesc>0.00</vDesc><vII>0.00</vII><vIPI>0.00</vIPI><vIPIDevol>0.00</vIPIDevol><vPIS>0.57</vPIS>\
<vCOFINS>2.64</vCOFINS><vOutro>0.00</vOutro><vNF>100.00</vNF></ICMSTot><IBSCBSTot><vBCIBSCBS>74.79</vBCIBSCBS><gIBS>\
<gIBSUF><vDif>0.00</vDif><vDevTrib>0.00</vDevTrib><vIBSUF>0.07</vIBSUF></gIBSUF><gIBSMun><vDif>0.00</vDif>\
<vDevTrib>0.00</vDevTrib><vIBSMun>0.00</vIBSMun></gIBSMun><vIBS>0.07</vIBS><vCredPres>0.00</vCredPres>\
<vCredPresCondSus>0.00</vCredPresCondSus></gIBS><gCBS><vDif>0.00</vDif><vDevTrib>0.00</vDevTrib><vCBS>0.67</vCBS>\
<vCredPres>0.00</vCredPres><vCredPresCondSus>0.00</vCredPresCondSus></gCBS></IBSCBSTot>"""

_NOTE = """\
<NFe xmlns="http://www.portalfiscal.inf.br/nfe"><infNFe versao="4.00" Id="NFe{key}"><ide><cUF>35</cUF>\
<cNF>{code}</cNF><natOp>Venda de mercadoria</natOp><mod>55</mod><serie>{series}</serie><nNF>{number}</nNF>\
<dhEmi>{issued}</dhEmi><tpNF>1</tpNF><idDest>{same_state}</idDest><cMunFG>3550308</cMunFG><tpImp>1</tpImp>\
<tpEmis>1</tpEmis><cDV>{digit}</cDV><tpAmb>2</tpAmb><finNFe>1</finNFe><indFinal>1</indFinal><indPres>2</indPres>\
<indIntermed>0</indIntermed><procEmi>0</procEmi><verProc>mao</verProc></ide><emit><CNPJ>{cnpj}</CNPJ>\
<xNome>Louças do Jurubim Ltda</xNome><enderEmit><xLgr>Rua do Cais</xLgr><nro>10</nro><xBairro>Centro</xBairro>\
<cMun>3550308</cMun><xMun>São Paulo</xMun><UF>SP</UF><CEP>01001000</CEP></enderEmit><IE>110042490114</IE>\
<CRT>{regime}</CRT></emit><dest><CPF>52998224725</CPF>\
<xNome>NF-E EMITIDA EM AMBIENTE DE HOMOLOGACAO - SEM VALOR FISCAL</xNome><enderDest><xLgr>Rua da Praia</xLgr>\
<nro>20</nro><xBairro>Centro</xBairro><cMun>{city}</cMun><xMun>Cidade</xMun><UF>{state}</UF><CEP>20010000</CEP>\
</enderDest><indIEDest>9</indIEDest></dest>{items}<total>{total}</total><transp><modFrete>0</modFrete></transp><pag>\
<detPag><indPag>0</indPag><tPag>17</tPag><vPag>{paid}</vPag></detPag></pag></infNFe></NFe>"""


@dataclass(frozen=True)
class Draft:
    """A note to be: the fields that make its key, and edits of its text before it is signed."""

    number: int = 1
    series: int = 1
    code: str = "14829173"
    issued: str = "2026-11-21T17:59:00-03:00"
    cnpj: str = ISSUER
    regime: str = "1"
    order: str = ""
    key_from: str = ""
    edits: tuple[Edit, ...] = field(default=())

    def edited(self, *edits: Edit) -> "Draft":
        return replace(self, edits=(*self.edits, *edits))

    @property
    def key(self) -> str:
        if self.key_from:
            return self.key_from
        base = f"35{self.issued[2:4]}{self.issued[5:7]}{self.cnpj}55{self.series:03d}{self.number:09d}1{self.code}"
        return base + key_digit(base)

    def text(self) -> str:
        """The unsigned note. Raises AssertionError for an edit that finds nothing to edit."""
        normal = self.regime in ("2", "3")
        order = f"<xPed>{self.order}</xPed>" if self.order else ""
        items = _NORMAL_ITEMS if normal else _SIMPLES_ITEMS.replace("{pis_cofins}", _NO_PIS_COFINS)
        text = _NOTE.format(
            key=self.key,
            code=self.code,
            series=self.series,
            number=self.number,
            issued=self.issued,
            digit=self.key[-1],
            cnpj=self.cnpj,
            regime=self.regime,
            same_state="2" if normal else "1",
            city="3304557" if normal else "3550308",
            state="RJ" if normal else "SP",
            items=items.format(order=order),
            total=_NORMAL_TOTAL if normal else _SIMPLES_TOTAL,
            paid="100.00" if normal else "160.00",
        )
        for old, new in self.edits:
            assert old in text, old
            text = text.replace(old, new, 1)
        return text


def key_digit(base: str) -> str:
    weights = [2, 3, 4, 5, 6, 7, 8, 9] * 6
    rest = sum((ord(sign) - 48) * weight for sign, weight in zip(reversed(base), weights, strict=False)) % 11
    return str(0 if rest < 2 else 11 - rest)


class _OldSigner(XMLSigner):
    """signxml refuses SHA-1 unless told otherwise; the layout demands it."""

    def check_deprecated_methods(self) -> None:
        return None


@cache
def _opened(pfx: bytes, password: str) -> tuple[Any, Any]:
    """Opening takes longer than signing."""
    key, certificate, _ = pkcs12.load_key_and_certificates(pfx, password.encode())
    return key, certificate


def signed(draft: Draft, pfx: bytes, password: str, *, hashes: str = "sha1") -> bytes:
    """The note's bytes: no prefix, no blanks between tags, base64 in one line."""
    key, certificate = _opened(pfx, password)
    signer = _OldSigner(
        method=methods.enveloped,
        signature_algorithm=f"rsa-{hashes}",
        digest_algorithm=hashes,
        c14n_algorithm=C14N,
    )
    signer.excise_empty_xmlns_declarations = True
    signer.namespaces = {None: DSIG}
    root = signer.sign(
        etree.fromstring(draft.text()),
        key=key,
        cert=[certificate],
        reference_uri=f"#NFe{draft.key}",
        id_attribute="Id",
    )
    head, certificate_and_tail = bytes(etree.tostring(root, encoding="utf-8")).split(b"<X509Certificate>")
    return head + b"<X509Certificate>" + certificate_and_tail.replace(b"\n", b"")


def lot(*notes: bytes, synchronous: bool = True, number: str = "1") -> bytes:
    indicator = b"1" if synchronous else b"0"
    return (
        f'<enviNFe xmlns="{NFE}" versao="4.00"><idLote>{number}</idLote><indSinc>'.encode()
        + indicator
        + b"</indSinc>"
        + b"".join(notes)
        + b"</enviNFe>"
    )


def proc(note: bytes, protocol: bytes) -> bytes:
    """procNFe, by putting bytes beside bytes."""
    if b"xmlns" not in protocol[: protocol.index(b">")]:
        protocol = protocol.replace(b"<protNFe", b'<protNFe xmlns="' + NFE.encode() + b'"', 1)
    return b'<nfeProc xmlns="' + NFE.encode() + b'" versao="4.00">' + note + protocol + b"</nfeProc>"
