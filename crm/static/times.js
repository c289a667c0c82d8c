// Says back which time is chosen, and shows another clock as soon as it is picked. The page works without it.
(() => {
  "use strict";
  const form = document.getElementById("times");
  if (!form) return;
  document.documentElement.classList.add("scripted");
  const line = form.querySelector("[data-chosen]");
  form.addEventListener("change", ({ target }) => {
    if (target.name === "at" && line) line.textContent = target.dataset.whole;
    if (target.id === "zone-shown") keep(new URL(document.getElementById("zones").action), { zone: target.value });
  });
  for (const link of form.querySelectorAll("[data-turn]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      keep(new URL(link.href), {});
    });
  }

  // The way to talk goes along to the next page; the days stay where they are.
  function keep(address, more) {
    const shown = new FormData(form);
    const from = address.searchParams.get("from") ?? shown.get("from");
    const all = { by: shown.get("by"), from, ...more };
    for (const [name, value] of Object.entries(all)) if (value) address.searchParams.set(name, value);
    location.assign(address);
  }
})();
