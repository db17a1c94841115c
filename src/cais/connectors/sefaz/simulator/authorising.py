"""Authorisation of notes: one at once, or several that are queued and fetched with a receipt."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from cais.connectors.sefaz.simulator import judge
from cais.connectors.sefaz.simulator.message import Lot, MessageRefused, check_schema, read_lot
from cais.connectors.sefaz.simulator.note import Note
from cais.connectors.sefaz.simulator.numbers import NO_KEY, Key
from cais.connectors.sefaz.simulator.office import Call, Office, Queued, Reply
from cais.connectors.sefaz.simulator.reading import cut_notes
from cais.connectors.sefaz.simulator.reasons import Refusal, reason, refusal
from cais.connectors.sefaz.simulator.registry import Protocol, Record, State

ALERTS = (("1", "Alerta de teste: confira o cadastro do destinatário"), ("2", "Alerta de teste: segunda mensagem"))
FOUR_DIGITS = "1115"
# Refusals of the schema, which some states speak out over the whole lot.
ABOUT_THE_SCHEMA = frozenset(("215", "225"))


def authorise(office: Office, call: Call) -> Reply:
    """``enviNFe`` to ``retEnviNFe``. Raises Fault."""
    try:
        office.admit(call)
        return _read_and_judged(office, call)
    except MessageRefused as refused:
        return _refused(office, call, refused.refusal)


def _read_and_judged(office: Office, call: Call) -> Reply:
    lot = _counted(office, call, lambda: _lot(office, call))
    if not lot.is_synchronous:
        return _queued(office, call, lot, code="103")
    if call.odds.fires("receipt_only"):
        return _queued(office, call, lot, code="103")
    if call.odds.fires("stuck_105"):
        return _queued(office, call, lot, code="105")
    note = lot.notes[0]
    protocol = _judged(office, call, note)
    written = office.written(protocol, call)
    content = office.answers.authorised("104", reason("104"), moment=call.moment, protocol=written)
    return Reply(content, "104", ((note, protocol),))


def _lot(office: Office, call: Call) -> Lot:
    content, root = office.message(call)
    return read_lot(root, content)


def _counted(office: Office, call: Call, read: Callable[[], Lot]) -> Lot:
    """A refusal of the message counts once against every note in it."""
    try:
        return read()
    except MessageRefused as refused:
        for data in dict.fromkeys(cut_notes(call.body)):
            office.count_rejection(call, Note(data), code=refused.refusal.code)
        raise


def _judged(office: Office, call: Call, note: Note) -> Protocol:
    """The verdict on a note that came alone. Raises MessageRefused where the state answers over the lot."""
    protocol = verdict(office, call, note)
    if protocol.number:
        return protocol
    try:
        office.count_rejection(call, note, code=protocol.code)
    except MessageRefused as undue:
        if office.choices.undue_refusal == "lot":
            raise
        return replace(protocol, code=undue.refusal.code, motive=undue.refusal.motive)
    if protocol.code in ABOUT_THE_SCHEMA and (office.choices.schema_refusal == "lot" or note.key is None):
        raise MessageRefused(Refusal(protocol.code, protocol.motive))
    return protocol


def verdict(office: Office, call: Call, note: Note) -> Protocol:
    """Judge one note, and keep it when it is authorised or denied."""
    refused = _ordered_refusal(call) or judge.complaint(note, office.bench(call))
    if refused is not None or note.key is None:
        return _rejection(call, note, refused or refusal("225"))
    known = _known(office, note)
    if known is not None:
        return known
    taken = office.registry.taken(note.key, detail=_duplicate_detail(office, call, note.key))
    return _rejection(call, note, taken) if taken else _kept(office, call, note, note.key)


def _ordered_refusal(call: Call) -> Refusal | None:
    rule = call.odds.fires("reject")
    if rule is not None:
        return refusal(f"{rule.value:.0f}")
    return refusal(FOUR_DIGITS) if call.odds.fires("reject_four_digits") else None


def _known(office: Office, note: Note) -> Protocol | None:
    """The protocol of a note that came before, equal to the byte, where the state answers so."""
    record = office.registry.by_key.get(note.key.text) if note.key else None
    if office.choices.resent != "protocol" or record is None or record.state is not State.AUTHORISED:
        return None
    return record.protocol if record.note == note.data else None


def _duplicate_detail(office: Office, call: Call, key: Key) -> str:
    record = office.registry.by_key.get(key.text)
    if record is None or call.odds.fires("duplicate_bare"):
        return ""
    if call.odds.fires("duplicate_with_nrec"):
        return f"[nRec:{record.receipt}]"
    return f"[nProt:{record.protocol.number}][dhAut:{record.protocol.received}]"


def _rejection(call: Call, note: Note, refused: Refusal) -> Protocol:
    key = note.key.text if note.key else NO_KEY
    return Protocol(key, call.moment, refused.code, refused.motive, digest=note.signed_digest)


def _kept(office: Office, call: Call, note: Note, key: Key) -> Protocol:
    code, messages = _good_outcome(call)
    denied = call.odds.fires("denied")
    if denied is not None:
        code, messages = f"{denied.value:.0f}", ()
    protocol = Protocol(
        key.text,
        call.moment,
        code,
        reason(code),
        number=office.next_protocol(call),
        digest=note.signed_digest,
        messages=messages,
    )
    state = State.DENIED if denied else State.AUTHORISED
    office.registry.keep(Record(key, protocol, note.data, receipt=office.next_receipt(), state=state))
    return protocol


def _good_outcome(call: Call) -> tuple[str, tuple[tuple[str, str], ...]]:
    if call.odds.fires("alert_120"):
        return "120", ALERTS
    return ("150" if call.odds.fires("late_150") else "100"), ()


def _queued(office: Office, call: Call, lot: Lot, *, code: str) -> Reply:
    receipt = office.next_receipt()
    due = call.arrived + timedelta(seconds=office.setting.lot_seconds)
    office.lots[receipt] = Queued(receipt, lot.notes, due, call)
    content = office.answers.authorised(code, reason(code), moment=call.moment, receipt=receipt)
    waiting = tuple((note, _rejection(call, note, Refusal(code, reason(code)))) for note in lot.notes)
    return Reply(content, code, waiting)


def _refused(office: Office, call: Call, refused: Refusal) -> Reply:
    """The whole message is answered with one code, and so is every note in it."""
    notes = [Note(data) for data in cut_notes(call.body)]
    content = office.answers.authorised(refused.code, refused.motive, moment=call.moment)
    return Reply(content, refused.code, tuple((note, _rejection(call, note, refused)) for note in notes))


def settle(office: Office, now: datetime) -> None:
    """Judge the queued lots whose time has come, each at its own time."""
    for lot in office.lots.values():
        if lot.protocols or now < lot.due:
            continue
        call = replace(lot.call, now=lot.due)
        for note in lot.notes:
            protocol = verdict(office, call, note)
            lot.protocols.append(protocol)
            office.on_settled(protocol, note)


def receipt(office: Office, call: Call) -> Reply:
    """``consReciNFe`` to ``retConsReciNFe``. Raises Fault."""
    asked = ""
    try:
        office.admit(call)
        _, root = office.message(call)
        check_schema(root, office.setting.schemas, service=call.service)
        asked = str(root[1].text)
        if root[0].text != office.setting.environment:
            raise MessageRefused(refusal("252"))
        if office.consumption.asked_receipt(call.caller.cnpj, asked, now=call.arrived.timestamp()):
            raise MessageRefused(refusal("656"))
        return _fetched(office, call, asked)
    except MessageRefused as refused:
        return _receipt_reply(office, call, refused.refusal, asked or "0" * 15)


def _fetched(office: Office, call: Call, asked: str) -> Reply:
    lot = office.lots.get(asked)
    if lot is None:
        return _receipt_reply(office, call, Refusal("106", reason("106")), asked)
    if not lot.protocols or call.odds.fires("stuck_105"):
        return _receipt_reply(office, call, Refusal("105", reason("105")), asked)
    protocols = [office.written(protocol, call) for protocol in lot.protocols]
    content = office.answers.receipt("104", reason("104"), moment=call.moment, receipt=asked, protocols=protocols)
    return Reply(content, "104")


def _receipt_reply(office: Office, call: Call, answer: Refusal, asked: str) -> Reply:
    content = office.answers.receipt(answer.code, answer.motive, moment=call.moment, receipt=asked)
    return Reply(content, answer.code)
