"""The guided check before a company's first note: everything that is missing, and where to give it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.conf import settings

from cais.companies.models import Company
from cais.connections.account import CLOCK
from cais.connectors.sefaz.authorisers import NoAuthoriser
from cais.fiscal import documents as doc
from cais.fiscal.certificate import WARN_DAYS
from cais.fiscal.places import find_city, zone_of
from cais.fiscal.preflight import Problem, Where, preflight
from cais.fiscal.profile import TaxProfile
from cais.fiscal.schema import NoSchemas
from cais.nfe import sefaz
from cais.nfe.assemble import contact_of, issuer_of
from cais.nfe.certificates import certificate_of
from cais.nfe.models import Certificate, FiscalSetup
from cais.nfe.profiles import profile_of
from cais.nfe.signing import NO_CERTIFICATE
from cais.ports.errors import ConfigurationError

# A buyer and a product with nothing wrong about them, so that what the preflight finds lies with the company.
_ITS_OWN = frozenset([Where.COMPANY, Where.TAX_PROFILE, Where.MACHINE])
_CPF_OF_NOBODY = "52998224725"


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """One thing to do. `is_warning`: notes go out without it, but not for long or not quite as wanted."""

    code: str
    sentence: str
    where: str
    is_warning: bool = False


def missing(company: Company) -> list[Missing]:
    """What stands between this company and its next note; empty when nothing does. Asks SEFAZ nothing."""
    setup = FiscalSetup.objects.select_related("company").filter(company=company).first()
    if setup is None:
        words = "Preencha a configuração fiscal: regime, inscrição estadual, endereço e série."
        return [_at_company("setup_missing", words)]
    found = [_from(problem) for problem in _of_the_company(setup)]
    found += _of_certificate(company)
    found += _of_installation(setup)
    return found


def _of_the_company(setup: FiscalSetup) -> list[Problem]:
    today = CLOCK.now().astimezone(zone_of(setup.company.state)).date()
    profile = profile_of(setup.company, today)
    if profile is None:
        words = "Cadastre o perfil fiscal que vale hoje: CFOP, CSOSN, PIS e COFINS, com o contador."
        return [Problem(code="profile_missing", prevents="", where=Where.TAX_PROFILE, sentence=words)]
    problems = preflight(_specimen(setup, profile), now=CLOCK.now())
    return [problem for problem in problems if problem.where in _ITS_OWN]


def _specimen(setup: FiscalSetup, profile: TaxProfile) -> doc.NoteDoc:
    """A sale to a neighbour that only the company can spoil."""
    issuer = issuer_of(setup)
    city = find_city(issuer.place.state, issuer.place.city)
    place = doc.Place(
        street="Rua do Comprador",
        district="Centro",
        city=city.name if city else issuer.place.city,
        state=issuer.place.state,
        postal_code="01001000",
    )
    item = doc.Item(
        sku="EXEMPLO",
        name="Produto de exemplo",
        ncm="69111090",
        quantity=Decimal(1),
        unit_price=Decimal(10),
        total=Decimal("10.00"),
        tax_class=setup.tax_class,
    )
    return doc.NoteDoc(
        environment=doc.Environment(setup.environment),
        operation=setup.operation,
        issuer=issuer,
        buyer=doc.Buyer(document=_CPF_OF_NOBODY, name="Comprador de exemplo", place=place),
        items=(item,),
        payments=(doc.Payment(tender=doc.Tender.PIX, value=Decimal("10.00")),),
        profile=profile,
        may_download=(setup.accountant,) if setup.accountant else (),
        technical_contact=contact_of(setup),
    )


def _of_certificate(company: Company) -> list[Missing]:
    row = certificate_of(company)
    if row is None:
        expired = Certificate.objects.filter(company=company).first()
        if expired is None:
            return [_from(NO_CERTIFICATE)]
        words = f"O certificado digital venceu em {_day(expired.not_after.date())}. Envie o renovado (.pfx)."
        return [_at_company("certificate_expired", words)]
    left = (row.not_after - CLOCK.now()).days
    if left >= WARN_DAYS:
        return []
    words = f"O certificado digital vence em {left} dias ({_day(row.not_after.date())}). Envie o renovado até lá."
    return [Missing(code="certificate_expires", sentence=words, where=Where.COMPANY, is_warning=True)]


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _of_installation(setup: FiscalSetup) -> list[Missing]:
    found: list[Missing] = []
    try:
        sefaz.authoriser_for(setup, doc.Environment(setup.environment))
        sefaz.schemas()
    except (ConfigurationError, NoAuthoriser, NoSchemas) as error:
        found.append(Missing(code="installation", sentence=str(error), where=Where.MACHINE))
    if not settings.PUBLIC_URL:
        words = (
            "Este servidor não sabe o próprio endereço na internet (CAIS_PUBLIC_URL): "
            "a loja recebe a nota, mas o link do DANFE não abre."
        )
        found.append(Missing(code="public_url", sentence=words, where=Where.MACHINE, is_warning=True))
    return found


def _from(problem: Problem) -> Missing:
    return Missing(code=problem.code, sentence=problem.sentence, where=problem.where)


def _at_company(code: str, words: str) -> Missing:
    return Missing(code=code, sentence=words, where=Where.COMPANY)
