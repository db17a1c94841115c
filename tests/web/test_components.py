"""The components draw strict, named, escaped pages in Portuguese, whole without script."""

from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import render_to_string
from django.utils import timezone

from cais.orders.phase import OTHERWISE, PHASES
from cais.web import drawing, status_words
from cais.web.parts import (
    Account,
    Action,
    BulkAction,
    Cause,
    ConnectionCard,
    Fact,
    FilterChip,
    GroupLink,
    NavItem,
    NavSection,
    Need,
    Pulse,
    Segment,
    Step,
    Tab,
)

TONES = ("off", "run", "ok", "warn", "err", "unk")
NOW = datetime(2026, 11, 17, 14, 4, tzinfo=UTC)  # 11:04 in São Paulo


@pytest.fixture(autouse=True)
def _sao_paulo():
    with timezone.override("America/Sao_Paulo"):
        yield


class StrictPage(HTMLParser):
    """Refuses what a Content Security Policy without 'unsafe-inline' would block; collects ids."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.described: list[str] = []
        self.headings: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        assert tag != "style", "inline style element"
        assert "style" not in values, f"inline style on <{tag}>"
        assert not [name for name in values if name.startswith("on")], f"inline handler on <{tag}>"
        assert tag != "script" or values.get("src"), "inline script"
        assert not (values.get("href") or "").startswith("javascript:")
        self.ids += [values["id"]] if values.get("id") else []
        self.described += (values.get("aria-describedby") or "").split()
        self.headings += [tag] if tag == "h1" else []


def read_strictly(html: str) -> StrictPage:
    page = StrictPage()
    page.feed(html)
    assert len(page.ids) == len(set(page.ids)), "an id stands twice"
    assert set(page.described) <= set(page.ids), "aria-describedby points nowhere"
    return page


def draw(source: str, **values: object) -> str:
    html = Template("{% load cais_ui cais_forms %}" + source).render(Context({"now": NOW, **values}))
    read_strictly(html)
    return html


def shell_context() -> dict[str, object]:
    items = [
        NavItem("Painel", "/p", "home", current=True, on_bar=True, key="d"),
        NavItem("Caixa de erros", "/e", "inbox", count=10, tone="err", on_bar=True, short_label="Erros"),
    ]
    return {
        "nav": [NavSection("", items)],
        "grupo": GroupLink("Grupo Jurubim", "/g/jurubim/"),
        "grupos": [GroupLink("Grupo Jurubim", "/g/jurubim/", current=True)],
        "pulse": Pulse("warn", ["Vitrine sem acesso há 14 min"], "/c"),
        "account": Account("Rosana Feitosa", "RF", "rosana@jurubim.example", "Operador", theme="dark"),
        "environment_band": "Demonstração: dados fictícios",
        "menu_url": "/menu",
        "search_url": "/busca",
        "help_url": "/ajuda",
        "logout_url": "/sair",
        "theme_url": "/tema",
    }


def test_the_shell_is_strict_named_and_in_portuguese():
    html = render_to_string("components/menu_page.html", shell_context())
    page = read_strictly(html)
    assert '<html lang="pt-BR" data-theme="dark"' in html
    assert "<title>Menu · Cais</title>" in html
    assert len(page.headings) == 1
    assert 'href="#conteudo"' in html
    assert "conteudo" in page.ids
    assert "Demonstração: dados fictícios" in html
    assert '"allowEval": false' in html
    assert '"includeIndicatorStyles": false' in html


def test_the_group_switcher_is_absent_with_one_group():
    context = shell_context()
    assert "trocar de grupo" not in render_to_string("components/menu_page.html", context)
    context["grupos"] = [GroupLink("Um", "/1", current=True), GroupLink("Outro", "/2")]
    assert "trocar de grupo" in render_to_string("components/menu_page.html", context)


@pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "500"])
def test_error_pages_need_nothing_from_the_request(code):
    page = read_strictly(render_to_string(f"{code}.html"))
    assert page.headings == ["h1"]


def test_an_active_filter_says_its_value_and_keeps_the_others():
    chip = FilterChip("loja", "Loja", "many", "Tray", "/pedidos", hidden=[("q", "Prates")])
    html = draw("{% chip chip %}", chip=chip)
    assert "Loja: <b>Tray</b>" in html
    assert '<input type="hidden" name="q" value="Prates">' in html
    assert "Tirar este filtro" in html


def test_a_post_action_is_a_form_with_the_token_and_a_refused_one_says_why():
    html = draw("{% action a %}", a=Action("Liberar", "/liberar", method="post", fields={"n": "6"}), csrf_token="abc")
    assert '<form class="c-act" method="post" action="/liberar">' in html
    assert 'name="csrfmiddlewaretoken" value="abc"' in html
    assert 'name="n" value="6"' in html
    refused = draw("{% action a %}", a=Action("Ligar", "/ligar", reason="Falta o ensaio."))
    assert "disabled" in refused
    assert "Falta o ensaio." in refused


def test_names_from_the_store_are_escaped():
    hostile = "<script>alert(1)</script>"
    html = draw(
        "{% status label=n %}{% notice n %}{% tabs tabs %}{% keyvalue facts %}",
        n=hostile,
        tabs=[Tab(hostile, "/x", 3)],
        facts=[Fact(hostile, hostile)],
    )
    assert "<script" not in html
    assert html.count("&lt;script&gt;") == 5


def test_bulk_verbs_submit_without_script():
    html = draw('{% bulk_bar verbs form="lista" total=1284 %}', verbs=[BulkAction("Criar movimentação", "/criar")])
    assert 'form="lista" formaction="/criar" formmethod="post"' in html
    assert "Selecionar todos os 1.284" in html


def test_one_step_at_most_is_the_current_one():
    steps = [Step("Movimentação", "done"), Step("Sincronizar", "stopped", "Falta 1 un."), Step("ERP", "next")]
    html = draw("{% steps steps %}", steps=steps)
    assert html.count('aria-current="step"') == 1
    assert "Sincronizar<span" in html


def test_a_cause_says_cause_consequence_and_remedy_with_its_age():
    cause = Cause(
        "Faltam 2 un.",
        "/c",
        "err",
        "cube",
        since=NOW - timedelta(hours=2),
        count_label="1 pedido",
        cause="Há 1.",
        consequence="Ele espera.",
        what_to_do="Dê entrada.",
        actions=[Action("Ver", "/v", style="primary")],
    )
    html = draw("{% cause_list causes %}{% cause_top cause %}", causes=[cause], cause=cause)
    assert "há 2\u00a0h" in html
    assert [w for w in ("Causa", "Consequência", "O que fazer") if f"<dt>{w}</dt>" not in html] == []


def test_cards_needs_and_connections_draw():
    connection = ConnectionCard(
        "Tray",
        "Tray REST",
        "/c",
        status_words.word("connection", "no_access"),
        used=50,
        allowed=200,
        usage_label="50 de 200",
    )
    html = draw(
        '{% card title="Precisa de você" flush=True %}{% needs needs %}{% endcard %}{% connection_card c %}',
        needs=[Need("Sem acesso", "Nada se perdeu.", "err", "key", Action("Autorizar", "/a", style="primary"))],
        c=connection,
    )
    assert 'width="25.00%"' in html
    assert "Sem acesso" in html


class PriceForm(forms.Form):
    price = forms.DecimalField(label="Preço", help_text="Sem centavos quebrados.")
    secret = forms.CharField(label="Senha", widget=forms.PasswordInput, required=False)


def test_a_refused_field_is_linked_focused_and_keeps_what_was_typed():
    form = PriceForm({"price": "doze"})
    html = draw('{% form_errors form %}{% form_field form.price unit="R$" %}', form=form)
    assert 'value="doze"' in html
    assert 'aria-describedby="id_price_helptext id_price_error"' in html
    assert 'aria-invalid="true"' in html
    assert "autofocus" in html
    assert '<a href="#id_price">Preço</a>' in html


def test_a_kept_secret_never_comes_back_to_the_screen():
    form = PriceForm({"price": "1", "secret": "abre-te"})
    html = draw("{% form_field form.secret saved_on=day %}", form=form, day=NOW.date())
    assert "guardado em 17/11/2026" in html
    assert "trocar" in html
    assert "abre-te" not in html


def test_the_exact_moment_is_on_hover_and_for_machines():
    html = draw("{% when at %}", at=NOW - timedelta(minutes=14))
    assert 'datetime="2026-11-17T13:50:00+00:00"' in html
    assert 'title="17/11/2026 10:50:00"' in html


def test_every_status_word_has_a_tone_an_icon_that_exists_and_a_sentence():
    for table in status_words.SUBJECTS.values():
        for code, word in table.items():
            assert word.code == code
            assert word.tone in TONES
            assert drawing.icon_svg(word.icon).startswith("<svg")
            assert word.help.endswith(".")


def test_order_situations_are_the_ones_the_database_writes():
    assert set(status_words.ORDER) == {code for code, _ in PHASES} | {OTHERWISE}


def test_a_hold_shows_its_own_reason():
    html = draw('{% status subject="order" code="held" label="Valores não fecham: R$ 0,02" %}')
    assert "Valores não fecham: R$ 0,02" in html
    assert "Segurado" not in html


def test_a_code_nobody_knows_has_the_face_of_the_unknown():
    html = draw('{% status subject="order" code="teleported" %}')
    assert "t-unk" in html
    assert "teleported" in html


def test_a_subject_nobody_knows_is_our_mistake():
    with pytest.raises(KeyError):
        status_words.word("weather", "rain")


def test_the_unknown_looks_like_neither_error_nor_success():
    html = draw('{% status subject="order" code="erp_unknown" %}')
    assert "t-unk" in html
    assert "stroke-dasharray" in html


def test_the_trail_says_in_words_what_it_draws():
    html = draw('{% trail situation="creating_erp_order" %}')
    assert 'aria-label="Movimentação: feito, ERP: em andamento, nota: ainda não, loja: ainda não"' in html
    assert html.count("<rect") == 4
    assert html.count('class="t-ok"') == 1


def test_a_meter_never_draws_more_than_its_width():
    parts = drawing.meter_parts([(31, "ok"), (2, "err"), (0, "unk")], total=48)
    assert [(part.x, part.width) for part in parts] == [("0.00%", "64.58%"), ("64.58%", "4.17%")]
    assert drawing.meter_parts([(9, "ok")], total=0) == []
    assert drawing.meter_parts([(9, "ok")], total=3)[0].width == "100.00%"


def test_progress_says_done_of_total_and_each_outcome():
    html = draw(
        '{% progress segments total=48 done=33 label="pedidos" note="Pode fechar esta página." %}',
        segments=[Segment("entraram", 31, "ok"), Segment("recusados", 2, "err")],
    )
    assert "de 48 pedidos" in html
    assert "Pode fechar esta página." in html
