// From the field that finds someone down to who was found, and back: arrow keys also work while typing.
// The field names its list in data-find; the list is ordinary rows, which keys.js walks.
(() => {
  "use strict";
  const rows = (field) => [...document.querySelectorAll(`${field.dataset.find} [data-row]`)];
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "ArrowDown" && event.target.matches?.("[data-find]")) {
      const [first] = rows(event.target);
      if (first) { event.preventDefault(); event.stopPropagation(); first.focus(); }
    }
    if (event.key === "ArrowUp" && event.target.matches?.("[data-row]")) {
      const field = [...document.querySelectorAll("[data-find]")].find((each) => rows(each)[0] === event.target);
      if (field) { event.preventDefault(); event.stopPropagation(); field.focus(); }
    }
  }, true);
})();
