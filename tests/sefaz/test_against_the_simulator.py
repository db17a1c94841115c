"""Our notes and our client against a SEFAZ written by a stranger, who judged them by the contract alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from cais.connectors.sefaz import answers as said
from cais.connectors.sefaz.answers import Doubt, Outcome
from cais.connectors.sefaz.authorisers import authoriser_of
from cais.connectors.sefaz.client import Limits, SefazClient
from cais.connectors.sefaz.simulator import CertificateAuthority, Kind, SefazSimulator
from cais.core.clock import Clock as RealClock
from cais.fiscal.build import build
from cais.fiscal.certificate import A1, Expired, NoPrivateKey, OtherCompany, WrongPassword, open_a1
from cais.fiscal.documents import Environment, NoteDoc, Numbering
from cais.fiscal.preflight import clock_problem, preflight
from cais.fiscal.proc import join
from cais.fiscal.schema import package_from
from cais.fiscal.sign import SignedNote, sign
from cais.ports.session import Reach
from cais.simkit.clock import Clock
from tests.fiscal.samples import CNPJ, CNPJ_WITH_LETTERS, NOW, NUMBERING, by, note
from tests.fiscal.test_build import full
from tests.fiscal.test_four_notes import FOUR
from tests.fiscal.test_preflight import Change

PACKAGE = package_from({})
BRIEF = Limits(connect=5.0, read=1.0, total=5.0)


class Line:
    """An issuer with its certificate and its client, at one simulated SEFAZ."""

    def __init__(self, sefaz: SefazSimulator, bundle: Path, *, cnpj: str = CNPJ, limits: Limits = BRIEF) -> None:
        issued = sefaz.issue(cnpj, kind=Kind.VALID)
        self.sefaz = sefaz
        self.cnpj = cnpj
        self.a1: A1 = open_a1(issued.pfx, issued.password, company_cnpj=cnpj, now=NOW)
        self.client = SefazClient(
            authoriser=authoriser_of("SP", Environment.TRIAL, base_url=sefaz.base_url),
            state="SP",
            a1=self.a1,
            ca_bundle=bundle,
            reach=Reach.LOOPBACK,
            clock=Frozen(),
            limits=limits,
        )

    def signed(self, document: NoteDoc | None = None, *, number: int = 123, cnf: str = "48291736") -> SignedNote:
        numbering = Numbering(series=1, number=number, cnf=cnf, issued_at=NUMBERING.issued_at)
        return sign(build(by(self.cnpj, document or note()), numbering), self.a1)

    def consult(self, sent: SignedNote) -> Outcome:
        return self.client.consult(sent.key, digest=sent.digest)


class Frozen(RealClock):
    """Our clock stands where the simulator's does, plus what a test turns."""

    ahead = timedelta()

    def now(self) -> datetime:
        return NOW + Frozen.ahead


@pytest.fixture(scope="module")
def authority() -> CertificateAuthority:
    return CertificateAuthority(now=NOW)


@pytest.fixture
def sefaz(authority: CertificateAuthority) -> Iterator[SefazSimulator]:
    with SefazSimulator(clock=Clock.standing(NOW.timestamp()), authority=authority, states=("SP",)) as sefaz:
        yield sefaz


@pytest.fixture
def bundle(sefaz: SefazSimulator, tmp_path: Path) -> Path:
    path = tmp_path / "raizes.pem"
    path.write_bytes(sefaz.ca_bundle)
    return path


@pytest.fixture
def line(sefaz: SefazSimulator, bundle: Path) -> Iterator[Line]:
    line = Line(sefaz, bundle)
    with line.client:
        yield line
    assert sefaz.findings() == []


@pytest.mark.parametrize("sale", [*FOUR, full], ids=lambda sale: sale.__name__)
def test_a_stranger_authorises_what_we_build_and_sign(line: Line, sale: type[NoteDoc]) -> None:
    sent = line.signed(sale())
    outcome = line.client.authorise(sent)
    assert isinstance(outcome, said.Authorised), outcome
    assert join(sent, outcome.protocol, PACKAGE)


def test_a_company_with_letters_in_its_cnpj_is_authorised(sefaz: SefazSimulator, bundle: Path) -> None:
    line = Line(sefaz, bundle, cnpj=CNPJ_WITH_LETTERS)
    with line.client:
        sent = line.signed()
        outcome = line.client.authorise(sent)
        assert isinstance(outcome, said.Authorised), outcome
        assert CNPJ_WITH_LETTERS in outcome.protocol.key
        assert isinstance(line.consult(sent), said.Authorised)


LOST = [
    ("cut_after", Doubt.CUT),
    ("cut_body", Doubt.CUT),
    ("http_503_after", Doubt.HTTP),
    ("soap_fault_after", Doubt.HTTP),
    ("html_ok", Doubt.GARBAGE),
    ("empty_body", Doubt.GARBAGE),
    ("huge_body", Doubt.GARBAGE),
    ("truncated_xml", Doubt.GARBAGE),
    ("other_note", Doubt.OTHER_NOTE),
    ("other_digest", Doubt.OTHER_NOTE),
    ("slow", Doubt.TIMEOUT),
]


@pytest.mark.parametrize(("fault", "doubt"), LOST)
def test_an_answer_lost_after_authorising_is_found_by_its_key(
    sefaz: SefazSimulator, line: Line, fault: str, doubt: Doubt
) -> None:
    sefaz.faults.set(fault, times=1, service="authorise")
    sent = line.signed()
    outcome = line.client.authorise(sent)
    assert isinstance(outcome, said.Unknown), outcome
    assert outcome.doubt is doubt
    found = line.consult(sent)
    assert isinstance(found, said.Authorised), found
    assert join(sent, found.protocol, PACKAGE)


@pytest.mark.parametrize("fault", ["cut_before", "http_404", "http_500", "http_503", "html_503", "soap_fault"])
def test_a_note_that_never_arrived_is_sent_again_in_the_same_bytes(
    sefaz: SefazSimulator, line: Line, fault: str
) -> None:
    sefaz.faults.set(fault, times=1, service="authorise")
    sent = line.signed()
    assert isinstance(line.client.authorise(sent), said.Unknown)
    assert isinstance(line.consult(sent), said.NotInBase)
    assert isinstance(line.client.authorise(sent), said.Authorised)


@pytest.mark.parametrize("wording", ["duplicate_with_nrec", "duplicate_bare"])
def test_the_same_key_again_is_a_duplicate_and_the_consult_adopts_it(
    sefaz: SefazSimulator, line: Line, wording: str
) -> None:
    sent = line.signed()
    assert isinstance(line.client.authorise(sent), said.Authorised)
    sefaz.faults.set(wording, times=1)
    assert isinstance(line.client.authorise(sent), said.Duplicate)
    assert isinstance(line.consult(sent), said.Authorised)


def test_the_same_number_under_another_key_tells_the_key_that_has_it(sefaz: SefazSimulator, bundle: Path) -> None:
    """What a second signing on doubt would bring; here on purpose, so the simulator's findings are not asked."""
    line = Line(sefaz, bundle)
    with line.client:
        first, second = line.signed(), line.signed(cnf="91736482")
        assert isinstance(line.client.authorise(first), said.Authorised)
        taken = line.client.authorise(second)
        assert isinstance(taken, said.NumberTaken)
        assert taken.key == first.key
        assert isinstance(line.consult(first), said.Authorised)
        about_second = line.consult(second)
        assert isinstance(about_second, said.NumberTaken)
        assert about_second.key == first.key


def test_a_key_never_sent_is_not_in_the_base(line: Line) -> None:
    assert isinstance(line.consult(line.signed()), said.NotInBase)


def test_overuse_silences_the_line_until_the_hour_is_over(
    sefaz: SefazSimulator, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = Line(sefaz, bundle)
    with line.client:
        sent = line.signed()
        outcomes = [line.consult(sent) for _ in range(13)]
        assert isinstance(outcomes[0], said.NotInBase)
        paused = outcomes[-1]
        assert isinstance(paused, said.Paused)
        asked = _calls(sefaz)
        assert isinstance(line.client.authorise(sent), said.Paused)
        assert _calls(sefaz) == asked, "a try would begin the hour anew"
        sefaz.clock.advance(3601)
        monkeypatch.setattr(Frozen, "ahead", timedelta(seconds=3601))
        assert isinstance(line.client.authorise(sent), said.Authorised)


def _calls(sefaz: SefazSimulator) -> int:
    return sum(entry.kind == "call" for entry in sefaz.ledger.entries())


@pytest.mark.parametrize("fault", ["paused_108", "paused_109"])
def test_a_sefaz_that_is_down_is_waited_for(sefaz: SefazSimulator, line: Line, fault: str) -> None:
    sefaz.faults.set(fault, seconds=600)
    sent = line.signed()
    for outcome in (line.client.status(), line.client.authorise(sent)):
        assert isinstance(outcome, said.Paused)
        assert outcome.cause is said.Cause.SERVICE_DOWN
    sefaz.clock.advance(601)
    assert isinstance(line.client.status(), said.Running)
    assert isinstance(line.client.authorise(sent), said.Authorised)


@pytest.mark.parametrize(
    ("fault", "status"), [("alert_120", "120"), ("late_150", "150"), ("nprot_17", "100"), ("signed_protocol", "100")]
)
def test_authorisations_in_unusual_clothes_are_kept(sefaz: SefazSimulator, line: Line, fault: str, status: str) -> None:
    sefaz.faults.set(fault, times=1)
    sent = line.signed()
    outcome = line.client.authorise(sent)
    assert isinstance(outcome, said.Authorised), outcome
    assert outcome.protocol.status == status
    assert bool(outcome.protocol.alerts) == (status == "120")
    assert join(sent, outcome.protocol, PACKAGE)


@pytest.mark.parametrize("fault", ["soap_11", "soap_header"])
def test_other_envelopes_are_opened_too(sefaz: SefazSimulator, line: Line, fault: str) -> None:
    sefaz.faults.set(fault, times=3)
    sent = line.signed()
    assert isinstance(line.client.status(), said.Running)
    assert isinstance(line.client.authorise(sent), said.Authorised)
    assert isinstance(line.consult(sent), said.Authorised)


def test_denied_burns_the_number(sefaz: SefazSimulator, line: Line) -> None:
    sefaz.faults.set("denied", times=1)
    sent = line.signed()
    assert isinstance(line.client.authorise(sent), said.Denied)
    assert isinstance(line.consult(sent), said.Denied)


@pytest.mark.parametrize("fault", ["receipt_only", "stuck_105"])
def test_a_queued_note_is_in_doubt_until_it_is_found(sefaz: SefazSimulator, line: Line, fault: str) -> None:
    sefaz.faults.set(fault, times=1, service="authorise")
    sent = line.signed()
    outcome = line.client.authorise(sent)
    assert isinstance(outcome, said.Unknown)
    assert outcome.doubt is Doubt.PROCESSING


def test_an_uncatalogued_refusal_is_a_doubt_and_one_of_four_digits_a_refusal(sefaz: SefazSimulator, line: Line) -> None:
    sefaz.faults.set("reject", times=1)
    assert isinstance(line.client.authorise(line.signed()), said.Unknown)
    sefaz.faults.set("reject_four_digits", times=1)
    outcome = line.client.authorise(line.signed(number=124))
    assert isinstance(outcome, said.Rejected)
    assert len(outcome.status) == 4


def test_a_note_cancelled_elsewhere_is_told(sefaz: SefazSimulator, bundle: Path) -> None:
    line = Line(sefaz, bundle)
    with line.client:
        sent = line.signed()
        assert isinstance(line.client.authorise(sent), said.Authorised)
        sefaz.cancel(sent.key)
        outcome = line.consult(sent)
        assert isinstance(outcome, said.Cancelled)
        assert outcome.protocol is not None


def test_a_clock_wrong_by_an_hour_is_seen_in_the_status(sefaz: SefazSimulator, line: Line) -> None:
    sefaz.faults.set("clock_skew", times=2, value=-3600)
    state = line.client.status()
    assert isinstance(state, said.Running)
    problem = clock_problem(ours=NOW, sefaz=state.sefaz_time)
    assert problem is not None
    assert "adiantado" in problem.sentence
    outcome = line.client.authorise(line.signed())
    assert isinstance(outcome, said.Rejected)
    assert outcome.status == problem.prevents


REFUSED: list[tuple[str, Change, str]] = [
    ("marketplace", lambda sale: replace(sale, through_marketplace=True), "438"),
    (
        "payment",
        lambda sale: replace(sale, payments=(replace(sale.payments[0], value=sale.payments[0].value - 1),)),
        "865",
    ),
    ("no NCM", lambda sale: replace(sale, items=(replace(sale.items[0], ncm=""),)), "225"),
    ("line total", lambda sale: replace(sale, items=(replace(sale.items[0], total=sale.items[0].total + 1),)), "629"),
]


@pytest.mark.parametrize("case", REFUSED, ids=[case[0] for case in REFUSED])
def test_what_the_preflight_forbids_the_stranger_refuses(
    sefaz: SefazSimulator, bundle: Path, case: tuple[str, Change, str]
) -> None:
    """Sent on purpose past the preflight: it forbids nothing that would have been taken."""
    _, change, status = case
    document = change(note())
    assert preflight(document, now=NOW) != ()
    line = Line(sefaz, bundle)
    with line.client:
        outcome = line.client.authorise(line.signed(document))
    assert isinstance(outcome, said.Rejected)
    assert outcome.status == status


@pytest.mark.parametrize(
    ("kind", "refusal"),
    [
        (Kind.EXPIRED, Expired),
        (Kind.OTHER_COMPANY, OtherCompany),
        (Kind.WRONG_PASSWORD, WrongPassword),
        (Kind.NO_KEY, NoPrivateKey),
    ],
)
def test_a_strangers_bad_certificates_are_refused(authority: CertificateAuthority, kind: Kind, refusal: type) -> None:
    with SefazSimulator(clock=Clock.standing(NOW.timestamp()), authority=authority) as sefaz:
        issued = sefaz.issue(CNPJ, kind=kind)
    with pytest.raises(refusal):
        open_a1(issued.pfx, issued.password, company_cnpj=CNPJ, now=NOW)


@pytest.mark.parametrize("kind", [Kind.LEGACY, Kind.NO_CNPJ])
def test_old_files_and_those_with_the_cnpj_in_the_name_alone_open(authority: CertificateAuthority, kind: Kind) -> None:
    with SefazSimulator(clock=Clock.standing(NOW.timestamp()), authority=authority) as sefaz:
        issued = sefaz.issue(CNPJ_WITH_LETTERS, kind=kind)
    assert open_a1(issued.pfx, issued.password, company_cnpj=CNPJ_WITH_LETTERS, now=NOW).cnpj == CNPJ_WITH_LETTERS


def test_many_notes_at_once_each_get_their_own_protocol(line: Line) -> None:
    notes = [line.signed(number=number) for number in range(200, 240)]
    found: dict[str, Outcome] = {}

    def send(each: SignedNote) -> None:
        found[each.key] = line.client.authorise(each)

    threads = [threading.Thread(target=send, args=(each,)) for each in notes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert set(found) == {each.key for each in notes}
    for each in notes:
        outcome = found[each.key]
        assert isinstance(outcome, said.Authorised), outcome
        assert join(each, outcome.protocol, PACKAGE)
