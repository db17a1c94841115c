"""What a note is refused for, and in which order: one wrong thing at a time, on notes that are otherwise right."""

from collections.abc import Callable

import pytest

from tests.sefaz_simulator.conftest import Caller
from tests.sefaz_simulator.notes import MARKETPLACE, Draft, Edit, key_digit

NewDraft = Callable[..., Draft]
HOMOLOGATION_BUYER = "NF-E EMITIDA EM AMBIENTE DE HOMOLOGACAO - SEM VALOR FISCAL"
ICMS_00 = "<ICMS00><orig>0</orig><CST>00</CST><modBC>3</modBC><vBC>100.00</vBC><pICMS>12.00</pICMS>"
FIRST_CSOSN = "<ICMSSN102><orig>0</orig><CSOSN>102</CSOSN></ICMSSN102>"
INTERMEDIARY = "</pag><infIntermed><CNPJ>{cnpj}</CNPJ><idCadIntTran>louca</idCadIntTran></infIntermed>"
IBSCBS = (
    "<IBSCBS><CST>000</CST><cClassTrib>000001</cClassTrib><gIBSCBS><vBC>74.79</vBC><gIBSUF><pIBSUF>0.10</pIBSUF>"
    "<vIBSUF>0.07</vIBSUF></gIBSUF><gIBSMun><pIBSMun>0.00</pIBSMun><vIBSMun>0.00</vIBSMun></gIBSMun><vIBS>0.07</vIBS>"
    "<gCBS><pCBS>0.90</pCBS><vCBS>0.67</vCBS></gCBS></gIBSCBS></IBSCBS>"
)
IBSCBS_TOTAL = (
    "<IBSCBSTot><vBCIBSCBS>74.79</vBCIBSCBS><gIBS><gIBSUF><vDif>0.00</vDif><vDevTrib>0.00</vDevTrib>"
    "<vIBSUF>0.07</vIBSUF></gIBSUF><gIBSMun><vDif>0.00</vDif><vDevTrib>0.00</vDevTrib><vIBSMun>0.00</vIBSMun></gIBSMun>"
    "<vIBS>0.07</vIBS><vCredPres>0.00</vCredPres><vCredPresCondSus>0.00</vCredPresCondSus></gIBS><gCBS>"
    "<vDif>0.00</vDif><vDevTrib>0.00</vDevTrib><vCBS>0.67</vCBS><vCredPres>0.00</vCredPres>"
    "<vCredPresCondSus>0.00</vCredPresCondSus></gCBS></IBSCBSTot>"
)
DIFFERENCE = (
    "<ICMSUFDest><vBCUFDest>100.00</vBCUFDest><vBCFCPUFDest>100.00</vBCFCPUFDest><pFCPUFDest>2.00</pFCPUFDest>"
    "<pICMSUFDest>20.00</pICMSUFDest><pICMSInter>12.00</pICMSInter><pICMSInterPart>100.00</pICMSInterPart>"
    "<vFCPUFDest>2.00</vFCPUFDest><vICMSUFDest>8.00</vICMSUFDest><vICMSUFRemet>0.00</vICMSUFRemet></ICMSUFDest>"
)
# The name of the case, the regime, the edit that spoils the note, and the code that the tables give it.
CASES: list[tuple[str, str, Edit, str]] = [
    ("a line break in a text", "1", ("Pires<", "Pi\nres<"), "225"),
    ("a zero freight on an item", "1", ("<vFrete>5.00<", "<vFrete>0.00<"), "225"),
    ("a series with leading zeros", "1", ("<serie>1<", "<serie>001<"), "225"),
    ("an instant in UTC spelt Z", "1", ("-03:00</dhEmi>", "Z</dhEmi>"), "225"),
    ("a number that the key does not have", "1", ("</serie><nNF>", "</serie><nNF>9"), "502"),
    ("a state that the key does not have", "1", ("<cUF>35<", "<cUF>31<"), "502"),
    ("production asked of homologation", "1", ("<tpAmb>2<", "<tpAmb>1<"), "252"),
    ("a real buyer's name", "1", (HOMOLOGATION_BUYER, "Fulana de Tal"), "598"),
    ("no word about an intermediary", "1", ("<indIntermed>0</indIntermed>", ""), "434"),
    ("an intermediary that is not named", "1", ("<indIntermed>0<", "<indIntermed>1<"), "438"),
    ("CST for Simples", "1", (FIRST_CSOSN, "<ICMS40><orig>0</orig><CST>41</CST></ICMS40>"), "590"),
    ("CST for an individual", "4", (FIRST_CSOSN, "<ICMS40><orig>0</orig><CST>41</CST></ICMS40>"), "590"),
    ("CSOSN for the normal regime", "3", (ICMS_00 + "<vICMS>12.00</vICMS></ICMS00>", FIRST_CSOSN), "591"),
    ("no difference to the buyer's state", "3", (DIFFERENCE, ""), "694"),
    ("a difference within one state", "3", ("<idDest>2<", "<idDest>1<"), "695"),
    ("a difference to a contributor", "3", ("<indIEDest>9<", "<indIEDest>2<"), "695"),
    ("7 per cent from São Paulo to Rio", "3", ("<pICMSInter>12.00<", "<pICMSInter>7.00<"), "698"),
    ("12 per cent from São Paulo to Bahia", "3", ("<UF>RJ<", "<UF>BA<"), "698"),
    ("12 per cent for imported goods", "3", ("<orig>0<", "<orig>1<"), "697"),
    ("4 per cent for goods of Brazil", "3", ("<pICMSInter>12.00<", "<pICMSInter>4.00<"), "697"),
    ("a base that is not the sum", "3", ("<ICMSTot><vBC>100.00<", "<ICMSTot><vBC>100.01<"), "531"),
    ("an ICMS that is not the sum", "3", ("</vBC><vICMS>12.00<", "</vBC><vICMS>11.99<"), "532"),
    ("a freight that is not the sum", "1", ("<vFrete>15.00<", "<vFrete>15.01<"), "535"),
    ("an insurance that is not the sum", "1", ("<vSeg>0.00<", "<vSeg>0.01<"), "536"),
    ("a discount that is not the sum", "1", ("<vDesc>5.00</vDesc><vII>", "<vDesc>4.99</vDesc><vII>"), "537"),
    ("goods that are not the sum", "1", ("<vProd>150.00<", "<vProd>150.01<"), "564"),
    ("PIS that is not the sum", "3", ("<vPIS>0.57</vPIS><vCOFINS>", "<vPIS>0.56</vPIS><vCOFINS>"), "602"),
    ("COFINS that is not the sum", "3", ("<vCOFINS>2.64</vCOFINS><vOutro>", "<vCOFINS>2.65</vCOFINS><vOutro>"), "603"),
    ("other costs that are not the sum", "1", ("<vOutro>0.00<", "<vOutro>0.01<"), "604"),
    ("a total that nothing explains", "1", ("<vNF>160.00<", "<vNF>160.01<"), "610"),
    ("a price that does not make the line", "1", ("<vUnCom>30.2000000000<", "<vUnCom>30.2200000000<"), "629"),
    ("other means of payment unnamed", "1", ("<tPag>17<", "<tPag>99<"), "441"),
    ("a cent too little paid", "1", ("<vPag>160.00<", "<vPag>159.99<"), "865"),
    ("a cent too much paid", "1", ("<vPag>160.00<", "<vPag>160.01<"), "866"),
    ("no IBS and CBS", "3", (IBSCBS, ""), "1115"),
    ("a class of another CST", "3", ("<cClassTrib>000001<", "<cClassTrib>200001<"), "1024"),
    ("a rate of IBS of another year", "3", ("<pIBSUF>0.10<", "<pIBSUF>0.05<"), "1026"),
    ("a rate of the city", "3", ("<pIBSMun>0.00<", "<pIBSMun>0.05<"), "1036"),
    ("a rate of CBS of nobody", "3", ("<pCBS>0.90<", "<pCBS>0.80<"), "1037"),
    ("IBS of the state two cents off", "3", ("<vIBSUF>0.07<", "<vIBSUF>0.09<"), "1041"),
    ("IBS of the city two cents off", "3", ("<vIBSMun>0.00<", "<vIBSMun>0.02<"), "1052"),
    ("CBS two cents off", "3", ("<vCBS>0.67<", "<vCBS>0.69<"), "1069"),
    ("IBS that is not its parts", "3", ("<vIBS>0.07</vIBS><gCBS><pCBS>", "<vIBS>0.08</vIBS><gCBS><pCBS>"), "1150"),
    ("no total of IBS and CBS", "3", (IBSCBS_TOTAL, ""), "1119"),
    ("a total of IBS of nobody", "3", ("<vIBS>0.07</vIBS><vCredPres>", "<vIBS>0.08</vIBS><vCredPres>"), "1085"),
    ("a total of CBS of nobody", "3", ("<vCBS>0.67</vCBS><vCredPres>", "<vCBS>0.68</vCBS><vCredPres>"), "1091"),
    ("a total of IBS and CBS of nothing", "1", ("</ICMSTot>", "</ICMSTot>" + IBSCBS_TOTAL), "1118"),
]  # fmt: skip


def _code(caller: Caller, draft: Draft) -> str:
    lot, note = caller.issue(draft).codes
    return note or lot


@pytest.mark.parametrize(("regime", "edit", "code"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_one_wrong_thing_has_its_own_code(
    long_lived: Caller, next_draft: NewDraft, regime: str, edit: Edit, code: str
) -> None:
    assert _code(long_lived, next_draft(regime=regime).edited(edit)) == code


@pytest.mark.parametrize("regime", ["1", "3", "4"])
def test_a_right_note_is_authorised(long_lived: Caller, next_draft: NewDraft, regime: str) -> None:
    assert long_lived.issue(next_draft(regime=regime)).codes == ("104", "100")


def test_a_cent_of_rounding_in_a_line_is_forgiven(long_lived: Caller, next_draft: NewDraft) -> None:
    price = ("<vUnCom>30.2000000000<", "<vUnCom>30.2100000000<")
    assert _code(long_lived, next_draft().edited(price)) == "100"


def test_a_wrong_check_digit_comes_before_wrong_parts(long_lived: Caller, next_draft: NewDraft) -> None:
    draft = next_draft()
    wrong = str((int(draft.key[-1]) + 1) % 10)
    spoilt = Draft(number=draft.number, key_from=draft.key[:-1] + wrong)
    assert _code(long_lived, spoilt) == "253"


def test_cdv_must_repeat_the_last_digit_of_the_key(long_lived: Caller, next_draft: NewDraft) -> None:
    draft = next_draft()
    wrong = str((int(draft.key[-1]) + 1) % 10)
    assert _code(long_lived, draft.edited((f"<cDV>{draft.key[-1]}<", f"<cDV>{wrong}<"))) == "253"


@pytest.mark.parametrize("code", ["00000000", "77777777", "01234567", "90123456"])
def test_a_code_that_anybody_could_guess_is_refused(long_lived: Caller, next_draft: NewDraft, code: str) -> None:
    assert _code(long_lived, next_draft(code=code)) == "897"


def test_the_code_must_not_be_the_number(long_lived: Caller, next_draft: NewDraft) -> None:
    following = next_draft().number + 1
    assert _code(long_lived, next_draft(code=f"{following:08d}")) == "897"


@pytest.mark.parametrize(
    ("issued", "code"),
    [
        ("2026-11-21T18:05:00-03:00", "100"),
        ("2026-11-21T18:05:01-03:00", "703"),
        ("2026-11-21T16:05:00-05:00", "100"),
        ("2026-11-21T19:04:00-02:00", "100"),
        ("2026-10-22T18:00:00-03:00", "100"),
        ("2026-10-22T17:59:59-03:00", "228"),
    ],
)
def test_the_instant_of_issue_must_be_near(long_lived: Caller, next_draft: NewDraft, issued: str, code: str) -> None:
    assert _code(long_lived, next_draft(issued=issued)) == code


def test_the_month_of_the_key_is_the_issuers_own(long_lived: Caller, next_draft: NewDraft) -> None:
    clock = long_lived.sefaz.clock
    step = 9 * 86400 + 8 * 3600  # the first of December, two in the morning in Brasília
    clock.advance(step)
    try:
        # Still November in Acre, whose clocks are two hours behind.
        assert _code(long_lived, next_draft(issued="2026-11-30T23:59:00-05:00")) == "100"
    finally:
        clock.advance(-step)


def test_a_state_that_this_authoriser_does_not_serve_is_refused(long_lived: Caller, next_draft: NewDraft) -> None:
    draft = next_draft()
    base = "33" + draft.key[2:43]
    moved = Draft(number=draft.number, key_from=base + key_digit(base)).edited(("<cUF>35<", "<cUF>33<"))
    assert _code(long_lived, moved) == "226"


@pytest.mark.parametrize(("cnpj", "code"), [(MARKETPLACE, "100"), ("XT9CDVWJ000173", "440")])
def test_a_marketplace_is_named_by_a_right_cnpj(long_lived: Caller, next_draft: NewDraft, cnpj: str, code: str) -> None:
    draft = next_draft().edited(("<indIntermed>0<", "<indIntermed>1<"), ("</pag>", INTERMEDIARY.format(cnpj=cnpj)))
    assert _code(long_lived, draft) == code


def test_the_first_complaint_in_the_order_is_the_answer(long_lived: Caller, next_draft: NewDraft) -> None:
    everything: list[tuple[Edit, str]] = [
        (("<vNF>160.00<", "<vNF>160.01<"), "610"),
        (("<vFrete>15.00<", "<vFrete>15.01<"), "535"),
        ((FIRST_CSOSN, "<ICMS40><orig>0</orig><CST>41</CST></ICMS40>"), "590"),
        (("<indIntermed>0</indIntermed>", ""), "434"),
        ((HOMOLOGATION_BUYER, "Fulana de Tal"), "598"),
        (("<tpAmb>2<", "<tpAmb>1<"), "252"),
        (("</serie><nNF>", "</serie><nNF>9"), "502"),
        (("Pires<", "Pi\nres<"), "225"),
    ]
    draft = next_draft()
    heard = []
    for edit, _ in everything:
        draft = draft.edited(edit)
        heard.append(_code(long_lived, draft))
    assert heard == [code for _, code in everything]


def test_a_refusal_names_the_item(long_lived: Caller, next_draft: NewDraft) -> None:
    draft = next_draft().edited(("<vUnCom>30.2000000000<", "<vUnCom>31.0000000000<"))
    assert long_lived.issue(draft).text("protNFe/infProt/xMotivo").endswith("[nItem: 2]")


def test_ibs_and_cbs_are_asked_of_production_only_when_the_choice_says_so(
    long_lived: Caller, next_draft: NewDraft
) -> None:
    without = ((IBSCBS, ""), (IBSCBS_TOTAL, ""))
    long_lived.sefaz.choose(reform_required="never")
    try:
        assert _code(long_lived, next_draft(regime="3").edited(*without)) == "100"
    finally:
        long_lived.sefaz.choose(reform_required="homologation")
    assert _code(long_lived, next_draft(regime="3").edited(*without)) == "1115"
