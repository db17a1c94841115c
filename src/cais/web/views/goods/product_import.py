"""Produtos, importar planilha: products or the components of kits."""

from __future__ import annotations

from cais.catalog import kit_import, product_import
from cais.catalog.categories import BETWEEN
from cais.catalog.kit_import import KitPlan
from cais.catalog.models import Upload
from cais.catalog.product_import import Line, ProductPlan
from cais.companies.roles import Action as May
from cais.web.access import GroupRequest
from cais.web.views import spreadsheets
from cais.web.views.spreadsheets import Mode, Preview, Reading, Screen
from cais.web.wording import plural_text

_PRODUCT_COLUMNS = (
    ("sku", "obrigatório; é por ele que o produto é encontrado"),
    ("nome", "obrigatório em produto novo"),
    ("gtin, ncm", "com ou sem pontos"),
    ("origem", "um dígito de 0 a 8"),
    ("unidade, preco", "UN, 1.234,56"),
    ("marca, descricao", "como o comprador lê na loja"),
    ("categoria", "o caminho, como Cozinha › Panelas ou Cozinha > Panelas; as que faltam são criadas"),
    ("peso_g", "em gramas"),
    ("comprimento_cm, largura_cm, altura_cm", "em centímetros"),
    ("controla_estoque, ativo", "sim ou não"),
)
_KIT_COLUMNS = (
    ("kit_sku", "o SKU do kit, repetido em cada componente"),
    ("componente_sku", "o SKU do componente"),
    ("quantidade", "quanto vai em um kit, até quatro casas"),
)


def _plan(request: GroupRequest, upload: Upload) -> Preview:
    content = bytes(upload.content)
    return _kits(request, content) if upload.mode == "kits" else _products(request, content)


def _products(request: GroupRequest, content: bytes) -> Preview:
    made = product_import.plan(request.group, content)
    return Preview(
        sheet=made.sheet,
        problems=made.problems,
        readings=[
            Reading(line.row, line.draft.sku, _outcome(is_new=line.is_new, changes=line.changes), _detail(line))
            for line in made.lines
        ],
        counts=[*_counts(made, "produto novo", "produtos novos"), *_category_counts(made)],
        changes=made.new + made.changed,
        apply=lambda: _done(product_import.apply(request.group, made), "produto importado", "produtos importados"),
    )


def _kits(request: GroupRequest, content: bytes) -> Preview:
    made = kit_import.plan(request.group, content)
    return Preview(
        sheet=made.sheet,
        problems=made.problems,
        readings=[
            Reading(
                line.row,
                line.kit.sku,
                _outcome(is_new=not line.kit.is_kit, changes=line.changes),
                f"{line.kit.name} · {plural_text(len(line.parts), 'componente', 'componentes')}",
            )
            for line in made.lines
        ],
        counts=_counts(made, "kit novo", "kits novos"),
        changes=made.new + made.changed,
        apply=lambda: _done(kit_import.apply(request.group, made), "kit importado", "kits importados"),
    )


def _detail(line: Line) -> str:
    return (
        f"{line.draft.name} · cria a categoria {BETWEEN.join(line.new_category)}"
        if line.new_category
        else line.draft.name
    )


def _category_counts(made: ProductPlan) -> list[str]:
    new = made.new_categories
    return [plural_text(new, "categoria nova", "categorias novas")] if new else []


def _counts(made: ProductPlan | KitPlan, one: str, many: str) -> list[str]:
    """What the file brings, leaving out what it brings none of."""
    words = ((made.new, one, many), (made.changed, "muda", "mudam"), (made.same, "já está igual", "já estão iguais"))
    return [plural_text(number, singular, plural) for number, singular, plural in words if number]


def _outcome(*, is_new: bool, changes: bool) -> str:
    if is_new:
        return "novo"
    return "muda" if changes else "já está igual"


def _done(number: int, one: str, many: str) -> str:
    return f"{plural_text(number, one, many)}."


SCREEN = Screen(
    purpose="products",
    title="Importar planilha",
    crumb="Produtos",
    list_name="products",
    offer_name="product_import",
    preview_name="product_import_preview",
    modes=(
        Mode(
            "products",
            "Produtos",
            "Cria os que faltam e muda os que já existem. Uma célula vazia não apaga nada.",
            _PRODUCT_COLUMNS,
        ),
        Mode(
            "kits",
            "Componentes de kits",
            "Uma linha por componente. Cada kit da planilha fica com exatamente os componentes dela.",
            _KIT_COLUMNS,
        ),
    ),
    plan=_plan,
)


urlpatterns = spreadsheets.import_pages(SCREEN, may=May.EDIT_CATALOG, at="produtos/importar/")
