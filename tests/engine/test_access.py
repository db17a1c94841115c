"""The access of a store: what closes it, how it is kept alive, and the alarm before it ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from cais.connections import account
from cais.connections.account import open_account
from cais.connections.expiry import watch
from cais.connections.health import may_speak, try_again, unavailable
from cais.connections.models import Connection, Health, StoredTokens
from cais.connections.trying import redeem
from cais.connectors.tray.simulator import TraySimulator
from cais.inbox.models import Pending
from cais.inbox.reasons import REASONS as REASONS_BY_CODE
from cais.inbox.reasons import words
from cais.intake.services import read_now
from cais.ops.stages import STAGES, run_stage
from cais.ports.errors import Unavailable
from cais.simkit import Clock
from cais.web.connections.words import state_of
from tests.engine.house import House
from tests.engine.tray_store import connect_tray

REASONS = {
    1000: "needs_authorisation",
    1001: "store_blocked",
    1002: "store_inactive",
    1003: "store_cancelled",
    1099: "access_refused",
}


@dataclass
class Calendar:
    """Our side of the simulator's standing clock: days pass when a test says so."""

    clock: Clock

    def timestamp(self) -> float:
        return self.clock.now()

    def now(self) -> datetime:
        return self.clock.utc()

    def real_seconds(self, seconds: float) -> float:
        return seconds

    def pass_days(self, days: float) -> None:
        self.clock.advance(days * 86_400)


@pytest.fixture
def calendar(monkeypatch: pytest.MonkeyPatch) -> Calendar:
    made = Calendar(Clock.standing(datetime(2026, 11, 22, 12, 0, tzinfo=UTC).timestamp()))
    monkeypatch.setattr(account, "CLOCK", made)
    return made


@pytest.fixture
def shop(calendar: Calendar) -> Iterator[TraySimulator]:
    with TraySimulator(clock=calendar.clock) as simulator:
        yield simulator


@pytest.fixture
def store(home: House, shop: TraySimulator) -> Connection:
    """A Tray store, authorised, read once."""
    (site,) = shop.stores
    site.choose(code="single_use")
    made = connect_tray(home.company, shop, name="Beiramar")
    run("pull", made)
    return made


def run(stage: str, store: Connection) -> int:
    return run_stage(STAGES[stage], Connection.objects.select_related("company").get(pk=store.pk), rounds=1)


def read_again(store: Connection) -> None:
    """Whatever the store's pause: as after it."""
    Health.objects.filter(connection=store).update(wait_until=None)
    store.cursors.update(due_at=datetime(2020, 1, 1, tzinfo=UTC))
    run("pull", store)


def calls(shop: TraySimulator) -> int:
    return len(shop.ledger.entries(kind="call"))


def open_reasons(store: Connection) -> list[str]:
    rows = Pending.objects.filter(subject="connection", subject_id=store.pk, closed_at=None)
    return sorted(rows.values_list("reason", flat=True))


def test_a_connected_store_is_well(store: Connection) -> None:
    health = Health.objects.get(connection=store)
    assert (health.access, health.failures) == ("", 0)
    assert open_reasons(store) == []


@pytest.mark.parametrize("code", REASONS)
def test_a_closed_door_stops_the_store_is_told_and_opens_again_by_itself_or_by_a_person(
    store: Connection, shop: TraySimulator, code: int
) -> None:
    shop.stores[0].store.trouble = code
    read_again(store)
    health = Health.objects.get(connection=store)
    assert health.access == REASONS[code]
    assert open_reasons(store) == [REASONS[code]]

    said = calls(shop)
    store.cursors.update(due_at=datetime(2020, 1, 1, tzinfo=UTC))
    for stage in ("pull", "fetch", "status", "invoice", "statuses", "access"):
        run(stage, store)
    assert calls(shop) == said, "a store that refuses is left in peace"

    shop.stores[0].store.trouble = 0
    if code == 1003:
        read_again(store)
        assert calls(shop) == said, "a cancelled store is disconnected, not probed"
        read_now(store, asked_by="Rosana")
        run("pull", store)
    else:
        wait = health.wait_until - datetime.now(UTC)
        assert timedelta(minutes=14) < wait <= timedelta(minutes=15)
        read_again(store)
    assert Health.objects.get(connection=store).access == ""
    assert open_reasons(store) == []


def test_a_store_without_traffic_keeps_its_access_for_sixty_days(
    store: Connection, shop: TraySimulator, calendar: Calendar
) -> None:
    store.functions = []
    store.save()
    for _ in range(60):
        calendar.pass_days(1)
        run("access", store)
    tokens = StoredTokens.objects.get(connection=store)
    assert tokens.refresh_expires_at - calendar.now() > timedelta(days=29)
    renewals = [each for each in shop.ledger.entries(kind="call") if str(each.facts["path"]).endswith("/auth")]
    assert len(renewals) == 61  # the first authorisation, and one a day
    assert store.vendor.list_statuses(open_account(store))


def test_a_renewal_is_asked_for_once_a_day_and_not_more(
    store: Connection, shop: TraySimulator, calendar: Calendar
) -> None:
    calendar.pass_days(1)
    assert store.pk in STAGES["access"].waiting()
    assert run("access", store) == 1
    assert store.pk not in STAGES["access"].waiting()
    said = calls(shop)
    assert run("access", store) == 0
    assert calls(shop) == said


def test_a_lost_answer_to_the_daily_renewal_is_mended_and_never_locks_us_out(
    store: Connection, shop: TraySimulator, calendar: Calendar
) -> None:
    shop.stores[0].choose(code="reusable")
    values = {"code": shop.stores[0].install()}
    redeem(store, values)
    calendar.pass_days(1)
    shop.stores[0].faults.next("lost_after_commit", only="GET /web_api/auth")
    assert run("access", store) == 1
    assert store.vendor.list_statuses(open_account(store))


@pytest.mark.parametrize(
    ("days", "reason", "when", "tone"),
    [
        (24.9, "", "", ""),
        (25, "access_ending", "vence em 5 dias", "warn"),
        (28, "access_ending", "vence em 2 dias", "warn"),
        (29, "access_ends_today", "vence amanhã às 09:00", "err"),
        (29.9, "access_ends_today", "vence hoje às 09:00", "err"),
        (31, "access_ends_today", "venceu em 22/12", "err"),
    ],
)
def test_a_paused_store_warns_before_its_access_ends(
    store: Connection, calendar: Calendar, days: float, reason: str, when: str, tone: str
) -> None:
    """The pair was given on 22 November at 12:00 UTC, 09:00 in Brasília; thirty days later it ends."""
    Connection.objects.filter(pk=store.pk).update(paused=True)
    calendar.pass_days(days)
    watch(store.group_id)
    assert store.pk not in STAGES["access"].waiting(), "a paused store is not spoken to"
    assert open_reasons(store) == ([reason] if reason else [])
    shown = state_of(Connection.objects.get(pk=store.pk))
    if not reason:
        assert shown.label == "Pausada"
        return
    assert Pending.objects.get(subject_id=store.pk, closed_at=None).params["when"] == when
    assert (shown.label, shown.tone) == (f"Pausada; acesso {when}", tone)


def test_going_on_renews_in_time_and_the_warning_closes(store: Connection, calendar: Calendar) -> None:
    Connection.objects.filter(pk=store.pk).update(paused=True)
    calendar.pass_days(27)
    watch(store.group_id)
    assert open_reasons(store) == ["access_ending"]
    Connection.objects.filter(pk=store.pk).update(paused=False)
    run("access", store)
    assert open_reasons(store) == ["access_ending"], "the calendar's own word is its own to take back"
    watch(store.group_id)
    assert open_reasons(store) == []


def test_after_many_failures_one_row_at_a_time_tries_and_the_first_answer_wakes_the_rest(home: House) -> None:
    home.product("XIC-200")
    store, line = home.store, ("XIC-200", "1", "12.50")
    for _ in range(6):
        home.vendor.store.sell(lines=[line])
    read_again(store)
    Health.objects.filter(connection=store).update(failures=5)
    home.vendor.faults.next("error_503", times=1, only="GET /store/orders/")

    assert run("fetch", store) == 1
    health = Health.objects.get(connection=store)
    assert health.failures == 6
    assert state_of(Connection.objects.get(pk=store.pk)).label.startswith("Loja fora do ar, tentando às ")
    assert run("fetch", store) == 0, "nobody tries before its time"
    assert store.documents.filter(due_at__gt=datetime.now(UTC)).exclude(error="").count() == 1

    try_again(store)
    assert run("fetch", store) == 1, "half open: one row tries for all"
    assert Health.objects.get(connection=store).failures == 0
    assert not store.documents.filter(due_at__gt=datetime.now(UTC)).exclude(error="").exists()
    assert run("fetch", store) == 5


def test_while_one_tries_an_open_connection_the_others_wait(home: House) -> None:
    Health.objects.filter(connection=home.store).update(failures=7, wait_until=None)
    assert may_speak(home.store)
    assert not may_speak(home.store)


def test_the_catalogue_of_statuses_answers_for_the_whole_connection(home: House) -> None:
    Health.objects.filter(connection=home.store).update(failures=7)
    home.store.cursors.update(due_at=datetime(2020, 1, 1, tzinfo=UTC))
    assert run("statuses", home.store) == 1
    assert Health.objects.get(connection=home.store).failures == 0


def test_sentences_name_the_other_side_for_what_it_is(home: House) -> None:
    """A connection to an ERP that fails is not called a store."""
    erp = Connection.objects.create(
        group=home.group,
        company=home.company,
        connector="imaginary",
        modality="rest",
        role="erp",
        name="Gestão",
        functions=home.store.functions,
        settings=home.store.settings,
    )
    home.vendor.faults.next("error_503", only="GET /store/statuses")
    with pytest.raises(Unavailable) as told:
        erp.vendor.list_statuses(replace(open_account(home.store), side=open_account(erp).side))
    assert told.value.words == "O ERP respondeu com uma falha interna (503)."
    for _ in range(5):
        unavailable(erp, detail="", retry_after=None)
    cause = Pending.objects.get(reason="store_silent", closed_at=None)
    assert words(REASONS_BY_CODE["store_silent"].title, cause.params) == "O ERP Gestão não responde"
    assert state_of(Connection.objects.get(pk=erp.pk)).label.startswith("ERP fora do ar, tentando às ")
