"""The embedded back office behind the same port as any other ERP; alone of the adapters it uses the database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal

from cais.backoffice import services
from cais.backoffice.models import SalesOrder
from cais.companies.models import Company, Warehouse
from cais.connections.models import Connection
from cais.core.documents import ErpOrderDoc
from cais.ports.capabilities import Check, Done, LineCheck
from cais.ports.errors import NotFound, Rejected
from cais.ports.manifest import Capability, Ensure, Facts, Level, Manifest, Modality, Offers, Role
from cais.ports.session import Account

MANIFEST = Manifest(
    name="backoffice",
    label="Retaguarda do Cais",
    roles=frozenset({Role.ERP}),
    modalities={
        Modality.LOCAL: Offers(
            capabilities=frozenset({Capability.CREATE_ERP_ORDERS, Capability.CHECK_ERP_LINES}),
            facts=Facts(ensures_by=Ensure.REFERENCE),
        )
    },
    level=Level.PROVEN,
    internal=True,
)


class BackofficeConnector:
    """Runs in the caller's group scope. `Account.key` is the id of the connection as text."""

    manifest = MANIFEST

    def check(self, account: Account) -> Sequence[Check]:
        connection = _connection(account)
        if Warehouse.objects.filter(company=connection.company, active=True).exists():
            return [Check(ok=True, text=f"A Retaguarda do Cais atende {connection.company.name}")]
        return [
            Check(
                ok=False,
                text=f"{connection.company.name} não tem depósito ativo",
                help="Em Empresas, crie um depósito: sem ele não há estoque para atender os pedidos.",
                code="no_warehouse",
            )
        ]

    def ensure_order(self, account: Account, order: ErpOrderDoc) -> Done:
        (answer,) = self.ensure_orders(account, [order])
        if isinstance(answer, Rejected):
            raise answer
        return answer

    def ensure_orders(self, account: Account, orders: Sequence[ErpOrderDoc]) -> Sequence[Done | Rejected]:
        companies = _companies(account, {order.company_cnpj for order in orders})
        said: dict[str, Done | Rejected] = {}
        for cnpj, company in companies.items():
            own = [order for order in orders if order.company_cnpj == cnpj]
            answers = services.ensure(company, own) if company else [_stranger(cnpj)] * len(own)
            for order, answer in zip(own, answers, strict=True):
                said[order.reference] = answer if isinstance(answer, Rejected) else _done(answer)
        return [said[order.reference] for order in orders]

    def find_order(self, account: Account, reference: str) -> Done | None:
        group = _connection(account).group
        found = SalesOrder.objects.of(group).filter(reference=reference).first()
        return _done(found) if found else None

    def cancel_order(self, account: Account, external_id: str) -> Done:
        group = _connection(account).group
        try:
            return _done(services.cancel(group, int(external_id)))
        except (ValueError, SalesOrder.DoesNotExist):
            raise NotFound(f"A retaguarda não tem o pedido de venda {external_id}") from None

    def check_lines(self, account: Account, cnpj: str, lines: Sequence[tuple[str, str]]) -> Sequence[LineCheck]:
        return self.check_many(account, [(cnpj, lines)])[0]

    def check_many(
        self, account: Account, asked: Sequence[tuple[str, Sequence[tuple[str, str]]]]
    ) -> Sequence[Sequence[LineCheck]]:
        companies = _companies(account, {cnpj for cnpj, _ in asked})
        said: dict[int, Sequence[LineCheck]] = {}
        for cnpj, company in companies.items():
            if company is None:
                raise _stranger(cnpj)
            own = [at for at, (owner, _) in enumerate(asked) if owner == cnpj]
            wanted = [[(sku, Decimal(quantity)) for sku, quantity in asked[at][1]] for at in own]
            said.update(zip(own, services.check(company, wanted), strict=True))
        return [said[at] for at in range(len(asked))]


def _connection(account: Account) -> Connection:
    return Connection.objects.select_related("company", "group").get(pk=int(account.key))


def _companies(account: Account, cnpjs: Collection[str]) -> dict[str, Company | None]:
    """The companies of the group with these CNPJs; None for one that the back office does not sell for."""
    rows = Company.objects.of(_connection(account).group).filter(cnpj__in=cnpjs)
    found = {company.cnpj: company for company in rows}
    return {cnpj: found.get(cnpj) for cnpj in sorted(cnpjs)}


def _stranger(cnpj: str) -> Rejected:
    return Rejected(f"Nenhuma empresa do grupo tem o CNPJ {cnpj}", code="unknown_company")


def _done(order: SalesOrder) -> Done:
    return Done(
        external_id=str(order.pk), number=str(order.number), is_cancelled=order.state == SalesOrder.State.CANCELLED
    )


CONNECTOR = BackofficeConnector()
