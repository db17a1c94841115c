"""Clientes: the list, and the customer with their orders and what a person corrected."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse

from cais.companies.roles import Action as May
from cais.companies.roles import allows
from cais.customers import corrections
from cais.customers.models import Customer
from cais.web.access import GroupRequest, page
from cais.web.forms.customers import CustomerForm, postal_code_text
from cais.web.keyset import count_up_to, page_of, searched, total_text
from cais.web.parts import Action, Crumb, Fact
from cais.web.wording import UNKNOWN, document_text

_ORDERS_SHOWN = 20


@page(May.VIEW)
def customers(request: GroupRequest) -> HttpResponse:
    text = searched(request.GET)
    found = Customer.objects.filter(group=request.group).matching(text)
    listed = page_of(found, request.GET, keys=("name", "id"))
    latest = Customer.objects.filter(pk__in=[item.pk for item in listed.rows]).latest_orders()
    return render(
        request,
        "customers/list.html",
        {
            "rows": [(item, latest.get(item.pk)) for item in listed.rows],
            "page": listed,
            "summary": total_text(count_up_to(found), "cliente", "clientes"),
            "is_empty": not listed.rows and not text,
            "no_filter_url": reverse("customers", args=[request.group.slug]),
        },
    )


@page(May.VIEW, post=May.EDIT_CUSTOMERS)
def customer(request: GroupRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Customer.objects.of(request.group), pk=pk)
    may_edit = allows(request.membership.role, May.EDIT_CUSTOMERS)
    posted = request.POST if request.method == "POST" else None
    form = CustomerForm(posted, initial=CustomerForm.values_of(found))
    if posted and form.is_valid() and _correct(request, form, found):
        return redirect("customer", request.group.slug, found.pk)
    orders = found.orders.select_related("connection").order_by("-placed_at", "-id")
    context = {
        "customer": found,
        "crumbs": [Crumb("Clientes", reverse("customers", args=[request.group.slug])), Crumb(found.name)],
        "may_edit": may_edit,
        "form": form if may_edit else None,
        "facts": _facts(found),
        "orders": orders[:_ORDERS_SHOWN],
        "order_total": count_up_to(orders),
        "sales_orders": found.sales_orders.order_by("-id")[:_ORDERS_SHOWN],
        "corrected": ", ".join(_labels(found.corrected)),
        "trust": Action(
            "Voltar a aceitar a loja",
            reverse("customer_trust", args=[request.group.slug, found.pk]),
            method="post",
            style="bare",
        ),
    }
    return render(request, "customers/customer.html", context, status=422 if posted else 200)


def _correct(request: GroupRequest, form: CustomerForm, found: Customer) -> bool:
    try:
        changed = corrections.correct(found, form.correction())
    except corrections.InvalidCustomer as error:
        form.show(error.problems)
        return False
    words = f"Salvo: {', '.join(_labels(changed))}. A loja não muda mais isto." if changed else "Nada mudou."
    messages.success(request, words)
    return True


def _labels(names: list[str]) -> list[str]:
    return [str(Customer._meta.get_field(name).verbose_name) for name in names]  # type: ignore[union-attr]


def _facts(found: Customer) -> list[Fact]:
    """The customer for those who only look: the document stays masked."""
    place = ", ".join(filter(None, [found.street, found.number, found.complement, found.district]))
    city = " ".join(filter(None, [found.city, found.state]))
    return [
        Fact("CPF ou CNPJ", document_text(found.document, masked=True)),
        Fact("Inscrição estadual", found.state_registration or UNKNOWN),
        Fact("E-mail", found.email or UNKNOWN),
        Fact("Telefone", found.phone or UNKNOWN),
        Fact("Endereço", place or UNKNOWN),
        Fact("Cidade", city or UNKNOWN),
        Fact("CEP", postal_code_text(found.postal_code) or UNKNOWN),
    ]


@page(May.EDIT_CUSTOMERS)
def customer_trust(request: GroupRequest, pk: int) -> HttpResponse:
    """Let stores change the customer's fields again."""
    found = get_object_or_404(Customer.objects.of(request.group), pk=pk)
    if request.method == "POST":
        corrections.trust_stores_again(found)
        messages.success(request, "O próximo pedido deste cliente pode atualizar o cadastro.")
    return redirect("customer", request.group.slug, found.pk)


urlpatterns = [
    path("clientes/", customers, name="customers"),
    path("clientes/<int:pk>/", customer, name="customer"),
    path("clientes/<int:pk>/aceitar-loja/", customer_trust, name="customer_trust"),
]
