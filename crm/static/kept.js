// Signed out in the middle of something, or not answered: what was typed is kept in this tab, and stands
// in its fields again when he comes back. Any other page forgets it; so does closing the tab.
(() => {
  "use strict";
  const on = document.addEventListener.bind(document);
  const SHELF = "typed";
  const here = () => location.pathname + location.search;
  const ticked = (field) => field.type === "checkbox" || field.type === "radio";

  function changed(field) {
    if (ticked(field)) return field.checked !== field.defaultChecked;
    if (field.options) return [...field.options].some((option) => option.selected !== option.defaultSelected);
    return "defaultValue" in field && field.value !== field.defaultValue;
  }
  // [form's address, field's name, which of that name, what was typed], for what he may have typed himself.
  function typed(form) {
    const fields = [...form.elements].filter((field) => field.name && !["hidden", "password", "file"].includes(field.type));
    return fields.filter(changed).map((field) => [
      form.getAttribute("action"), field.name, alike(form, field.name).indexOf(field), ticked(field) ? field.checked : field.value,
    ]);
  }
  const alike = (form, name) => [...form.elements].filter((field) => field.name === name);

  function keep(forms) {
    const dialog = document.querySelector("#dialog[open], #dialog[data-covered]")?.dataset.from;
    const fields = forms.filter((form) => form.getAttribute("method") === "post").flatMap(typed);
    shelve({ at: here(), dialog, fields });
  }
  function shelve(kept) {
    try { sessionStorage.setItem(SHELF, JSON.stringify(kept)); } catch { /* nothing is kept, then */ }
  }
  function taken() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(SHELF));
      sessionStorage.removeItem(SHELF);
      return kept;
    } catch { return null; }
  }
  function put(fields) {
    for (const [action, name, which, what] of fields) {
      const form = [...document.forms].find((each) => each.getAttribute("action") === action && alike(each, name)[which]);
      const field = form && alike(form, name)[which];
      if (!field) continue;
      if (ticked(field)) field.checked = what;
      else field.value = what;
      field.dispatchEvent(new Event("input", { bubbles: true })); // so that the draft is kept, and the preview drawn
    }
  }
  function giveBack(kept) {
    if (!kept.dialog) return put(kept.fields);
    on("htmx:after:swap", () => put(kept.fields), { once: true });
    const link = Object.assign(document.createElement("a"), { href: kept.dialog });
    link.dataset.dialog = "";
    document.body.append(link);
    link.click();
    link.remove();
  }

  // On the sign-in page the shelf is left alone, but for a word that he came through here.
  if (document.body.matches(".gate-page")) {
    on("submit", () => {
      const kept = taken();
      if (kept) shelve({ ...kept, back: true });
    });
    return;
  }
  on("htmx:response:error", (event) => {
    if (event.detail.ctx.response.status === 401) keep([...document.forms]);
  });
  on("lock-screen", () => keep([...document.forms]));
  // A plain form finds out by being led to the sign-in page. Only its own fields: signing out keeps nothing.
  on("submit", (event) => {
    if (!event.target.matches("[hx-post]")) keep([event.target]);
  });
  // The server broke, or there was no network: an answer of ours leads on to a page, or refuses.
  const { redirectCount, responseStatus = 200 } = performance.getEntriesByType("navigation")[0] ?? {};
  const unanswered = redirectCount === 0 && responseStatus === 200;
  const kept = taken();
  if (kept && kept.at === here() && (kept.back || unanswered)) addEventListener("load", () => giveBack(kept));
})();
