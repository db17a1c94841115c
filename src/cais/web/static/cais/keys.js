// Single-key shortcuts: silent in fields, with an off switch for the account and one for this browser.

(() => {
  "use strict";

  const SWITCH = "cais.keys";
  const GO_WINDOW_MS = 1200;
  const dialog = document.getElementById("atalhos");
  const box = document.querySelector("[data-keys-switch]");

  const remembered = () => {
    try {
      return localStorage.getItem(SWITCH);
    } catch {
      return null; // Storage refused by the browser: the account's choice stands.
    }
  };
  const remember = (value) => {
    try {
      localStorage.setItem(SWITCH, value);
    } catch {
      document.body.dataset.keys = value; // Holds for this page at least.
    }
  };
  const isOn = () => document.body.dataset.keys !== "off" && remembered() !== "off";

  if (box) {
    box.checked = isOn();
    box.addEventListener("change", () => remember(box.checked ? "on" : "off"));
  }

  const isTyping = (target) => target.closest("input:not([type=checkbox]):not([type=radio]), select, textarea, [contenteditable], dialog[open]");
  const listRows = () => Array.from(document.querySelectorAll(".c-table tbody tr")).filter((row) => row.querySelector("a.c-name"));
  const cursor = () => document.querySelector("tr.is-cursor");

  const move = (step) => {
    const turn = document.querySelector(step > 0 ? "[data-move=next]" : "[data-move=previous]");
    if (turn) return turn.click();
    const list = listRows();
    if (!list.length) return;
    const at = list.indexOf(cursor());
    const next = list[Math.min(Math.max(at + step, 0), list.length - 1)];
    list.forEach((row) => row.classList.toggle("is-cursor", row === next));
    next.querySelector("a.c-name").focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };

  const tick = (withRange) => {
    const found = cursor()?.querySelector("input[data-row]");
    if (!found) return;
    if (withRange) {
      found.checked = true;
      found.dispatchEvent(new CustomEvent("cais:range", { bubbles: true, detail: found }));
      return;
    }
    found.click();
  };

  const press = (selector) => document.querySelector(selector)?.click();

  const search = () => {
    const field = document.querySelector("[data-search]");
    field?.focus();
    field?.select();
  };

  let goUntil = 0;
  const go = (key) => {
    goUntil = 0;
    press(`[data-go="${CSS.escape(key)}"]`);
  };

  const verbs = {
    j: () => move(1),
    k: () => move(-1),
    x: () => tick(false),
    X: () => tick(true),
    s: () => press('[data-press="s"]'),
    "/": search,
    "?": () => dialog?.showModal(),
    g: () => {
      goUntil = Date.now() + GO_WINDOW_MS;
    },
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      document.dispatchEvent(new CustomEvent("cais:clear"));
      return;
    }
    if (!isOn() || isTyping(event.target)) return;
    if (goUntil > Date.now()) {
      event.preventDefault();
      go(event.key);
      return;
    }
    const verb = verbs[event.key];
    if (!verb) return;
    event.preventDefault();
    verb();
  });

  document.addEventListener("click", (event) => {
    if (!dialog || !event.target.closest("[data-help]") || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    dialog.showModal();
  });
})();
