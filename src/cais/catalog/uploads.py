"""Spreadsheets kept between their preview and a person's word; old ones go by themselves."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from cais.catalog.models import Upload
from cais.catalog.spreadsheet import LARGEST_BYTES, Unusable
from cais.companies.models import Group

_KEPT = timedelta(days=1)


def keep(group: Group, *, purpose: str, name: str, content: bytes, mode: str = "") -> Upload:
    """Keep the file for its preview. Raises Unusable when it is too large to be kept."""
    if len(content) > LARGEST_BYTES:
        raise Unusable("O arquivo passa de 5 MB. Divida em partes menores e envie uma de cada vez.")
    Upload.objects.of(group).filter(created_at__lt=timezone.now() - _KEPT).delete()
    return Upload.objects.create(group=group, purpose=purpose, mode=mode, name=name[:200], content=content)
