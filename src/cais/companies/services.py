"""Founding a group: the least that a working installation has."""

from __future__ import annotations

from django.db import connection as database
from django.db import transaction
from django.utils.text import slugify

from cais.companies.models import Company, Group, Membership, User, Warehouse
from cais.companies.scope import group_scope
from cais.core.values import document_text


def found_group(name: str, *, slug: str = "") -> Group:
    """A new group. Its id is taken first, since a row can only be written inside its own group."""
    with database.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('companies_group', 'id'))")
        key: int = cursor.fetchone()[0]
    with group_scope(key):
        return Group.objects.create(id=key, name=name, slug=slug or slugify(name))


def add_company(
    group: Group, *, name: str, legal_name: str, cnpj: str, state: str, city: str = "", warehouse: str = "Principal"
) -> Company:
    """A company with one warehouse. Raises ValidationError for a CNPJ that does not exist."""
    company = Company(
        group=group,
        name=name,
        legal_name=legal_name,
        cnpj=document_text(cnpj),
        state=state.upper(),
        city=city,
        priority=Company.objects.filter(group=group).count() + 1,
    )
    company.full_clean()
    with transaction.atomic():
        company.save()
        Warehouse.objects.create(group=group, company=company, name=warehouse)
    return company


def place_company(company: Company, *, at: int) -> bool:
    """To this place of the stock queue (A1), the first is 0; the others close up. Returns whether it moved."""
    with transaction.atomic():
        queue = list(Company.objects.select_for_update().filter(group=company.group_id).order_by("priority", "pk"))
        place = next(at for at, row in enumerate(queue) if row.pk == company.pk)
        if at == place or not 0 <= at < len(queue):
            return False
        queue.insert(at, queue.pop(place))
        for priority, row in enumerate(queue, 1):
            if row.priority != priority:
                row.priority = priority
                row.save(update_fields=["priority"])
    return True


def add_member(group: Group, user: User, role: str) -> Membership:
    """Give a person a role in a group, or another role than before."""
    member, _ = Membership.objects.update_or_create(group=group, user=user, defaults={"role": role})
    return member
