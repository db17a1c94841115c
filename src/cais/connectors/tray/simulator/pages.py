"""The dress of the simulator's own HTML pages."""

from collections.abc import Sequence
from html import escape
from string import Template

from cais.simkit import Response
from cais.simkit.http import HTML

_PAGE = Template("""<!DOCTYPE html>
<html lang="pt-BR"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>$title</title><style>
*{box-sizing:border-box}body{margin:0;font:15px/1.5 system-ui,sans-serif;color:#24313a;background:#f4f1ec}
header{background:#24495a;color:#fff;padding:14px 24px;display:flex;gap:24px;align-items:baseline;flex-wrap:wrap}
header b{font-size:18px}header a{color:#d7e7ee;text-decoration:none}header small{margin-left:auto;color:#b7cdd8}
main{max-width:1080px;margin:24px auto;padding:0 16px}h1{font-size:22px;margin:0 0 14px}
h2{font-size:17px;margin:28px 0 8px}
table{width:100%;border-collapse:collapse;background:#fff;border-radius:8px;overflow:hidden}
th,td{text-align:left;padding:8px 12px;border-bottom:1px solid #ece7df}th{font-weight:600;color:#5b6b74;font-size:13px}
td.n,th.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}a{color:#1f6a86}
.tag{display:inline-block;padding:1px 9px;border-radius:10px;font-size:13px;color:#24313a}
form.row{display:flex;gap:8px;align-items:center;flex-wrap:wrap;margin:10px 0}form{margin:0}
button{font:inherit;padding:6px 14px;border:0;border-radius:6px;background:#1f6a86;color:#fff;cursor:pointer}
button.quiet{background:#e4ded4;color:#24313a}
select,input{font:inherit;padding:5px 8px;border:1px solid #cfc7ba;border-radius:6px}
input[type=number]{width:76px}
td form.row{margin:0}.card{background:#fff;border-radius:8px;padding:18px 22px;margin-bottom:16px}
.muted{color:#6b7880}.note{background:#fff6dc;border-radius:6px;padding:8px 14px}
:focus-visible{outline:3px solid #e0a43a;outline-offset:2px}
</style></head><body>$header<main>$body</main></body></html>""")


def page(title: str, body: str, *, header: str = "", status: int = 200) -> Response:
    """``body`` and ``header`` are HTML already; ``title`` is text."""
    html = _PAGE.substitute(title=escape(title), body=body, header=header)
    return Response(status=status, body=html.encode(), content_type=HTML)


def redirect(address: str) -> Response:
    return Response(status=302, headers=(("Location", address),))


def table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]], *, numbers: frozenset[int] = frozenset()) -> str:
    """Cells are HTML already; ``numbers`` names the columns that are aligned to the right."""

    def cell(tag: str, position: int, content: str) -> str:
        kind = ' class="n"' if position in numbers else ""
        return f"<{tag}{kind}>{content}</{tag}>"

    head = "".join(cell("th", position, escape(name)) for position, name in enumerate(heads))
    lines = "".join(
        f"<tr>{''.join(cell('td', position, content) for position, content in enumerate(row))}</tr>" for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>"
