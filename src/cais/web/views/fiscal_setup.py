"""Empresa › Fiscal: what a company needs before its first note, and everything that its notes say of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from cais.companies.models import Company
from cais.companies.roles import Action as May
from cais.connections.account import CLOCK
from cais.connections.models import Connection
from cais.fiscal.certificate import WARN_DAYS, CertificateRefused
from cais.fiscal.documents import Environment
from cais.fiscal.places import zone_of
from cais.fiscal.preflight import Where
from cais.nfe import services as nfe_room
from cais.nfe.models import Certificate, FiscalSetup, Nfe, NumberSeries, State, TaxProfile, TaxRule
from cais.nfe.setup_models import ENVIRONMENTS
from cais.web.access import GroupRequest, page
from cais.web.forms.fiscal import CertificateForm, NextNumberForm, SetupForm, TaxRuleForm
from cais.web.notes.words import is_simulated
from cais.web.parts import Action, Crumb, Tab
from cais.web.wording import plural_text

# What a person mends on this page: the notes it had stopped are tried again by themselves.
_MENDED_HERE = frozenset([Where.COMPANY, Where.TAX_PROFILE, Where.CHANNEL])
_TRIED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is missing, and the part of the page where it is given."""

    sentence: str
    is_warning: bool
    anchor: str


@dataclass(frozen=True, slots=True)
class Series:
    environment: str
    series: int
    number: int
    is_used: bool


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of the page; the one that was sent comes with its errors."""

    setup: SetupForm
    rule: TaxRuleForm | None
    certificate: CertificateForm = field(default_factory=CertificateForm)
    number: NextNumberForm | None = None

    @property
    def has_errors(self) -> bool:
        forms = (self.setup, self.rule, self.certificate, self.number)
        return any(form is not None and form.is_bound and form.errors for form in forms)


def company_tabs(request: GroupRequest, company: Company, current: str) -> list[Tab]:
    slug = request.group.slug
    tabs = (("dados", "Dados e depósitos", "company"), ("fiscal", "Fiscal", "fiscal"))
    return [Tab(label, reverse(name, args=[slug, company.pk]), current=code == current) for code, label, name in tabs]


def _company(request: GroupRequest, pk: int) -> Company:
    return get_object_or_404(Company.objects.of(request.group), pk=pk)


def _setup(company: Company) -> FiscalSetup | None:
    return FiscalSetup.objects.select_related("company").filter(company=company).first()


def _today(company: Company) -> date:
    return CLOCK.now().astimezone(zone_of(company.state)).date()


@page(May.VIEW, post=May.CONFIGURE)
def fiscal(request: GroupRequest, pk: int) -> HttpResponse:
    company = _company(request, pk)
    if request.method != "POST":
        return _page(request, company)
    form = SetupForm(company, request.POST, instance=_setup(company))
    if not form.is_valid():
        return _page(request, company, setup=form)
    with transaction.atomic():
        kept = form.save()
        made = _first_profile(company, kept)
    messages.success(request, f"Configuração fiscal da {company.name} salva.")
    if made:
        messages.warning(request, "Criamos um perfil fiscal de revenda no Simples. Confira os códigos com o contador.")
    return _mended(request, company)


def _first_profile(company: Company, setup: FiscalSetup) -> bool:
    """A company that has none starts from the common one of the Simples; the regime is the set-up's, always."""
    profiles = TaxProfile.objects.filter(company=company)
    made = not profiles.exists()
    if made:
        nfe_room.seed_simples(company, since=_today(company).replace(day=1))
    profiles.filter(until=None).exclude(regime=setup.regime).update(regime=setup.regime)
    return made


def _mended(request: GroupRequest, company: Company, anchor: str = "") -> HttpResponse:
    """Back to the page; what had been stopped for want of this goes on."""
    freed = 0
    blocked = Nfe.objects.of(request.group).filter(company=company, state=State.BLOCKED)
    for nfe in blocked.order_by("pk")[:_TRIED_AT_ONCE]:
        if any(problem.get("where") in _MENDED_HERE for problem in nfe.problems):
            nfe_room.try_again(nfe, actor_name=str(request.user))
            freed += 1
    if freed:
        messages.success(request, f"{plural_text(freed, 'nota barrada volta', 'notas barradas voltam')} à fila agora.")
    return redirect(f"{reverse('fiscal', args=[request.group.slug, company.pk])}{anchor}")


@page(May.CONFIGURE)
@require_POST
def fiscal_certificate(request: GroupRequest, pk: int) -> HttpResponse:
    """Keep the A1, or say plainly why it cannot sign for this company."""
    company = _company(request, pk)
    form = CertificateForm(request.POST, request.FILES)
    if form.is_valid() and _keep_certificate(request, company, form):
        messages.success(request, "Certificado guardado. Ele já vale para a próxima nota.")
        return _mended(request, company, "#certificado")
    return _page(request, company, certificate=form)


def _keep_certificate(request: GroupRequest, company: Company, form: CertificateForm) -> bool:
    content, password = form.cleaned_data["file"].read(), form.cleaned_data["password"]
    try:
        nfe_room.upload_certificate(company, content, password, actor_name=str(request.user))
    except CertificateRefused as refused:
        form.blame(refused)
        return False
    return True


@page(May.CONFIGURE)
@require_POST
def fiscal_number(request: GroupRequest, pk: int) -> HttpResponse:
    """Where another program left a series."""
    company = _company(request, pk)
    form = NextNumberForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            nfe_room.set_next_number(company, **data)
        except ValueError as refused:
            form.add_error("number", str(refused))
        else:
            messages.success(request, f"A série {data['series']} continua do número {data['number']}.")
            return redirect(f"{reverse('fiscal', args=[request.group.slug, pk])}#series")
    return _page(request, company, number=form)


@page(May.CONFIGURE)
@require_POST
def fiscal_profile(request: GroupRequest, pk: int) -> HttpResponse:
    company = _company(request, pk)
    form = _rule_form(company, request.POST)
    if form is None:
        messages.warning(request, "Preencha antes os dados do emitente: o perfil fiscal nasce com eles.")
        return redirect("fiscal", request.group.slug, pk)
    if not form.is_valid():
        return _page(request, company, rule=form)
    with transaction.atomic():
        kept = form.keep()
    messages.success(request, f"Perfil fiscal salvo. Vale desde {kept.since:%d/%m/%Y}.")
    return _mended(request, company, "#perfil")


def _rule_form(company: Company, data: Any = None) -> TaxRuleForm | None:
    """The rule in force, or the one that begins last when none is in force yet."""
    setup = _setup(company)
    profile = TaxProfile.objects.filter(company=company).order_by("-since", "-pk").first()
    if setup is None or profile is None:
        return None
    rule = profile.rules.filter(tax_class=setup.tax_class).first()
    rule = rule or TaxRule(group_id=company.group_id, profile=profile, tax_class=setup.tax_class)
    return TaxRuleForm(profile, data, instance=rule)


def _page(request: GroupRequest, company: Company, **sent: Any) -> HttpResponse:
    setup, slug = _setup(company), request.group.slug
    forms = Forms(
        **{
            "setup": SetupForm(company, instance=setup),
            "rule": _rule_form(company),
            "number": NextNumberForm(initial=_number_now(company, setup)),
            **sent,
        }
    )
    lines = [Line(item.sentence, item.is_warning, _anchor(item)) for item in nfe_room.missing(company)]
    context = {
        "company": company,
        "setup": setup,
        "forms": forms,
        "missing": [line for line in lines if not line.is_warning],
        "warnings": [line for line in lines if line.is_warning],
        "certificate": _certificate(company),
        "certificates": Certificate.objects.filter(company=company).count(),
        "series": _series(company, setup),
        "stores": Connection.objects.of(request.group).filter(company=company, role="store"),
        "may_edit": request.may(May.CONFIGURE),
        "asks_contact": any(line.anchor == "#responsavel" for line in lines),
        "is_trial": setup is not None and setup.environment == Environment.TRIAL,
        "is_simulated": is_simulated(),
        "first_note": _first_note(request, lines),
        "tabs": company_tabs(request, company, "fiscal"),
        "crumbs": [Crumb("Empresas", reverse("companies", args=[slug])), Crumb(company.name)],
    }
    return render(request, "companies/fiscal.html", context, status=422 if forms.has_errors else 200)


def _anchor(item: nfe_room.Missing) -> str:
    if item.code.startswith("certificate"):
        return "#certificado"
    if item.where == Where.TAX_PROFILE:
        return "#perfil"
    if item.code.startswith("technical_contact"):
        return "#responsavel"
    return "#dados" if item.where == Where.COMPANY else ""


def _first_note(request: GroupRequest, lines: list[Line]) -> Action | None:
    """What to press when nothing is missing."""
    ready = all(line.is_warning for line in lines)
    if not ready or not request.may(May.ISSUE_NOTES):
        return None
    return Action("Gerar notas", reverse("issue", args=[request.group.slug]), icon="document-text")


@dataclass(frozen=True, slots=True)
class CertificateCard:
    row: Certificate
    days_left: int

    @property
    def tone(self) -> str:
        if self.days_left < 0:
            return "err"
        return "warn" if self.days_left < WARN_DAYS else "ok"

    @property
    def words(self) -> str:
        if self.days_left < 0:
            return f"Venceu em {timezone.localtime(self.row.not_after):%d/%m/%Y}"
        return f"Vence em {plural_text(self.days_left, 'dia', 'dias')}"


def _certificate(company: Company) -> CertificateCard | None:
    """The one in use, else the last that was sent."""
    row = nfe_room.certificate_of(company) or Certificate.objects.filter(company=company).first()
    return CertificateCard(row, (row.not_after - CLOCK.now()).days) if row else None


def _series(company: Company, setup: FiscalSetup | None) -> list[Series]:
    """Next number by environment and series, also of the series that no note has used yet."""
    known = {
        (row.environment, row.series): min([*row.freed, row.last + 1])
        for row in NumberSeries.objects.filter(company=company)
    }
    used = (setup.environment, setup.series) if setup else None
    if setup:
        for environment, _ in ENVIRONMENTS:
            known.setdefault((environment, setup.series), 1)
    labels = {code: label.partition(" (")[0] for code, label in ENVIRONMENTS}
    return [Series(labels[place[0]], place[1], number, place == used) for place, number in sorted(known.items())]


def _number_now(company: Company, setup: FiscalSetup | None) -> dict[str, object]:
    if setup is None:
        return {}
    following = nfe_room.next_number(company)
    return {
        "environment": setup.environment,
        "series": setup.series,
        "number": following.number if following else 1,
    }


urlpatterns = [
    path("empresas/<int:pk>/fiscal/", fiscal, name="fiscal"),
    path("empresas/<int:pk>/fiscal/certificado/", fiscal_certificate, name="fiscal_certificate"),
    path("empresas/<int:pk>/fiscal/numero/", fiscal_number, name="fiscal_number"),
    path("empresas/<int:pk>/fiscal/perfil/", fiscal_profile, name="fiscal_profile"),
]
