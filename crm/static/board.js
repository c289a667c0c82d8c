// Dragging a card presses the same button its menu holds, so both ways are one way.
// The card lies in its new place at once; when the move fails it goes back, and says so.
(() => {
  "use strict";
  let dragged = null;
  let laid = null;
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
    const pressed = dragged && column && button(dragged, column.dataset.stage);
    if (!pressed) return;
    event.preventDefault();
    if (pressed.matches("button")) lay(dragged, column); // a link asks something first
    pressed.click();
  });
  document.addEventListener("htmx:response:error", putBack);
  document.addEventListener("htmx:error", putBack);

  function lay(card, column) {
    const list = column.querySelector(".column-list");
    if (!list) return;
    card.querySelector(".error")?.remove();
    laid = { card, home: card.parentElement, next: card.nextElementSibling };
    list.prepend(card);
  }
  function putBack(event) {
    if (!laid?.card.contains(event.target)) return;
    const { card, home, next } = laid;
    laid = null;
    home.insertBefore(card, next?.isConnected ? next : null);
    const sentence = document.createElement("p");
    sentence.className = "error";
    sentence.setAttribute("role", "alert");
    sentence.textContent = `\u2068${card.querySelector("h3").textContent.trim()}\u2069 couldn’t be moved and is back here. Try again.`;
    card.append(sentence);
  }
  function clear() {
    document.querySelectorAll(".over[data-stage]").forEach((column) => column.classList.remove("over"));
  }
})();
