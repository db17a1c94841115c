"""Orders, customers and statuses of one simulated store, and what may happen to an order."""

from collections.abc import Callable, Iterable
from decimal import Decimal

from cais.connectors.tray.simulator.choices import Choices
from cais.connectors.tray.simulator.errors import Refusal, invalid, not_found
from cais.connectors.tray.simulator.people import Person
from cais.connectors.tray.simulator.records import Address, Customer, Invoice, Line, Order, Payment, Status
from cais.connectors.tray.simulator.shelf import Shelf
from cais.connectors.tray.simulator.wire import day

# A confirmed payment moves an order out of these.
_WAITING = ("AGUARDANDO", "EM MONITORAMENTO")
Witness = Callable[[str, dict[str, object]], None]


class Book:
    """Not thread-safe: the store's lock is held around every call. ``by`` says who did it."""

    def __init__(
        self,
        *,
        shelf: Shelf,
        statuses: Iterable[Status],
        now: Callable[[], float],
        choices: Callable[[], Choices],
        witness: Witness,
        first_id: int,
    ) -> None:
        self._shelf = shelf
        self._now = now
        self._choices = choices
        self._witness = witness
        self._last = {"order": first_id - 1, "customer": 0, "address": 0, "line": 0, "payment": 0, "invoice": 0}
        self.statuses = {status.id: status for status in statuses}
        self.customers: dict[int, Customer] = {}
        self.addresses: dict[int, Address] = {}
        self.orders: dict[int, Order] = {}
        self.invoices: dict[int, Invoice] = {}
        self._by_document: dict[str, int] = {}
        self._modified_on: dict[str, set[int]] = {}
        self._created_on: dict[str, set[int]] = {}

    def new_id(self, kind: str) -> int:
        self._last[kind] += 1
        return self._last[kind]

    # Statuses

    def status(self, status_id: int) -> Status:
        """Raises Refusal (404)."""
        if status_id not in self.statuses:
            raise not_found("OrderStatus")
        return self.statuses[status_id]

    def status_named(self, name: str) -> Status:
        """The first status whose text starts so. Raises KeyError."""
        for status in self.statuses.values():
            if status.status.startswith(name):
                return status
        raise KeyError(name)

    def invent_status(self, name: str, *, type_: str = "open") -> Status:
        """A status as a merchant makes one up, under the next free number; the same name makes one only."""
        for known in self.statuses.values():
            if known.status == name:
                return known
        status = Status(id=max(self.statuses) + 3, status=name, type=type_, background="#FFE9A8", builtin=False)
        self.statuses[status.id] = status
        return status

    # Customers

    def customer_for(self, person: Person) -> tuple[Customer, Address]:
        """The customer with this document, made when new, and the address of this purchase."""
        document = person.cpf or person.cnpj
        known = self._by_document.get(document, 0)
        customer = self.customers.get(known) or self._new_customer(person)
        wanted = (person.zip_code, person.number, person.complement)
        for address in customer.addresses:
            if (address.zip_code, address.number, address.complement) == wanted:
                return customer, address
        return customer, self._new_address(customer, person)

    def _new_customer(self, person: Person) -> Customer:
        customer = Customer(
            id=self.new_id("customer"), name=person.name, type="1" if person.cnpj else "0", cpf=person.cpf,
            cnpj=person.cnpj, company_name=person.company_name, state_inscription=person.state_inscription,
            email=person.email, cellphone=person.phone, phone=person.phone, birth_date=person.birth_date,
            gender=person.gender,
        )  # fmt: skip
        return self.add_customer(customer)

    def add_customer(self, customer: Customer) -> Customer:
        customer.created = customer.modified = self._now()
        self.customers[customer.id] = customer
        if customer.cpf or customer.cnpj:
            self._by_document.setdefault(customer.cpf or customer.cnpj, customer.id)
        return customer

    def _new_address(self, customer: Customer, person: Person) -> Address:
        address = Address(
            id=self.new_id("address"), customer_id=customer.id, address=person.address, number=person.number,
            complement=person.complement, neighborhood=person.neighborhood, city=person.city,
            state=person.state, zip_code=person.zip_code, recipient=person.name,
        )  # fmt: skip
        return self.add_address(customer, address)

    def add_address(self, customer: Customer, address: Address) -> Address:
        # Only one address is the active one: the last that was used.
        for other in customer.addresses:
            other.active = "0"
        customer.addresses.append(address)
        self.addresses[address.id] = address
        return address

    # Orders

    def order(self, order_id: int) -> Order:
        """Raises Refusal (404)."""
        if order_id not in self.orders:
            raise not_found("Order")
        return self.orders[order_id]

    def on_days(self, index: str, days: Iterable[str]) -> list[Order]:
        """Orders by day of ``date`` or ``modified``, by id."""
        found = self._created_on if index == "date" else self._modified_on
        numbers = set().union(*(found.get(one, set()) for one in days))
        return [self.orders[number] for number in sorted(numbers)]

    def days(self, index: str) -> list[str]:
        return sorted(self._created_on if index == "date" else self._modified_on)

    def place(self, order: Order, *, by: str) -> Order:
        """Write the order into the book; from here on it was sold."""
        self.orders[order.id] = order
        self._created_on.setdefault(day(order.created), set()).add(order.id)
        self._modified_on.setdefault(day(order.modified), set()).add(order.id)
        self.customers[order.customer_id].last_purchase = order.created
        if self._choices().stock_taken == "at_order" or order.paid_at:
            self._take(order)
        self._witness("sold", {**self.summary(order), "by": by})
        return order

    def summary(self, order: Order) -> dict[str, object]:
        """What a proof compares: lines, total, status, and whether it was paid."""
        return {
            "order_id": order.id,
            "session_id": order.session_id,
            "status_id": order.status_id,
            "status": self.statuses[order.status_id].status,
            "paid": bool(order.paid_at),
            "total": str(order.total),
            "lines": [
                {
                    "line_id": line.id,
                    "product_id": line.product_id,
                    "variant_id": line.variant_id,
                    "reference": line.reference,
                    "quantity": line.quantity,
                    "price": str(line.price),
                }
                for line in order.lines
            ],
        }

    def touch(self, order: Order) -> None:
        self._modified_on[day(order.modified)].discard(order.id)
        order.modified = self._now()
        self._modified_on.setdefault(day(order.modified), set()).add(order.id)

    def pay(self, order: Order, *, by: str) -> None:
        """Confirm what is still open, and move a waiting order to its next status."""
        self._guard_open(order)
        open_value = order.total - sum((payment.value for payment in order.payments), Decimal(0))
        if open_value:
            order.payments.append(
                Payment(
                    id=self.new_id("payment"),
                    method_id=order.payment_method_id,
                    method=order.payment_method,
                    value=open_value,
                    at=self._now(),
                )
            )
        order.paid_at = self._now()
        self._take(order)
        self.touch(order)
        self._witness("paid", {**self.summary(order), "by": by})
        if self.statuses[order.status_id].status.startswith(_WAITING):
            self.set_status(order, self.status_named("A ENVIAR"), by=by)

    def set_status(self, order: Order, status: Status, *, by: str) -> None:
        was = order.status_id
        order.status_id = status.id
        self.touch(order)
        facts: dict[str, object] = {"order_id": order.id, "was": was, "is": status.id}
        self._witness("status", {**facts, "status": status.status, "by": by})

    def cancel(self, order: Order, *, by: str) -> None:
        """Raises Refusal (400) on a cancelled order when the store's choice is to refuse it."""
        if self.is_cancelled(order):
            if self._choices().cancel_twice == "refused":
                raise invalid("status", "O pedido já está cancelado")
            return
        if order.stock_taken and self._choices().cancel_restores_stock == "yes":
            self._give_back(order)
        self.set_status(order, self.status_named("CANCELADO"), by=by)
        self._witness("cancelled", {"order_id": order.id, "by": by})

    def is_cancelled(self, order: Order) -> bool:
        return self.statuses[order.status_id].type == "canceled"

    def set_quantity(self, order: Order, line_id: int, *, quantity: int, by: str) -> None:
        """Raises Refusal for an unknown line, a quantity below one, or a cancelled order."""
        self._guard_open(order)
        line = next((line for line in order.lines if line.id == line_id), None)
        if line is None:
            raise not_found("ProductsSold")
        if quantity < 1:
            raise invalid("quantity", "Informe uma quantidade maior que zero")
        if order.stock_taken:
            self._shelf.move(line.product_id, line.variant_id, line.quantity - quantity, why="edited")
        line.quantity = quantity
        self.edited(order, by=by)

    def add_line(self, order: Order, line: Line, *, by: str) -> None:
        self._guard_open(order)
        order.lines.append(line)
        if order.stock_taken:
            self._shelf.move(line.product_id, line.variant_id, -line.quantity, why="edited")
        self.edited(order, by=by)

    def drop_product(self, order: Order, product_id: int, *, by: str) -> None:
        self._guard_open(order)
        leaving = [line for line in order.lines if line.product_id == product_id]
        if not leaving:
            raise not_found("ProductsSold")
        order.lines = [line for line in order.lines if line.product_id != product_id]
        for line in leaving if order.stock_taken else ():
            self._shelf.move(line.product_id, line.variant_id, line.quantity, why="edited")
        self.edited(order, by=by)

    def edited(self, order: Order, *, by: str) -> None:
        self.touch(order)
        self._witness("edited", {**self.summary(order), "by": by})

    # Invoices

    def invoice(self, order: Order, invoice_id: int) -> Invoice:
        """Raises Refusal (404), also for an invoice of another order."""
        found = self.invoices.get(invoice_id)
        if found is None or found.order_id != order.id:
            raise not_found("OrderInvoice")
        return found

    def write_invoice(self, invoice: Invoice, *, sent: dict[str, object], by: str) -> None:
        """Keep a new invoice, or note that a known one was written over; ``sent`` goes to the witness untouched."""
        order = self.order(invoice.order_id)
        new = invoice.id not in self.invoices
        invoice.updated = self._now()
        if new:
            invoice.created = invoice.updated
            self.invoices[invoice.id] = invoice
            order.invoices.append(invoice)
        self.touch(order)
        facts: dict[str, object] = {"order_id": order.id, "invoice_id": invoice.id}
        self._witness("invoice", {**facts, "act": "created" if new else "overwritten", "sent": sent, "by": by})

    def _guard_open(self, order: Order) -> None:
        if self.is_cancelled(order):
            raise Refusal(400, "Invalid data provided", causes={"Order": ["O pedido está cancelado"]})

    def _take(self, order: Order) -> None:
        if order.stock_taken:
            return
        order.stock_taken = True
        for line in order.lines:
            self._shelf.move(line.product_id, line.variant_id, -line.quantity, why="sold")

    def _give_back(self, order: Order) -> None:
        order.stock_taken = False
        for line in order.lines:
            self._shelf.move(line.product_id, line.variant_id, line.quantity, why="cancelled")
