// Choosing many people: how many are chosen, all on this page, and a range with Shift.
// Without it each is chosen by its own box, and everything else is the same.
(() => {
  "use strict";
  const roster = document.querySelector("[data-roster]");
  if (!roster) return;
  const boxes = [...roster.querySelectorAll("[data-choose]")];
  const all = roster.querySelector("[data-choose-all]");
  const everyone = document.querySelector("[data-everyone]");
  const said = document.querySelector("[data-chosen]");
  let last = null;
  let shift = false;

  function count() {
    const chosen = boxes.filter((box) => box.checked).length;
    all.checked = chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
    said.textContent = everyone?.checked ? "Everyone is chosen" : chosen ? `${chosen} chosen` : "";
  }
  roster.addEventListener("click", (event) => { shift = event.shiftKey; }, true);
  roster.addEventListener("change", (event) => {
    const box = event.target;
    if (box === all) boxes.forEach((each) => { each.checked = all.checked; });
    else if (shift && last !== null && boxes.includes(box)) {
      const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
      boxes.slice(from, to + 1).forEach((each) => { each.checked = box.checked; });
    }
    if (boxes.includes(box)) last = box;
    count();
  });
  everyone?.addEventListener("change", count);
  addEventListener("pageshow", count);
  count();
})();
