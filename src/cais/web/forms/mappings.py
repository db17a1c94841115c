"""The forms of one row of the mapping tables: everything that may be said of a value of the store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms

from cais.companies.models import Company, validate_cnpj
from cais.core.values import document_text
from cais.mappings import models as tables
from cais.mappings.models import BearerRule, FreightMethod, PaymentMethod, SalesChannel
from cais.web.connections.mapping_tables import Values, choices_of, chosen_of, values_of

if TYPE_CHECKING:
    _FreightForm = forms.ModelForm[FreightMethod]
    _PaymentForm = forms.ModelForm[PaymentMethod]
    _ChannelForm = forms.ModelForm[SalesChannel]
else:
    _FreightForm = _PaymentForm = _ChannelForm = forms.ModelForm


class FreightForm(_FreightForm):
    carrier_document = forms.CharField(
        label="CNPJ da transportadora", max_length=20, required=False, help_text="Vai na nota com o nome dela."
    )

    class Meta:
        model = FreightMethod
        fields = ("freight_by", "carrier_name", "carrier_document", "service")
        help_texts = {
            "freight_by": "Quem contrata o transporte. Em venda pela internet costuma ser a loja.",
            "service": "Por exemplo PAC, Sedex ou expressa. Vai no pedido de venda.",
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["freight_by"].required = True

    def clean_carrier_document(self) -> str:
        return _cnpj(self.cleaned_data["carrier_document"])

    def values(self) -> Values:
        return dict(self.cleaned_data)


class PaymentForm(_PaymentForm):
    institution = forms.CharField(
        label="CNPJ da instituição de pagamento",
        max_length=20,
        required=False,
        help_text="De quem processa o cartão ou o Pix. Vazio: o que o pedido trouxer.",
    )

    class Meta:
        model = PaymentMethod
        fields = ("tender", "brand", "institution", "is_deferred")
        labels = {"is_deferred": "Recebimento a prazo"}
        help_texts = {
            "tender": "O código do pagamento na nota (tPag).",
            "brand": "Só para cartão, quando a forma na loja é de uma bandeira só.",
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["tender"].required = True

    def clean_institution(self) -> str:
        return _cnpj(self.cleaned_data["institution"])

    def values(self) -> Values:
        return dict(self.cleaned_data)


class ChannelForm(_ChannelForm):
    intermediary_cnpj = forms.CharField(
        label="CNPJ do marketplace", max_length=20, required=False, help_text="Vai na nota como intermediador."
    )
    issuers = forms.MultipleChoiceField(
        label="Empresas que podem faturar",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Nenhuma marcada: qualquer uma que serve esta loja.",
    )

    class Meta:
        model = SalesChannel
        fields = (
            "nature",
            "intermediary_cnpj",
            "seller_id",
            "shown_as",
            "may_split",
            "note_by",
            "fulfilled_by_marketplace",
        )
        labels = {
            "seller_id": "Nome ou código da loja no marketplace",
            "may_split": "O pedido pode ser dividido entre empresas",
            "fulfilled_by_marketplace": "O marketplace guarda e envia a mercadoria (fulfillment)",
        }
        help_texts = {
            "shown_as": "Como o canal aparece no pedido de venda. Vazio: o nome que a loja usa.",
            "note_by": "Se é o marketplace, o Cais não emite nota das vendas deste canal.",
        }

    def __init__(self, *args: Any, companies: Sequence[Company], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["nature"].required = True
        field = self.fields["issuers"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(str(company.pk), company.name) for company in companies]
        field.initial = [str(pk) for pk in self.instance.issuers.values_list("company", flat=True)]

    def clean_intermediary_cnpj(self) -> str:
        return _cnpj(self.cleaned_data["intermediary_cnpj"])

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("nature") == SalesChannel.Nature.MARKETPLACE:
            if "intermediary_cnpj" in data and not data["intermediary_cnpj"]:
                self.add_error("intermediary_cnpj", "Informe o CNPJ: a nota de uma venda em marketplace o exige.")
            if len(data.get("seller_id", "").strip()) < 2:
                self.add_error("seller_id", "Informe quem a loja é nele, com duas letras ou mais: a nota o exige.")
        return data

    def values(self) -> Values:
        return {name: value for name, value in self.cleaned_data.items() if name != "issuers"}


class RuleForm(forms.Form):
    choice = forms.ChoiceField(label="Por conta de quem", widget=forms.RadioSelect)

    def __init__(self, data: Any = None, *, instance: BearerRule) -> None:
        super().__init__(data, initial={"choice": chosen_of(instance)})
        self.instance = instance
        field = self.fields["choice"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(choices_of(instance).items())

    def values(self) -> Values:
        found = values_of(self.instance, self.cleaned_data["choice"])
        assert found is not None
        return found


class ExceptionForm(RuleForm):
    """A rule for one label alone, as orders bear it."""

    only = forms.ChoiceField(label="Nome no pedido")

    def __init__(self, data: Any = None, *, instance: BearerRule, labels: Sequence[str]) -> None:
        super().__init__(data, instance=instance)
        self.auto_id = "so_%s"  # both forms of the page ask the same
        self.order_fields(["only", "choice"])
        field = self.fields["only"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(label, label) for label in labels]


def form_of(entry: tables.Mapping, data: Any = None) -> Any:
    """The form of the row's table."""
    match entry:
        case FreightMethod():
            return FreightForm(data, instance=entry)
        case PaymentMethod():
            return PaymentForm(data, instance=entry)
        case SalesChannel():
            companies = Company.objects.filter(group_id=entry.group_id)
            return ChannelForm(data, instance=entry, companies=list(companies))
        case BearerRule():
            return RuleForm(data, instance=entry)
    raise TypeError(type(entry))


def _cnpj(text: str) -> str:
    bare = document_text(text)
    if bare:
        validate_cnpj(bare)
    return bare
