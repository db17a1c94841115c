"""The addresses of the screens; all work lies under /g/<grupo>/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from cais.web.views import customers, products, sales_orders, stock

_group: list[URLPattern | URLResolver] = [
    *products.urlpatterns,
    *stock.urlpatterns,
    *customers.urlpatterns,
    *sales_orders.urlpatterns,
]
urlpatterns: list[URLPattern | URLResolver] = [path("g/<slug:grupo>/", include(_group))]
