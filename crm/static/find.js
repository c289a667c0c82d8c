// From a field that finds someone down to who was found, and back: arrow keys work while typing, too.
// The field names its list in data-find; the list is ordinary rows, which keys.js walks.
// In the bar at the top the list floats over the page: Esc and whatever happens elsewhere close it.
// Where colleagues are looked for, Enter takes the first.
(() => {
  "use strict";
  const on = document.addEventListener.bind(document);
  const fields = () => [...document.querySelectorAll("[data-find]")];
  const rows = (field) => [...document.querySelectorAll(`${field.dataset.find} [data-row]`)];
  const plain = (event) => !(event.ctrlKey || event.metaKey || event.altKey || event.isComposing);

  on("keydown", (event) => {
    if (!plain(event) || !["ArrowDown", "ArrowUp", "Escape"].includes(event.key)) return;
    const next = event.key === "ArrowDown" ? below(event.target) : event.key === "ArrowUp" ? above(event.target) : left(event.target);
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    next.focus();
  }, true);

  function below(target) {
    return target.matches?.("[data-find]") ? rows(target)[0] : undefined;
  }
  function above(target) {
    return target.matches?.("[data-row]") ? fields().find((field) => rows(field)[0] === target) : undefined;
  }
  function left(target) {
    const floating = list();
    if (!floating?.childElementCount || !floating.parentElement.contains(target)) return undefined;
    close();
    return floating.parentElement.querySelector("[data-find]");
  }

  const list = () => document.getElementById("found-here");
  const close = () => list()?.replaceChildren();
  const elsewhere = (target) => list() && target && !list().parentElement.contains(target);
  on("focusin", (event) => { if (elsewhere(event.target)) close(); });
  on("click", (event) => { if (elsewhere(event.target)) close(); });
  // An answer that comes after he has gone on must not open it again.
  on("htmx:after:swap", () => { if (elsewhere(document.activeElement)) close(); });

  let sought = false, takes = false;
  const take = () => document.querySelector("#colleagues input:not(:checked)")?.click();
  on("input", (event) => { if (event.target.id === "wanted") sought = true; });
  on("keydown", (event) => {
    if (event.target.id !== "wanted" || event.key !== "Enter" || !plain(event)) return;
    takes = sought;
    if (!sought) { event.preventDefault(); take(); }
  });
  on("htmx:after:swap", (event) => {
    if (event.detail.ctx.target?.id !== "colleagues") return;
    if (takes) take();
    sought = takes = false;
  });
})();
