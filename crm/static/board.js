// Dragging a card presses the same button its menu holds, so both ways are one way.
(() => {
  "use strict";
  let dragged = null;
  const columnOf = (event) => event.target.closest?.("[data-stage]");
  const button = (card, stage) => card.querySelector(`[data-move] button[name="stage"][value="${CSS.escape(stage)}"], a[data-stage-link="${CSS.escape(stage)}"]`);

  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-card]");
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", ""); // Firefox starts no drag without it
    dragged.classList.add("dragged");
  });
  document.addEventListener("dragend", () => {
    dragged?.classList.remove("dragged");
    clear();
    dragged = null;
  });
  document.addEventListener("dragover", (event) => {
    const column = columnOf(event);
    clear();
    if (!dragged || !column || column.contains(dragged) || !button(dragged, column.dataset.stage)) return;
    event.preventDefault();
    column.classList.add("over");
  });
  document.addEventListener("drop", (event) => {
    const column = columnOf(event);
    if (!dragged || !column) return;
    event.preventDefault();
    button(dragged, column.dataset.stage)?.click();
  });
  function clear() {
    document.querySelectorAll(".column.over").forEach((column) => column.classList.remove("over"));
  }
})();
