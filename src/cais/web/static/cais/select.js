// Ticking rows of a list: the bulk bar with its count, its sum, and how many of the ticked each verb fits.

(() => {
  "use strict";

  // A template in Portuguese may write 1247,60 where the mark-up asks for 1247.60: both are the same money.
  const plainNumber = (text) => (text.includes(",") ? text.replaceAll(".", "").replace(",", ".") : text);
  const cents = (text) => Math.round(Number.parseFloat(plainNumber(text || "0")) * 100);
  const reais = (value) =>
    (value / 100).toLocaleString("pt-BR", { style: "currency", currency: "BRL" });

  const boxesOf = (bar) =>
    Array.from(document.querySelectorAll(`input[type=checkbox][data-row][form="${bar.dataset.bulk}"], #${bar.dataset.bulk} input[type=checkbox][data-row]`));

  // What fits none of the ticked is not shown; the first that fits is the filled one.
  const drawVerbs = (bar, rows, wholeFilter) => {
    const verbs = Array.from(bar.querySelectorAll("[data-fits]"));
    verbs.forEach((verb) => {
      const fitting = rows.filter((row) => (row.dataset.fits || "").split(" ").includes(verb.dataset.fits)).length;
      verb.querySelector("[data-fits-count]").textContent = wholeFilter ? "" : ` (${fitting})`;
      verb.disabled = !wholeFilter && rows.length > 0 && fitting === 0;
    });
    const first = verbs.find((verb) => !verb.disabled);
    verbs.forEach((verb) => {
      verb.classList.toggle("btn-primary", verb === first);
      verb.classList.toggle("btn-bare", verb !== first);
    });
  };

  const draw = (bar) => {
    const boxes = boxesOf(bar);
    const ticked = boxes.filter((box) => box.checked);
    const rows = ticked.map((box) => box.closest("tr"));
    const whole = bar.querySelector("[data-bulk-all]");
    const full = boxes.length > 0 && ticked.length === boxes.length;

    boxes.forEach((box) => box.closest("tr").classList.toggle("is-selected", box.checked));
    bar.classList.toggle("is-live", ticked.length > 0);
    bar.classList.toggle("is-idle", ticked.length === 0);
    bar.querySelector("[data-bulk-clear]").hidden = false;
    if (whole) {
      if (!full) whole.checked = false;
      whole.closest("label").hidden = !full;
    }

    const noun = ticked.length === 1 ? "selecionado" : "selecionados";
    bar.querySelector("[data-bulk-count]").textContent = ticked.length.toLocaleString("pt-BR");
    bar.querySelector("[data-bulk-noun]").textContent = noun;
    const sum = rows.reduce((total, row) => total + cents(row.dataset.value), 0);
    bar.querySelector("[data-bulk-sum]").textContent = sum ? reais(sum) : "";
    bar.querySelector("[data-bulk-spoken]").textContent = sum ? `, ${reais(sum)}` : "";
    drawVerbs(bar, rows, Boolean(whole && whole.checked));

    document.querySelectorAll(`[data-row-all="${bar.dataset.bulk}"]`).forEach((all) => {
      all.checked = full;
      all.indeterminate = ticked.length > 0 && !full;
    });
    // One filled button per view: while the bar is open, the page's own steps back.
    document.querySelectorAll(".c-head .btn-primary, .c-head [data-stepped-back]").forEach((button) => {
      button.classList.toggle("btn-primary", ticked.length === 0);
      button.classList.toggle("btn-plain", ticked.length > 0);
      button.dataset.steppedBack = "";
    });
  };

  const bars = () => document.querySelectorAll("[data-bulk]");
  const drawAll = () => bars().forEach(draw);

  let last = null;
  document.addEventListener("click", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || !box.matches("[data-row]")) return;
    if (event.shiftKey && last) tickRange(last, box);
    last = box;
    drawAll();
  });

  const tickRange = (from, to) => {
    const boxes = Array.from(document.querySelectorAll("input[data-row]"));
    const [start, end] = [boxes.indexOf(from), boxes.indexOf(to)].sort((a, b) => a - b);
    if (start < 0) return;
    boxes.slice(start, end + 1).forEach((box) => {
      box.checked = to.checked;
    });
  };

  document.addEventListener("change", (event) => {
    const all = event.target;
    if (all.matches("[data-row-all]")) {
      bars().forEach((bar) => {
        if (bar.dataset.bulk !== all.dataset.rowAll) return;
        boxesOf(bar).forEach((box) => {
          box.checked = all.checked;
        });
      });
    }
    if (all.matches("[data-row-all], [data-bulk-all]")) drawAll();
  });

  const clear = () => {
    document.querySelectorAll("input[data-row]:checked, [data-bulk-all]:checked").forEach((box) => {
      box.checked = false;
    });
    drawAll();
  };
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-bulk-clear]")) clear();
  });
  document.addEventListener("cais:clear", clear);
  document.addEventListener("cais:range", (event) => {
    if (last) tickRange(last, event.detail);
    last = event.detail;
    drawAll();
  });

  document.addEventListener("htmx:afterSwap", drawAll);
  // The browser restores ticks after going back, later than the first draw.
  window.addEventListener("pageshow", drawAll);
  drawAll();
})();
