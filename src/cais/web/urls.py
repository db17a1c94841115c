"""The addresses of the screens; all work lies under /g/<grupo>/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from cais.web import held_forms
from cais.web.views import account, audit, companies, customers, errors, fiscal_setup, home, invitation, people
from cais.web.views.connections import authorise, dictionary, links, mappings, rehearsals, serving, sync, sync_run
from cais.web.views.connections import pages as connections
from cais.web.views.goods import exporting, inventories, offering, pricing, products, shelf, stock, transfers
from cais.web.views.notes import danfe_public
from cais.web.views.notes import issue as note_issue
from cais.web.views.notes import listing as notes
from cais.web.views.notes import page as note
from cais.web.views.orders import (
    division,
    flow,
    importing,
    moving,
    moving_many,
    sales_orders,
    saved_views,
    shipments,
)
from cais.web.views.orders import listing as orders
from cais.web.views.orders import page as order

_group: list[URLPattern | URLResolver] = [
    *home.group_urlpatterns,
    *orders.urlpatterns,
    *flow.urlpatterns,
    *saved_views.urlpatterns,
    *importing.urlpatterns,
    *shipments.urlpatterns,
    *notes.urlpatterns,
    *note.urlpatterns,
    *note_issue.urlpatterns,
    *order.urlpatterns,
    *division.urlpatterns,
    *moving.urlpatterns,
    *moving_many.urlpatterns,
    *exporting.urlpatterns,
    *products.urlpatterns,
    *stock.urlpatterns,
    *transfers.urlpatterns,
    *inventories.urlpatterns,
    *customers.urlpatterns,
    *sales_orders.urlpatterns,
    *sync.urlpatterns,
    *sync_run.urlpatterns,
    *rehearsals.urlpatterns,
    *errors.urlpatterns,
    *companies.urlpatterns,
    *fiscal_setup.urlpatterns,
    *connections.urlpatterns,
    *serving.urlpatterns,
    *links.urlpatterns,
    *shelf.urlpatterns,
    *offering.urlpatterns,
    *pricing.urlpatterns,
    *dictionary.urlpatterns,
    *mappings.urlpatterns,
    *authorise.group_urlpatterns,
    *people.urlpatterns,
    *audit.urlpatterns,
]
urlpatterns: list[URLPattern | URLResolver] = [
    *home.urlpatterns,
    *account.urlpatterns,
    *held_forms.urlpatterns,
    *authorise.urlpatterns,
    *danfe_public.urlpatterns,
    *invitation.urlpatterns,
    path("g/<slug:grupo>/", include(_group)),
]
