"""The store as its merchant sees it: orders, one order, products, and the calls that came in."""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from cais.connectors.tray.simulator import fields
from cais.connectors.tray.simulator.errors import Refusal
from cais.connectors.tray.simulator.pages import page, redirect, table
from cais.connectors.tray.simulator.records import Invoice, Order
from cais.connectors.tray.simulator.seller import Seller
from cais.connectors.tray.simulator.store import Store
from cais.connectors.tray.simulator.wire import Json, local, money
from cais.simkit import Request, Response, Router

ORDERS_SHOWN = 100
CALLS_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Visit:
    """One page view of the merchant."""

    store: Store
    seller: Seller
    request: Request
    places: dict[str, str]

    def order(self) -> Order:
        """The order in the address. Raises Refusal (404)."""
        return self.store.book.order(fields.record_id(self.places["id"]))


Screen = Callable[[Visit], Response]
Act = Callable[[Store, Order, Json], str]


def answer(store: Store, request: Request, *, seller: Seller) -> Response:
    found = _ROUTER.find(request)
    if found is None:
        return _show(store, "Página não encontrada", body="<p>Este endereço não existe na loja.</p>", status=404)
    screen, places = found
    try:
        with store.lock:
            return screen(Visit(store, seller, request, places))
    except Refusal as refusal:
        reason = "; ".join(text for texts in refusal.causes.values() for text in texts) or refusal.name
        return _show(store, "Não foi possível", body=f"<p>{escape(reason)}</p>", status=refusal.status)


def _orders(visit: Visit) -> Response:
    store = visit.store
    newest = list(store.book.orders.values())[-ORDERS_SHOWN:][::-1]
    rows = [
        (
            f'<a href="/admin/orders/{order.id}">{order.id}</a>',
            _when(order.created),
            escape(store.book.customers[order.customer_id].name),
            escape(order.point_sale),
            _tag(store, order),
            _reais(money(order.total)),
        )
        for order in newest
    ]
    heads = ("Pedido", "Data", "Cliente", "Canal", "Status", "Total")
    body = (
        f"<p class='muted'>{len(store.book.orders)} pedidos na loja. "
        f"Aparecem os {ORDERS_SHOWN} mais recentes.</p>"
        '<form class="row" method="post" action="/admin/sell"><button>Vender um agora</button></form>'
        + table(heads, rows, numbers=frozenset((5,)))
    )
    return _show(store, "Pedidos", body=body)


def _order(visit: Visit) -> Response:
    store, order = visit.store, visit.order()
    notice = visit.request.query.get("aviso", "")
    body = (
        (f'<p class="note" role="status">{escape(notice)}</p>' if notice else "")
        + _facts(store, order)
        + _actions(store, order)
        + "<h2>Itens</h2>"
        + table(
            ("Código", "Produto", "Preço", "Quantidade"),
            [_line_row(order, position) for position in range(len(order.lines))],
            numbers=frozenset((2,)),
        )
        + _invoices(order)
    )
    return _show(store, f"Pedido {order.id}", body=body)


def _facts(store: Store, order: Order) -> str:
    customer = store.book.customers[order.customer_id]
    address = store.book.addresses[order.address_id]
    payment = f"Pago em {_when(order.paid_at)}" if order.paid_at else "Ainda sem pagamento"
    where = f"{address.address}, {address.number}, {address.neighborhood}, {address.city}/{address.state}"
    lines = (
        f"<b>{escape(customer.company_name or customer.name)}</b> {escape(customer.cpf or customer.cnpj)}",
        escape(f"{where}, CEP {address.zip_code}"),
        escape(f"{order.point_sale}, {order.shipment} {_reais(money(order.shipment_value))}"),
        escape(f"{order.payment_method}. {payment}."),
        f"Rastreio: {escape(order.sending_code)}" if order.sending_code else "Sem código de rastreio",
        f"Total <b>{_reais(money(order.total))}</b> {_tag(store, order)}",
    )
    return '<div class="card">' + "<br>".join(lines) + "</div>"


def _actions(store: Store, order: Order) -> str:
    options = "".join(
        f'<option value="{status.id}"{" selected" if status.id == order.status_id else ""}>'
        f"{escape(status.status)}</option>"
        for status in store.book.statuses.values()
    )
    here = f"/admin/orders/{order.id}"
    buttons = "" if order.paid_at else _button(f"{here}/pay", "Confirmar pagamento")
    if not store.book.is_cancelled(order):
        buttons += _button(f"{here}/cancel", "Cancelar pedido")
    return (
        f'<div class="row"><form class="row" method="post" action="{here}/status">'
        f'<label>Status <select name="status_id">{options}</select></label><button>Mudar</button></form>'
        f"{buttons}</div>"
    )


def _button(action: str, label: str) -> str:
    return f'<form class="row" method="post" action="{action}"><button class="quiet">{label}</button></form>'


def _line_row(order: Order, position: int) -> tuple[str, ...]:
    line = order.lines[position]
    colour = " ".join(value for _, value in line.skus)
    return (
        escape(line.reference),
        escape(f"{line.name} {colour}".strip() + (" (brinde)" if line.giveaway else "")),
        _reais(money(line.price)),
        f'<form class="row" method="post" action="/admin/orders/{order.id}/quantity">'
        f'<input type="hidden" name="line_id" value="{line.id}">'
        f'<input type="number" min="1" name="quantity" aria-label="Quantidade de {escape(line.name, quote=True)}" '
        f'value="{line.quantity}"><button class="quiet">Gravar</button></form>',
    )


def _invoices(order: Order) -> str:
    if not order.invoices:
        return "<h2>Nota fiscal</h2><p class='muted'>Nenhuma nota fiscal neste pedido.</p>"
    heads = ("Número", "Série", "Emissão", "Chave de acesso", "CFOP", "XML", "Valor", "DANFE")
    rows = [_invoice_row(invoice) for invoice in order.invoices]
    return "<h2>Nota fiscal</h2>" + table(heads, rows, numbers=frozenset((6,)))


def _invoice_row(invoice: Invoice) -> tuple[str, ...]:
    return (
        escape(invoice.number),
        escape(invoice.serie),
        "/".join(reversed(invoice.issue_date.split("-"))),
        escape(invoice.key),
        escape(", ".join(sorted({one.cfop for one in invoice.cfops}))),
        f"{len(invoice.xml_danfe)} caracteres" if invoice.xml_danfe else "não veio",
        _reais(money(invoice.value)),
        _danfe(invoice.link),
    )


def _danfe(link: str) -> str:
    if not link.startswith(("https://", "http://")):
        # Whatever else was sent is shown and cannot be clicked.
        return escape(link)
    return f'<a href="{escape(link, quote=True)}" rel="noreferrer">Abrir</a>'


def _products(visit: Visit) -> Response:
    store = visit.store
    rows = []
    for product in store.shelf.products.values():
        kind = "Kit" if product.is_kit else ""
        price = _reais(money(store.shelf.price(product)))
        rows.append((escape(product.reference), escape(product.name), kind, price, str(store.shelf.stock(product))))
        rows += [
            (escape(one.reference), escape(f"{product.name} {one.skus[0][1]}"), "Variação",
             _reais(money(one.price)), str(one.stock))
            for one in store.shelf.variants_of(product.id)
        ]  # fmt: skip
    heads = ("Código", "Produto", "Tipo", "Preço", "Estoque")
    return _show(store, "Produtos", body=table(heads, rows, numbers=frozenset((3, 4))))


def _calls(visit: Visit) -> Response:
    store = visit.store
    rows = [
        (
            local(entry.at).strftime("%d/%m %H:%M:%S"),
            escape(str(entry.facts["method"])),
            escape(str(entry.facts["path"])),
            escape(str(entry.facts["query"])),
            f"{entry.facts['status']} {escape(str(entry.facts['fault']))}",
            f"{entry.facts['ms']} ms",
        )
        for entry in reversed(store.ledger.calls(store=store.config.store_id, last=CALLS_SHOWN))
    ]
    limits = store.limits
    body = (
        f"<p class='muted'>{limits.minute.used(store.clock.now())} de {limits.minute.limit} chamadas no último "
        f"minuto, {limits.used_today} de {limits.per_day} hoje.</p>"
    )
    heads = ("Quando", "Método", "Caminho", "Consulta", "Resposta", "Duração")
    return _show(store, "Chamadas do aplicativo", body=body + table(heads, rows, numbers=frozenset((5,))))


def _sell(visit: Visit) -> Response:
    orders = visit.seller.sell(1)
    return redirect(f"/admin/orders/{orders[0].id}" if orders else "/admin/products")


def _pay(store: Store, order: Order, sent: Json) -> str:
    if not order.paid_at:
        store.book.pay(order, by="merchant")
    return "Pagamento confirmado."


def _cancel(store: Store, order: Order, sent: Json) -> str:
    store.book.cancel(order, by="merchant")
    return "Pedido cancelado."


def _move(store: Store, order: Order, sent: Json) -> str:
    status = store.book.status(fields.whole(sent, "status_id"))
    if status.type == "canceled":
        store.book.cancel(order, by="merchant")
    if order.status_id != status.id:
        store.book.set_status(order, status, by="merchant")
    return "Status alterado."


def _quantity(store: Store, order: Order, sent: Json) -> str:
    line_id, quantity = fields.whole(sent, "line_id"), fields.whole(sent, "quantity")
    store.book.set_quantity(order, line_id, quantity=quantity, by="merchant")
    return "Quantidade alterada."


def _action(act: Act) -> Screen:
    def screen(visit: Visit) -> Response:
        order = visit.order()
        body = fields.body_of(visit.request)
        notice = act(visit.store, order, body if isinstance(body, dict) else {})
        return redirect(f"/admin/orders/{order.id}?aviso={quote(notice)}")

    return screen


def _tag(store: Store, order: Order) -> str:
    status = store.book.statuses[order.status_id]
    return (
        f'<span class="tag" style="background:{escape(status.background, quote=True)}">{escape(status.status)}</span>'
    )


def _when(at: float) -> str:
    return local(at).strftime("%d/%m/%Y %H:%M")


def _reais(amount: str) -> str:
    whole, _, cents = amount.partition(".")
    return f"R$ {int(whole):,}".replace(",", ".") + f",{cents}" if whole != "-0" else f"R$ -0,{cents}"


def _show(store: Store, title: str, *, body: str, status: int = 200) -> Response:
    header = (
        f"<header><b>{escape(store.config.name)}</b><nav><a href='/admin'>Pedidos</a> &nbsp; "
        "<a href='/admin/products'>Produtos</a> &nbsp; <a href='/admin/calls'>Chamadas</a></nav>"
        f"<small>{local(store.clock.now()).strftime('%d/%m/%Y %H:%M:%S')}, horário de Brasília</small></header>"
    )
    content = f"<h1>{escape(title)}</h1>{body}"
    return page(f"{title} | {store.config.name}", content, header=header, status=status)


def _router() -> Router[Screen]:
    router: Router[Screen] = Router()
    for path in ("/", "/admin", "/admin/orders"):
        router.add("GET", path, _orders)
    router.add("GET", "/admin/products", _products)
    router.add("GET", "/admin/calls", _calls)
    router.add("POST", "/admin/sell", _sell)
    router.add("GET", "/admin/orders/:id", _order)
    router.add("POST", "/admin/orders/:id/pay", _action(_pay))
    router.add("POST", "/admin/orders/:id/cancel", _action(_cancel))
    router.add("POST", "/admin/orders/:id/status", _action(_move))
    router.add("POST", "/admin/orders/:id/quantity", _action(_quantity))
    return router


_ROUTER = _router()
