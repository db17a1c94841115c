"""Questions that change nothing: what became of a key, and whether the service is up."""

from cais.connectors.sefaz.simulator.identity import asked_key_refusal
from cais.connectors.sefaz.simulator.message import MessageRefused, check_schema
from cais.connectors.sefaz.simulator.numbers import NO_KEY, Key, read_key
from cais.connectors.sefaz.simulator.office import Call, Office, Reply
from cais.connectors.sefaz.simulator.reading import Element, asked_key
from cais.connectors.sefaz.simulator.reasons import reason, refusal
from cais.connectors.sefaz.simulator.registry import State


def consult(office: Office, call: Call) -> Reply:
    """``consSitNFe`` to ``retConsSitNFe``. Raises Fault."""
    asked = asked_key(call.body)
    try:
        office.admit(call)
        root = _checked(office, call)
        key = _right_key(office, str(root[2].text))
        if office.consumption.asked_key(call.caller.cnpj, key.text, now=call.arrived.timestamp()):
            raise MessageRefused(refusal("656"))
        return _found(office, call, key)
    except MessageRefused as refused:
        shown = asked if read_key(asked) else NO_KEY
        answer = refused.refusal
        content = office.answers.consulted(answer.code, answer.motive, moment=call.moment, key=shown)
        return Reply(content, answer.code)


def _checked(office: Office, call: Call) -> Element:
    _, root = office.message(call)
    check_schema(root, office.setting.schemas, service=call.service)
    if root[0].text != office.setting.environment:
        raise MessageRefused(refusal("252"))
    return root


def _right_key(office: Office, text: str) -> Key:
    wrong = asked_key_refusal(text, frozenset(office.setting.states))
    if wrong is not None:
        raise MessageRefused(wrong)
    return Key(text)


def _found(office: Office, call: Call, key: Key) -> Reply:
    record = office.registry.by_key.get(key.text)
    if record is None or call.odds.fires("consult_lags"):
        raise MessageRefused(refusal("217") if record else office.registry.absent(key))
    code = "101" if record.state is State.CANCELLED else record.protocol.code
    content = office.answers.consulted(
        code,
        reason(code),
        moment=call.moment,
        key=key.text,
        protocol=office.written(record.protocol, call),
    )
    return Reply(content, code)


def status(office: Office, call: Call) -> Reply:
    """``consStatServ`` to ``retConsStatServ``. Raises Fault."""
    try:
        office.admit(call)
        root = _checked(office, call)
        if root[1].text not in office.setting.states:
            raise MessageRefused(refusal("289"))
        code, motive = "107", reason("107")
    except MessageRefused as refused:
        code, motive = refused.refusal.code, refused.refusal.motive
    return Reply(office.answers.service(code, motive, moment=call.moment), code)
