// The keyboard map of design/UI.md section 4. A page takes part by putting data-key on its own
// controls and data-row on its rows; nothing here knows a page.
(() => {
  "use strict";
  const PLACES = { t: "/today", p: "/people", f: "/follow-ups", r: "/reports", s: "/settings" };
  const MOVES = {
    j: () => step(1), ArrowDown: () => step(1), k: () => step(-1), ArrowUp: () => step(-1),
    ArrowLeft: () => sideways(-1), ArrowRight: () => sideways(1), Enter: open,
    "?": () => document.getElementById("shortcuts")?.showModal(),
    H: () => document.dispatchEvent(new CustomEvent("hide-screen")),
  };
  const ALWAYS = new Set(["ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight", "Enter"]); // not single characters
  let going = 0;

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || busy(event.target)) return;
    if (document.body.dataset.keys === "off" && !ALWAYS.has(event.key)) return;
    if (act(event.key)) event.preventDefault();
  });

  function busy(target) {
    return Boolean(document.querySelector("dialog[open]")) || target.isContentEditable ||
      target.matches?.("input:not([type=checkbox], [type=radio]), textarea, select");
  }
  function act(key) {
    if (Date.now() - going < 1500 && PLACES[key]) { location.assign(PLACES[key]); return true; }
    going = 0;
    if (chosen(key)) return true;
    if (key === "g") { going = Date.now(); return true; }
    if (MOVES[key]) return MOVES[key]() !== false;
    return press(key);
  }
  // 1 to 9: what stands there in the open menu.
  function chosen(key) {
    const menu = document.querySelector("details.menu[open] > .menu-list");
    const item = menu && /^[1-9]$/.test(key) && [...menu.querySelectorAll("a, button")].filter(seen)[key - 1];
    if (item) item.click();
    return Boolean(item);
  }
  function press(key) {
    const near = document.activeElement?.closest("[data-card]") ?? document.activeElement?.closest("[data-row]");
    const selector = `[data-key="${CSS.escape(key)}"]`;
    // A card's keys are for the card in hand, never for one that nobody has chosen.
    const mine = (element) => !element.closest("[data-card]") && reachable(element);
    const control = near?.querySelector(selector) ?? [...document.querySelectorAll(selector)].findLast(mine);
    if (!control) return false;
    if (control.matches("input, textarea, select") && control.type !== "checkbox") control.focus();
    else { if (control.matches("summary")) control.focus(); control.click(); }
    return true;
  }
  const seen = (element) => element.checkVisibility();
  // What waits in a closed menu can be pressed as long as its menu is in sight.
  const reachable = (element) => seen(element.closest("details.menu:not([open])")?.querySelector("summary") ?? element);
  const rows = (root = document) => [...root.querySelectorAll("[data-row]")].filter(seen);

  function current(list) {
    const focused = list.indexOf(document.activeElement);
    return focused >= 0 ? focused : list.findIndex((row) => row.getAttribute("aria-current") === "true");
  }
  function step(by) {
    const list = rows(document.activeElement?.closest("[data-column]") ?? document);
    if (!list.length || document.activeElement?.matches("summary, input")) return false;
    const at = current(list);
    const row = list[Math.min(Math.max(at + by, 0), list.length - 1)] ?? list[0];
    row.focus();
    if (row.hasAttribute("hx-get")) row.click(); // shows the person beside the list
    return true;
  }
  function sideways(by) {
    const columns = [...document.querySelectorAll("[data-column]")].filter((column) => rows(column).length);
    const here = document.activeElement?.closest("[data-column]");
    if (!columns.length || document.activeElement?.matches("summary, input")) return false;
    const next = here ? columns[columns.indexOf(here) + by] : columns[0];
    if (!next) return true;
    const height = here ? rows(here).indexOf(document.activeElement) : 0;
    (rows(next)[height] ?? rows(next).at(-1)).focus();
    return true;
  }
  function open() {
    const row = document.activeElement?.closest("[data-open]") ?? (document.activeElement === document.body && document.querySelector("[data-row][data-open][aria-current]"));
    if (!row) return false;
    location.assign(row.dataset.open);
    return true;
  }

  // The selected row follows the click at once; the server's answer confirms it.
  document.addEventListener("click", (event) => {
    const row = event.target.closest("[data-row][hx-get]");
    if (!row) return;
    rows().forEach((other) => other.removeAttribute("aria-current"));
    row.setAttribute("aria-current", "true");
  });
})();
