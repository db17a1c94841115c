"""What every import has in common: send a file, read what it would do, and only then have it done, once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse

from cais.catalog import uploads
from cais.catalog.drafts import Invalid
from cais.catalog.models import Upload
from cais.catalog.spreadsheet import LARGEST_BYTES, Problem, Sheet, Unusable
from cais.companies.models import Group
from cais.companies.roles import Action as May
from cais.web.access import GroupRequest, page
from cais.web.parts import Crumb
from cais.web.wording import plural_text

_SHOWN = 100
_OF_STOCK = (
    "Metade do que há, ou mais, entraria ou sairia de uma vez. Pode ser isso mesmo, ou uma coluna trocada.",
    "Estoque",
)
_UNSAID = "Confira as mudanças grandes e marque que elas são para valer."


@dataclass(frozen=True, slots=True)
class Reading:
    """One right row as the preview shows it: what it is about, and what will happen."""

    row: int
    name: str
    outcome: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would do. `apply` does exactly that and returns the sentence that says so.

    `doubts` are right rows that look like a slip: nothing is done before a person says that they are meant.
    """

    sheet: Sheet
    problems: Sequence[Problem]
    readings: Sequence[Reading]
    counts: Sequence[str]
    changes: int
    apply: Callable[[], str]
    doubts: Sequence[Reading] = ()


@dataclass(frozen=True, slots=True)
class Mode:
    """One way to read a file. `columns`: name → what goes there, for the page's table."""

    code: str
    label: str
    help: str
    columns: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Screen:
    """One import: its words, its addresses and what reads its files. `lead` heads the name of each row.

    `args`: what the addresses carry besides the group. `doubt`: when a row is one, and the heading of what it would do.
    """

    purpose: str
    title: str
    crumb: str
    list_name: str
    offer_name: str
    preview_name: str
    modes: Sequence[Mode]
    plan: Callable[[GroupRequest, Upload], Preview]
    lead: str = "SKU"
    args: tuple[int, ...] = ()
    doubt: tuple[str, str] = _OF_STOCK

    def url(self, name: str, group: Group, *rest: int) -> str:
        return reverse(name, args=[group.slug, *self.args, *rest])


class FileForm(forms.Form):
    mode = forms.ChoiceField(label="O que a planilha traz", widget=forms.RadioSelect)
    file = forms.FileField(
        label="Arquivo",
        help_text="CSV ou XLSX, até 5 MB e 20.000 linhas. Nada muda antes de você conferir.",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
    )

    def __init__(self, screen: Screen, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        field = self.fields["mode"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(mode.code, mode.label) for mode in screen.modes]
        field.initial = screen.modes[0].code
        if len(screen.modes) == 1:
            field.widget = forms.HiddenInput()

    def clean_file(self) -> UploadedFile[bytes]:
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST_BYTES:
            raise forms.ValidationError("O arquivo passa de 5 MB. Divida em partes menores e envie uma de cada vez.")
        return file


def import_pages(screen: Screen, *, may: May, at: str) -> list[URLPattern]:
    """The two pages of an import of the whole grupo; `at` is the address of the first."""

    @page(may)
    def send(request: GroupRequest) -> HttpResponse:
        return offer(request, screen)

    @page(may)
    def check(request: GroupRequest, pk: int) -> HttpResponse:
        return preview(request, screen, pk)

    return [path(at, send, name=screen.offer_name), path(f"{at}<int:pk>/", check, name=screen.preview_name)]


def offer(request: GroupRequest, screen: Screen) -> HttpResponse:
    """Ask for the file and keep it for its preview."""
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = FileForm(screen, *sent)
    if sent and form.is_valid():
        file = form.cleaned_data["file"]
        upload = uploads.keep(
            request.group,
            purpose=screen.purpose,
            name=file.name or "planilha",
            content=file.read(),
            mode=form.cleaned_data["mode"],
        )
        return redirect(screen.url(screen.preview_name, request.group, upload.pk))
    context = {"form": form, "screen": screen, "crumbs": _crumbs(request, screen)}
    return render(request, "products/import.html", context, status=422 if form.errors else 200)


def preview(request: GroupRequest, screen: Screen, pk: int) -> HttpResponse:
    """Show what the file would do; on POST do it, unless a row is wrong and nobody said to leave it out."""
    with transaction.atomic():
        # A second press of the button waits here, and then finds the file gone: nothing is posted twice.
        found = Upload.objects.of(request.group).filter(pk=pk, purpose=screen.purpose).select_for_update().first()
        if found is None:
            messages.info(request, "Esta planilha já foi importada ou descartada.")
            return redirect(screen.url(screen.list_name, request.group))
        if request.method == "POST" and request.POST.get("decisao") == "descartar":
            found.delete()
            messages.info(request, "Planilha descartada. Nada mudou.")
            return redirect(screen.url(screen.offer_name, request.group))
        try:
            made = screen.plan(request, found)
        except Unusable as error:
            return _show(request, screen, found, unusable=error.words)
        if request.method == "POST" and made.doubts and request.POST.get("conferido") != "sim":
            return _show(request, screen, found, made=made, stopped=_UNSAID)
        if request.method == "POST" and _decided(request, made):
            done, words = _apply(made)
            if done:
                found.delete()
                messages.success(request, words)
                return redirect(screen.url(screen.list_name, request.group))
            return _show(request, screen, found, made=made, stopped=words)
    return _show(request, screen, found, made=made)


def _decided(request: GroupRequest, made: Preview) -> bool:
    return made.changes > 0 and (not made.problems or request.POST.get("decisao") == "so_certas")


def _apply(made: Preview) -> tuple[bool, str]:
    try:
        with transaction.atomic():
            return True, made.apply()
    except Invalid as error:
        return False, " ".join(error.problems.values())


def _show(
    request: GroupRequest,
    screen: Screen,
    upload: Upload,
    *,
    made: Preview | None = None,
    unusable: str = "",
    stopped: str = "",
) -> HttpResponse:
    wrong = {problem.row for problem in made.problems} if made else set()
    context = {
        "screen": screen,
        "upload": upload,
        "made": made,
        "problems": made.problems[:_SHOWN] if made else [],
        "more_problems": max(len(made.problems) - _SHOWN, 0) if made else 0,
        "readings": made.readings[:_SHOWN] if made else [],
        "more_readings": max(len(made.readings) - _SHOWN, 0) if made else 0,
        "doubts": made.doubts[:_SHOWN] if made else [],
        "more_doubts": max(len(made.doubts) - _SHOWN, 0) if made else 0,
        "doubt_text": plural_text(len(made.doubts) if made else 0, "mudança grande", "mudanças grandes"),
        "wrong_text": plural_text(len(wrong), "linha precisa de correção", "linhas precisam de correção"),
        "unusable": unusable,
        "stopped": stopped,
        "offer_url": screen.url(screen.offer_name, request.group),
        "crumbs": [*_crumbs(request, screen)[:-1], Crumb("Importar planilha"), Crumb(upload.name)],
    }
    return render(request, "products/import_preview.html", context, status=422 if request.method == "POST" else 200)


def _crumbs(request: GroupRequest, screen: Screen) -> list[Crumb]:
    return [Crumb(screen.crumb, screen.url(screen.list_name, request.group)), Crumb(screen.title)]
