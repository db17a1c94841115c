"""Forms of a company's fiscal set-up: data, certificate, next number, tax profile, marketplaces."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone

from cais.companies.models import Company, validate_cnpj
from cais.core.values import digits, document_text, is_tax_document
from cais.fiscal.certificate import CertificateRefused, WrongPassword
from cais.fiscal.places import find_city, near_cities
from cais.fiscal.preflight import LAST_NUMBER, LAST_SERIES
from cais.nfe.certificates import LARGEST
from cais.nfe.models import FiscalSetup, TaxProfile, TaxRule
from cais.nfe.setup_models import ENVIRONMENTS

CSOSNS: Final = (
    ("102", "102 – sem permissão de crédito"),
    ("101", "101 – com permissão de crédito"),
    ("103", "103 – isenção para a faixa de receita"),
    ("300", "300 – imune"),
    ("400", "400 – não tributada"),
    ("500", "500 – ICMS já pago por substituição"),
    ("900", "900 – outros"),
)
CONTRIBUTION_CSTS: Final = (
    ("49", "49 – outras operações de saída"),
    ("99", "99 – outras operações"),
    ("04", "04 – monofásica, alíquota zero"),
    ("05", "05 – substituição tributária"),
    ("06", "06 – alíquota zero"),
    ("07", "07 – isenta"),
    ("08", "08 – sem incidência"),
    ("09", "09 – com suspensão"),
)
_IE_FREE: Final = ("ISENTO", "ISENTA")

if TYPE_CHECKING:
    _SetupForm = forms.ModelForm[FiscalSetup]
    _RuleForm = forms.ModelForm[TaxRule]
else:
    _SetupForm = _RuleForm = forms.ModelForm


class SetupForm(_SetupForm):
    """The data of the issuer as the note says them. The state is the company's own."""

    postal_code = forms.CharField(label="CEP", max_length=9)
    phone = forms.CharField(label="Telefone", max_length=20, required=False)
    state_registration = forms.CharField(
        label="Inscrição estadual", max_length=20, help_text="Com ou sem pontuação, como está no cadastro da SEFAZ."
    )
    accountant = forms.CharField(
        label="CPF ou CNPJ da contabilidade",
        max_length=20,
        required=False,
        help_text="Quem mais pode baixar o XML na SEFAZ.",
    )
    contact_cnpj = forms.CharField(label="CNPJ do responsável técnico", max_length=20, required=False)
    automatic = forms.BooleanField(
        label="Emitir a nota sozinho, assim que o pedido estiver no ERP",
        required=False,
        help_text="Vale para os pedidos que entrarem daqui em diante.",
    )

    class Meta:
        model = FiscalSetup
        fields = (
            "regime",
            "state_registration",
            "street",
            "number",
            "complement",
            "district",
            "city",
            "postal_code",
            "phone",
            "environment",
            "series",
            "operation",
            "accountant",
            "contact_cnpj",
            "contact_name",
            "contact_email",
            "contact_phone",
        )
        help_texts = {
            "environment": "Homologação serve para testar: as notas não têm valor fiscal.",
            "series": "De 0 a 889. Use uma série só do Cais se outro programa emite com este CNPJ.",
        }

    def __init__(self, company: Company, data: Any = None, *, instance: FiscalSetup | None = None) -> None:
        kept = instance or FiscalSetup(group_id=company.group_id, company=company, city=company.city)
        super().__init__(data, instance=kept, initial={"automatic": kept.automatic_since is not None})
        self.company = company
        for name in ("street", "number", "district", "city", "operation"):
            self.fields[name].required = True

    def clean_state_registration(self) -> str:
        written = str(self.cleaned_data["state_registration"]).strip()
        if written.upper() in _IE_FREE:
            raise forms.ValidationError("Quem emite nota de mercadoria precisa de inscrição estadual. Peça-a à SEFAZ.")
        bare = digits(written)
        if not bare or len(bare) > 14:
            raise forms.ValidationError("A inscrição estadual só tem números, até 14. Confira e digite de novo.")
        return bare

    def clean_postal_code(self) -> str:
        bare = digits(self.cleaned_data["postal_code"])
        if len(bare) != 8:
            raise forms.ValidationError("O CEP tem oito números.")
        return bare

    def clean_phone(self) -> str:
        bare = digits(self.cleaned_data["phone"])
        if bare and not 6 <= len(bare) <= 14:
            raise forms.ValidationError("O telefone tem de 6 a 14 números, com o DDD.")
        return bare

    def clean_contact_phone(self) -> str:
        return digits(self.cleaned_data["contact_phone"])

    def clean_city(self) -> str:
        written = str(self.cleaned_data["city"])
        found = find_city(self.company.state, written)
        if found is None:
            near = near_cities(self.company.state, written)
            hint = f" Parecidos: {', '.join(near)}." if near else ""
            raise forms.ValidationError(f"Não há município com este nome em {self.company.state}.{hint}")
        return found.name

    def clean_accountant(self) -> str:
        bare = document_text(self.cleaned_data["accountant"])
        if bare and not is_tax_document(bare):
            raise forms.ValidationError("Este CPF ou CNPJ não existe: os dígitos finais não conferem.")
        return bare

    def clean_contact_cnpj(self) -> str:
        bare = document_text(self.cleaned_data["contact_cnpj"])
        if bare:
            validate_cnpj(bare)
        return bare

    def save(self, commit: bool = True) -> FiscalSetup:
        wants = bool(self.cleaned_data["automatic"])
        if not wants:
            self.instance.automatic_since = None
        elif self.instance.automatic_since is None:
            self.instance.automatic_since = timezone.now()
        return super().save(commit)


class CertificateForm(forms.Form):
    file = forms.FileField(
        label="Arquivo do certificado A1",
        help_text="O .pfx ou .p12 da certificadora. Fica cifrado neste servidor e ninguém mais o vê.",
        widget=forms.FileInput(attrs={"accept": ".pfx,.p12,application/x-pkcs12"}),
        error_messages={"empty": "Este arquivo está vazio.", "required": "Escolha o arquivo do certificado."},
    )
    password = forms.CharField(
        label="Senha do certificado",
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError("Este arquivo é grande demais para um certificado. Escolha o .pfx ou .p12.")
        return file

    def blame(self, refused: CertificateRefused) -> None:
        """The reason under the field that it is about."""
        self.add_error("password" if isinstance(refused, WrongPassword) else "file", refused.sentence)


class NextNumberForm(forms.Form):
    environment = forms.ChoiceField(label="Ambiente", choices=ENVIRONMENTS)
    series = forms.IntegerField(
        label="Série",
        min_value=0,
        validators=[MaxValueValidator(LAST_SERIES)],
        error_messages={"invalid": "Só números."},
    )
    number = forms.IntegerField(
        label="Próximo número",
        validators=[MinValueValidator(1), MaxValueValidator(LAST_NUMBER)],
        help_text="O que vem depois da última nota do outro programa. Nunca volta atrás.",
        error_messages={"invalid": "Só números."},
    )


class TaxRuleForm(_RuleForm):
    """The rule of the goods that the company sells, valid from a day on."""

    since = forms.DateField(
        label="Vale desde", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), localize=False
    )
    csosn = forms.ChoiceField(label="CSOSN", choices=CSOSNS)
    credit_rate = forms.DecimalField(
        label="Crédito de ICMS",
        required=False,
        max_digits=7,
        decimal_places=4,
        min_value=Decimal(0),
        localize=True,
        help_text="Só com o CSOSN 101: a alíquota que o contador informa a cada mês.",
    )
    pis_cst = forms.ChoiceField(label="CST do PIS", choices=CONTRIBUTION_CSTS)
    cofins_cst = forms.ChoiceField(label="CST da COFINS", choices=CONTRIBUTION_CSTS)
    legal_phrases = forms.CharField(
        label="Frases legais",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Uma por linha. Saem nas informações complementares da nota.",
    )

    class Meta:
        model = TaxRule
        fields = (
            "cfop_same_state",
            "cfop_other_state",
            "cfop_other_state_contributor",
            "csosn",
            "credit_rate",
            "pis_cst",
            "cofins_cst",
        )

    def __init__(self, profile: TaxProfile, data: Any = None, *, instance: TaxRule) -> None:
        initial = {"since": profile.since, "legal_phrases": "\n".join(profile.legal_phrases)}
        super().__init__(data, instance=instance, initial=initial)
        self.profile = profile

    def clean_cfop_same_state(self) -> str:
        return self._cfop("cfop_same_state", "5")

    def clean_cfop_other_state(self) -> str:
        return self._cfop("cfop_other_state", "6")

    def clean_cfop_other_state_contributor(self) -> str:
        return self._cfop("cfop_other_state_contributor", "6")

    def _cfop(self, name: str, first: str) -> str:
        bare = digits(self.cleaned_data[name])
        if len(bare) != 4 or bare[0] != first:
            raise forms.ValidationError(f"Este CFOP tem quatro números e começa com {first}.")
        return bare

    def clean_since(self) -> date:
        since: date = self.cleaned_data["since"]
        if since < self.profile.since:
            known = f"{self.profile.since:%d/%m/%Y}"
            raise forms.ValidationError(f"As regras de agora valem desde {known}: escolha esse dia ou um depois dele.")
        return since

    def clean_legal_phrases(self) -> list[str]:
        lines = [line.strip() for line in str(self.cleaned_data["legal_phrases"]).splitlines()]
        if any(len(line) > 300 for line in lines):
            raise forms.ValidationError("Cada frase tem até 300 letras.")
        return [line for line in lines if line]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if found.get("csosn") == "101" and not found.get("credit_rate"):
            self.add_error("credit_rate", "O CSOSN 101 precisa da alíquota do crédito.")
        return found

    def keep(self) -> TaxProfile:
        """Correct the profile in place, or from the new day on and leave the old one for what was issued before."""
        since, phrases = self.cleaned_data["since"], self.cleaned_data["legal_phrases"]
        profile = self.profile
        if since > profile.since:
            old = TaxProfile.objects.get(pk=profile.pk)
            old.until = since - timedelta(days=1)
            old.save(update_fields=["until"])
            profile = TaxProfile.objects.create(
                group_id=old.group_id, company_id=old.company_id, regime=old.regime, since=since, legal_phrases=phrases
            )
            self.instance.pk, self.instance._state.adding = None, True
            self.instance.profile = profile
        else:
            profile.legal_phrases = phrases
            profile.save(update_fields=["legal_phrases"])
        self.save()
        return profile
