// The email editor: tints the {blanks} behind the textarea and lets buttons insert characters.
(() => {
  "use strict";
  let drawn = 0; // previews so far
  for (const editor of document.querySelectorAll("[data-editor]")) prepare(editor);
  for (const button of document.querySelectorAll("[data-preview]")) keepShowing(button);
  // A letter's frame is as long as the letter. Nothing in it can run; we may only measure it.
  document.addEventListener("load", (event) => {
    if (event.target.matches?.("iframe[data-fit]")) fit(event.target);
  }, true);
  const fitAll = () => document.querySelectorAll("iframe[data-fit]").forEach(fit);
  document.addEventListener("htmx:after:swap", fitAll);
  fitAll();

  function prepare(editor) {
    const area = editor.querySelector("textarea");
    const back = editor.querySelector(".write-back");
    const known = new Set((editor.dataset.blanks ?? "").split("|"));
    const draw = () => tint(back, area.value, known);
    area.addEventListener("input", () => { draw(); forgive(area); });
    document.addEventListener("click", (event) => {
      const button = event.target.closest("[data-insert], [data-wrap]");
      if (!button || (button.closest("[data-editor]") ?? editor) !== editor) return;
      const chosen = area.value.slice(area.selectionStart, area.selectionEnd);
      const mark = button.dataset.wrap;
      insert(area, mark ? mark + chosen + mark : button.dataset.insert, mark && !chosen ? mark.length : 0);
    });
    draw();
    back.classList.add("on");
  }
  // The preview is the button's own form, sent into the frame it names. Pressing it needs no script;
  // with one it presses itself 400 ms after the last change.
  function keepShowing(button) {
    let timer;
    const later = (event) => {
      if (event.target === button || event.target.form !== button.form) return;
      clearTimeout(timer);
      timer = setTimeout(() => show(button), 400);
    };
    document.addEventListener("input", later); // a field may belong to the form and stand elsewhere
    document.addEventListener("change", later);
    // Where a button changes what is to be shown, its answer is swapped in.
    if (button.dataset.preview === "swaps") document.addEventListener("htmx:after:swap", () => show(button));
    show(button);
  }
  // Each time into a new frame under a new name: going back would otherwise walk through every
  // preview ever drawn, and browsers remember a frame by the name it first had.
  function show(button) {
    const old = document.querySelector(`iframe[name="${CSS.escape(button.formTarget)}"]`);
    const fresh = old.cloneNode();
    fresh.removeAttribute("src");
    fresh.classList.add("coming");
    fresh.name = button.formTarget = `preview-${drawn += 1}`;
    const before = [...old.parentNode.querySelectorAll("iframe")];
    old.insertAdjacentElement("afterend", fresh);
    fresh.addEventListener("load", () => {
      before.forEach((frame) => frame.remove());
      fresh.classList.remove("coming");
    }, { once: true });
    button.form.requestSubmit(button);
  }
  // What was wrong may be right now; the checks beside the preview know.
  function forgive(area) {
    area.removeAttribute("aria-invalid");
    document.getElementById(`${area.id}-error`)?.remove();
  }
  function fit(frame) {
    const letter = frame.contentDocument?.documentElement;
    if (!letter?.querySelector("body")?.firstElementChild) return;
    frame.style.height = "0";
    frame.style.height = `${letter.scrollHeight}px`;
  }
  function insert(area, text, stepBack) {
    area.focus();
    area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
    if (stepBack) area.setSelectionRange(area.selectionEnd - stepBack, area.selectionEnd - stepBack);
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
  // Built from text nodes, so what is typed can never become markup.
  function tint(back, text, known) {
    const parts = text.split(/(\{[^{}\n]*\})/);
    back.replaceChildren(...parts.map((part, at) => {
      if (at % 2 === 0) return document.createTextNode(part);
      const mark = document.createElement("mark");
      mark.textContent = part;
      const name = part.slice(1, -1).trim();
      if (!known.has(name) && !/^button\s/.test(name)) mark.className = "unknown";
      return mark;
    }), document.createTextNode("\n"));
  }
})();
