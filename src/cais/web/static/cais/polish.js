// Small courtesies on top of pages that already work: menus that close, messages that leave, focus after a swap.

(() => {
  "use strict";

  const MESSAGE_STAYS_MS = 8000;

  const openMenus = () => document.querySelectorAll("details.c-menu[open]");

  document.addEventListener("click", (event) => {
    openMenus().forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    openMenus().forEach((menu) => {
      const summary = menu.querySelector("summary");
      menu.open = false;
      if (menu.contains(document.activeElement)) summary.focus();
    });
  });

  // Only what went well leaves by itself; a warning waits to be read.
  const letGo = (root) => {
    root.querySelectorAll("[data-message].t-ok, [data-message].t-off").forEach((message) => {
      setTimeout(() => message.remove(), MESSAGE_STAYS_MS);
    });
  };
  letGo(document);

  document.addEventListener("htmx:afterSwap", (event) => {
    letGo(event.target);
    const result = event.target.querySelector("[data-focus]");
    if (result) result.focus({ preventScroll: false });
  });

  // Signing in, in another tab say, makes the token of this page old; the cookie has the present one.
  const TOKEN = /(?:^|; )csrftoken=(\w+)/;
  const presentToken = () => TOKEN.exec(document.cookie)?.[1];
  document.addEventListener("submit", (event) => {
    const field = event.target.querySelector('input[name="csrfmiddlewaretoken"]');
    const present = presentToken();
    if (field && present) field.value = present;
  });
  // htmx has read the form before the submission is heard here.
  document.addEventListener("htmx:configRequest", (event) => {
    const present = presentToken();
    if (present && event.detail.verb === "post") event.detail.parameters.csrfmiddlewaretoken = present;
  });

  // One press, one request: a double click must not ask for a thing twice, nor a second press while a slow line still
  // carries the first; the button shows that it was heard. Another button of the same form may be pressed at once, and
  // what htmx sends it looks after itself. A button that fetches a file stays on its page, so it comes back in the end.
  const PRESSED_MS = 10000;
  const pressed = new WeakMap();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter || form;
    if (event.defaultPrevented || form.getAttribute("method") !== "post") return;
    if (pressed.get(form) === button) {
      event.preventDefault();
      return;
    }
    pressed.set(form, button);
    if (event.submitter) button.setAttribute("aria-busy", "true");
    setTimeout(() => release(form, button), PRESSED_MS);
  });

  const release = (form, button) => {
    pressed.delete(form);
    button.removeAttribute("aria-busy");
  };

  // While htmx carries a form its button shows it, and nothing can be typed that the answer would write over.
  const carry = (event, isCarried) => {
    const form = event.detail.elt;
    if (!(form instanceof HTMLFormElement)) return;
    form.querySelectorAll("input").forEach((field) => {
      field.readOnly = isCarried;
    });
    const button = event.detail.requestConfig.triggeringEvent?.submitter;
    if (isCarried) button?.setAttribute("aria-busy", "true");
    else button?.removeAttribute("aria-busy");
  };
  document.addEventListener("htmx:beforeSend", (event) => carry(event, true));
  document.addEventListener("htmx:afterRequest", (event) => carry(event, false));

  // The way back may show the page as it was left.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    document.querySelectorAll("button[aria-busy]").forEach((button) => release(button.form, button));
  });

  // Where the tabs do not fit, the one we are on is in sight.
  document.querySelectorAll(".c-tabs").forEach((tabs) => {
    const current = tabs.querySelector('[aria-current="page"]');
    if (!current) return;
    const strip = tabs.scrollWidth > tabs.clientWidth ? tabs : tabs.firstElementChild;
    const beyond = current.getBoundingClientRect().right - strip.getBoundingClientRect().right;
    if (beyond > 0) strip.scrollLeft += beyond;
  });

  // Copying needs script, so its buttons only show with it.
  const COPIED_STAYS_MS = 2000;
  document.querySelectorAll("[data-copy]").forEach((button) => {
    if (!navigator.clipboard) return;
    button.hidden = false;
    const label = button.querySelector("span");
    const words = label.textContent;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      label.textContent = button.dataset.copied || "Copiada";
      setTimeout(() => {
        label.textContent = words;
      }, COPIED_STAYS_MS);
    });
  });

  // A poll slows down by itself when nobody looks: the server sends the rhythm, hidden pages skip the beat.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const polls = event.detail.elt.matches("[data-poll]");
    if (polls && document.hidden) event.preventDefault();
  });

  // The network failed, not the work: say so where messages live, and leave the page as it was.
  const sayOnce = (text) => {
    const place = document.getElementById("avisos");
    if (!place || place.querySelector("[data-network]")) return;
    const note = document.createElement("div");
    note.className = "c-note c-message t-warn";
    note.dataset.network = "";
    note.textContent = text;
    place.append(note);
  };
  document.addEventListener("htmx:sendError", () => {
    sayOnce("O Cais não respondeu. Nada foi perdido: tente de novo em instantes.");
  });
  document.addEventListener("htmx:responseError", () => {
    sayOnce("O Cais não conseguiu fazer isto. Recarregue a página e tente de novo.");
  });
  document.addEventListener("htmx:afterOnLoad", (event) => {
    if (!event.detail.successful) return;
    document.querySelectorAll("[data-network]").forEach((note) => note.remove());
  });
})();
