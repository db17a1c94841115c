"""The addresses of the screens; all work lies under /g/<grupo>/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from cais.web.views import (
    account,
    audit,
    authorise,
    companies,
    connections,
    customers,
    danfe_public,
    dictionary,
    division,
    errors,
    fiscal_setup,
    home,
    importing,
    invitation,
    note,
    note_issue,
    notes,
    order,
    orders,
    people,
    products,
    rehearsals,
    sales_orders,
    stock,
    sync,
    sync_run,
)

_group: list[URLPattern | URLResolver] = [
    *home.group_urlpatterns,
    *orders.urlpatterns,
    *importing.urlpatterns,
    *notes.urlpatterns,
    *note.urlpatterns,
    *note_issue.urlpatterns,
    *order.urlpatterns,
    *division.urlpatterns,
    *products.urlpatterns,
    *stock.urlpatterns,
    *customers.urlpatterns,
    *sales_orders.urlpatterns,
    *sync.urlpatterns,
    *sync_run.urlpatterns,
    *rehearsals.urlpatterns,
    *errors.urlpatterns,
    *companies.urlpatterns,
    *fiscal_setup.urlpatterns,
    *connections.urlpatterns,
    *dictionary.urlpatterns,
    *authorise.group_urlpatterns,
    *people.urlpatterns,
    *audit.urlpatterns,
]
urlpatterns: list[URLPattern | URLResolver] = [
    *home.urlpatterns,
    *account.urlpatterns,
    *authorise.urlpatterns,
    *danfe_public.urlpatterns,
    *invitation.urlpatterns,
    path("g/<slug:grupo>/", include(_group)),
]
