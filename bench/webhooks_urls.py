"""The floor: the least that a Django view can do to keep a notice, an insert into a table of the same shape."""

from urllib.parse import parse_qsl

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from cais.config.urls import urlpatterns as product

INSERT = (
    "INSERT INTO bench_floor (group_id, connection_id, kind, external_id, act, received_at)"
    " VALUES (%s, %s, %s, %s, %s, now())"
)


@csrf_exempt
def floor(request: HttpRequest) -> HttpResponse:
    told = dict(parse_qsl(request.body.decode()))
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [1, 1, told["scope_name"], told["scope_id"], told["act"]])
    return HttpResponse("ok", content_type="text/plain")


urlpatterns = [path("floor", floor), *product]
