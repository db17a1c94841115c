"""The documents say what there is: every link leads somewhere, and nothing people may meet goes without a word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cais.catalog.kit_import import COLUMNS as KIT_COLUMNS
from cais.catalog.product_import import COLUMNS as PRODUCT_COLUMNS
from cais.companies.roles import ROLES, Action
from cais.connectors import all_connectors, get
from cais.inbox.reasons import REASONS
from cais.movements.models import Movement
from cais.ops import cli
from cais.ops.stages import STAGES
from cais.orders.phase import OTHERWISE, PHASES
from cais.ports.manifest import Capability
from cais.settling.shipment_import import COLUMNS as PARCEL_COLUMNS
from cais.statuses.models import MEANING_LABELS, WriteBack
from cais.stock.entry_import import COLUMNS as STOCK_COLUMNS
from cais.web.status_words import MOVEMENT, ORDER

ROOT = Path(__file__).parents[1]
USERS = ROOT / "docs" / "users"
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("deploy/*.md"), *ROOT.glob("src/**/*.md")])
SOURCES = sorted(ROOT.glob("src/cais/**/*.py"))
DOES = {
    "ver tudo": Action.VIEW,
    "trabalhar pedidos": Action.WORK_ORDERS,
    "produtos e kits": Action.EDIT_CATALOG,
    "lançar estoque": Action.EDIT_STOCK,
    "corrigir clientes": Action.EDIT_CUSTOMERS,
    "resolver na Caixa de erros": Action.RESOLVE_ERRORS,
    "gerar e reenviar notas": Action.ISSUE_NOTES,
    "lojas, dicionário, empresas": Action.CONFIGURE,
    "auditoria": Action.AUDIT,
}


def _text(*parts: str) -> str:
    return ROOT.joinpath(*parts).read_text(encoding="utf-8")


def _user_page(name: str) -> str:
    return (USERS / name).read_text(encoding="utf-8")


def _rows(page: str) -> list[list[str]]:
    """The cells of every table row."""
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line.startswith("|")]


def _without_code(page: str) -> str:
    return re.sub(r"```.*?```|`[^`\n]*`", "", page, flags=re.DOTALL)


def _anchors(page: str) -> set[str]:
    """As forges make them: lower case, no punctuation, dashes for blanks; and those written out."""
    headings = re.findall(r"^#+ +(.+)$", page, flags=re.MULTILINE)
    made = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return made | set(re.findall(r'<a id="([^"]+)"', page))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_something_that_is_there(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", _without_code(page.read_text(encoding="utf-8"))):
        if target.startswith(("https://", "http://")):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), f"{page.name} points to {target}"
        if anchor:
            assert anchor in _anchors(there.read_text(encoding="utf-8")), f"{page.name} points to {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_that_is_named_is_there(page: Path) -> None:
    named = re.findall(r"`((?:src|tests|docs|deploy|proofs|bench)/[\w./-]+)`", page.read_text(encoding="utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_no_page_is_an_orphan() -> None:
    everything = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    linked = {Path(target.partition("#")[0]).name for target in re.findall(r"\]\(([^)\s]+)\)", everything)}
    pages = {page.name for page in ROOT.glob("docs/**/*.md")}
    assert pages - linked == set()


def test_every_reason_says_to_the_user_what_to_do() -> None:
    page = _user_page("caixa-de-erros.md")
    told = dict(re.findall(r'<a id="([^"]+)"></a>\n(.+?)(?=\n\n|\Z)', page, flags=re.DOTALL))
    assert set(told) == set(REASONS)
    for code, paragraph in told.items():
        opening = REASONS[code].short.partition(":")[0]
        assert paragraph.startswith(f"**{opening}"), f"{code}: the page does not open with the words of the screen"
        assert paragraph.count(".") >= 2, f"{code}: a name is no advice"


def test_every_situation_is_explained_in_the_words_of_the_screen() -> None:
    cells = {row[0] for row in _rows(_user_page("situacoes.md"))}
    wanted = {ORDER[code].label for code in {code for code, _ in PHASES} | {OTHERWISE}}
    wanted |= {MOVEMENT[code].label for code in ["none", *Movement.State.values]}
    assert {f"**{label}**" for label in wanted} <= cells


def test_every_meaning_and_every_moment_of_the_dictionary_is_explained() -> None:
    page = _user_page("dicionario-de-status.md")
    assert [words for words in MEANING_LABELS.values() if f"**{words}**" not in page] == []
    assert [words for words in WriteBack.Moment.labels if f"*{words}*" not in page] == []


def test_every_role_is_explained() -> None:
    heading = _rows(_user_page("papeis.md"))[0]
    assert set(heading) - {""} == {role.label for role in ROLES.values()}


def test_what_a_role_may_do_is_what_the_page_says() -> None:
    heading, _, *rows = _rows(_user_page("papeis.md"))
    told = {row[0]: dict(zip(heading[1:], row[1:], strict=True)) for row in rows}
    assert set(told) == set(DOES)
    for deed, action in DOES.items():
        assert told[deed] == {role.label: "sim" if action in role.actions else "–" for role in ROLES.values()}, deed


def test_every_field_of_the_tray_form_is_explained() -> None:
    cells = {row[0] for row in _rows(_user_page("conectar-tray.md"))}
    assert {setting.label for setting in get("tray").manifest.settings} <= cells


@pytest.mark.parametrize("page", ["docs/users/planilhas.md", "docs/spreadsheets.md"])
@pytest.mark.parametrize(
    "columns",
    [PRODUCT_COLUMNS, KIT_COLUMNS, STOCK_COLUMNS, PARCEL_COLUMNS],
    ids=["products", "kits", "stock", "parcels"],
)
def test_every_column_of_a_spreadsheet_is_named(page: str, columns: list[str]) -> None:
    assert [column for column in columns if f"`{column}`" not in _text(page)] == []


def _settings_in_the_source() -> set[str]:
    named = set()
    for path in SOURCES:
        named |= set(re.findall(r"\bCAIS_[A-Z]+(?:_[A-Z]+)*\b", path.read_text(encoding="utf-8")))
    return {name.removesuffix("_FILE") for name in named}


def test_every_setting_is_in_the_operators_manual_and_none_that_is_gone() -> None:
    section = _text("docs", "operators.md").partition("\n## Settings\n")[2].partition("\n## ")[0]
    told = set(re.findall(r"`(CAIS_[A-Z_]+)`", " ".join(row[0] for row in _rows(section))))
    assert told == _settings_in_the_source()


def test_every_capability_and_every_stage_is_in_the_architecture() -> None:
    cells = {row[0] for row in _rows(_text("docs", "architecture.md"))}
    assert {f"`{capability}`" for capability in Capability} <= cells
    assert {f"`{stage}`" for stage in STAGES} <= cells


def test_the_table_of_capabilities_says_what_the_manifests_say() -> None:
    rows = _rows(_text("docs", "architecture.md"))
    heading = next(row for row in rows if row[0] == "capability")
    for row in (row for row in rows if row[0].strip("`") in set(Capability)):
        for vendor, cell in list(zip(heading, row, strict=True))[2:]:
            manifest = all_connectors()[vendor].manifest
            does = any(manifest.offers(modality, Capability(row[0].strip("`"))) for modality in manifest.modalities)
            assert cell == ("yes" if does else "–"), f"{vendor}: {row[0]}"


def test_every_room_is_in_the_architecture_in_the_order_that_imports_keep() -> None:
    wanted = re.search(r"layers = \[(.*?)\n\]", _text("pyproject.toml"), flags=re.DOTALL)
    assert wanted
    rooms = re.findall(r"[a-z]+", wanted[1])
    section = _text("docs", "architecture.md").partition("\n## Rooms and walls\n")[2]
    drawn = [re.findall(r"[a-z]+", line[:23]) for line in section.splitlines() if re.match(r"    [a-z]", line)]
    assert [room for line in drawn for room in line] == rooms


def test_every_decision_is_in_the_list_and_has_its_parts() -> None:
    listed = set(re.findall(r"\((\d{4}-[\w-]+\.md)\)", _text("docs", "adr", "README.md")))
    records = sorted(ROOT.glob("docs/adr/0*.md"))
    assert listed == {record.name for record in records}
    for record in records:
        text = record.read_text(encoding="utf-8")
        assert text.startswith(f"# {int(record.name[:4])}. ")
        assert re.search(r"^Status: .+, \d{4}-\d{2}-\d{2}$", text, flags=re.MULTILINE)
        assert "\n## Decision\n" in text


def _commands() -> set[str]:
    source = Path(cli.__file__).read_text(encoding="utf-8")
    return set(re.findall(r'(?:command|add_parser)\("(\w+)"', source))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_that_are_named_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = set(re.findall(r"(?:^\s+|`|bin/)cais ([a-z]+)\b", text, flags=re.MULTILINE))
    assert named <= _commands()
    targets = set(re.findall(r"^\.?([a-z]+):", _text("Makefile"), flags=re.MULTILINE))
    verbs = set(re.findall(r"(?:^\s+|`)make ([a-z]+)\b", text, flags=re.MULTILINE))
    assert verbs <= targets


def test_every_command_is_in_the_operators_manual() -> None:
    cells = " ".join(row[0] for row in _rows(_text("docs", "operators.md")))
    assert [name for name in sorted(_commands()) if f"`cais {name}" not in cells] == []


def test_both_readmes_name_the_same_commands() -> None:
    pattern = r"^ {4,}(?:make|\S*cais|apt-get|python3|export|--).*$"
    ours, theirs = (re.findall(pattern, _text(name), flags=re.MULTILINE) for name in ("README.md", "README.pt-BR.md"))
    assert set(theirs) <= set(ours)
    assert len(theirs) >= 6
