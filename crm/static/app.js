// Makes pages that already work smoother: toasts, menus, dialogs, busy buttons, focus after a swap,
// trouble shown in place, quiet refresh, theme, copy, and hiding the screen. No page needs it.
(() => {
  "use strict";
  const on = document.addEventListener.bind(document);
  const byId = document.getElementById.bind(document);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const narrow = matchMedia("(max-width: 53.75em)");

  // ----- Toasts: ten seconds, longer while they are looked at -----
  const TOAST_MS = 10_000;
  function timeToast(toast) {
    if (toast.dataset.timed) return;
    toast.dataset.timed = "yes";
    let timer;
    const start = () => { clearTimeout(timer); timer = setTimeout(() => toast.remove(), TOAST_MS); };
    const stop = () => clearTimeout(timer);
    toast.addEventListener("mouseenter", stop);
    toast.addEventListener("mouseleave", start);
    toast.addEventListener("focusin", stop);
    toast.addEventListener("focusout", start);
    start();
  }
  function say(words) {
    const toasts = byId("toasts");
    if (!toasts) return;
    const toast = document.createElement("div");
    toast.className = "toast";
    toast.textContent = words;
    toasts.append(toast);
    timeToast(toast);
  }
  all("[data-toast]").forEach(timeToast);
  on("htmx:after:swap", () => all("[data-toast]").forEach(timeToast));

  // ----- Menus: one at a time; Esc and a click elsewhere close them -----
  const openMenus = () => all("details.menu[open]");
  on("click", (event) => {
    for (const menu of openMenus()) {
      const inside = menu.contains(event.target);
      if (!inside || event.target.closest(".menu-list a, .menu-list button:not([data-theme-choice])")) {
        // Leave time for the click to send its form before the menu goes.
        if (inside) setTimeout(() => { menu.open = false; });
        else menu.open = false;
      }
    }
  });
  on("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of openMenus()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  // ----- Dialogs: the href's own page, shown over this one -----
  // Left by Esc or a click beside it, it still holds what was typed when asked for again. Cancel forgets.
  const dialog = byId("dialog");
  let typedIn;
  dialog?.addEventListener("input", () => { typedIn = dialog.dataset.from; });
  on("click", (event) => {
    const link = event.target.closest("a[data-dialog]");
    if (link && dialog && window.htmx && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      if (typedIn === link.href && !dialog.open) dialog.showModal();
      else openAnew(link.href);
    }
    if (event.target.closest("[data-close]")) { typedIn = ""; event.target.closest("dialog")?.close(); }
    if (event.target.closest("[data-shortcuts]")) { event.preventDefault(); byId("shortcuts")?.showModal(); }
    if (event.target instanceof HTMLDialogElement) event.target.close(); // the backdrop
  });
  function openAnew(href) {
    typedIn = "";
    dialog.dataset.from = href;
    htmx.ajax("GET", href, { target: "#dialog-body", swap: "innerHTML", source: dialog });
  }

  // ----- Busy buttons: a second click sends nothing -----
  function makeBusy(button) {
    button.dataset.words = button.innerHTML;
    button.setAttribute("aria-busy", "true");
    const span = button.querySelector("span") ?? button;
    span.textContent = button.dataset.busy || span.textContent;
  }
  function calm(button) {
    button.innerHTML = button.dataset.words;
    button.removeAttribute("aria-busy");
    delete button.dataset.words;
    button.closest("form")?.removeAttribute("data-sent");
  }
  on("submit", (event) => {
    const form = event.target;
    if (form.getAttribute("method") !== "post" || event.defaultPrevented && !form.matches("[hx-post]")) return;
    if (event.submitter?.formTarget) return; // a preview may be asked for again and again
    if (form.dataset.sent) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    form.dataset.sent = "yes";
    // A plain post that ends in a download leaves this page standing; its form must work again.
    if (!form.matches("[hx-post]")) setTimeout(() => calmAll(form), 8000);
    const button = event.submitter;
    if (button?.dataset.busy) setTimeout(() => makeBusy(button)); // after the form took its values
  }, true);
  const calmAll = (root) => {
    all("[aria-busy][data-words]", root).forEach(calm);
    all("form[data-sent]", root).forEach((form) => form.removeAttribute("data-sent"));
    if (root instanceof HTMLFormElement) root.removeAttribute("data-sent");
  };
  addEventListener("pageshow", () => calmAll(document));
  on("htmx:finally:request", (event) => calmAll(event.target));

  // ----- A draft was kept: said beside the composer, where nobody has to listen to it -----
  on("htmx:finally:request", (event) => {
    const saved = event.target.closest?.("[data-composer]")?.querySelector(".saved");
    if (saved && event.detail?.ctx?.response?.status === 204) saved.textContent = "Draft kept";
  });

  // ----- A page without the region asked for (signed out, or gone) is shown whole -----
  on("htmx:before:swap", (event) => {
    const { ctx, tasks } = event.detail;
    const main = tasks.find((task) => task.type === "main");
    if (!ctx.select || !main || main.fragment.childElementCount || String(ctx.swap).startsWith("none")) return;
    event.preventDefault();
    location.assign(ctx.response.raw.url);
  });

  // ----- After a swap: focus the first wrong field, else what changed -----
  const FIELDS = "[aria-invalid='true'], [data-invalid] input";
  on("htmx:after:swap", (event) => {
    const ctx = event.detail.ctx;
    if (String(ctx.swap).startsWith("none")) return; // a draft was kept, or trouble was said beside the form
    const target = typeof ctx.target === "string" ? document.querySelector(ctx.target) : ctx.target;
    const region = target?.isConnected ? target : document;
    if (region.id === "dialog-body" && dialog && !dialog.open) dialog.showModal();
    if (ctx.response?.status === 422) { region.querySelector(FIELDS)?.focus(); return; }
    if (document.activeElement && document.activeElement !== document.body) return;
    const heading = region.querySelector?.("[data-focus]");
    if (heading) { heading.tabIndex = -1; heading.focus({ preventScroll: true }); }
  });
  document.querySelector(FIELDS)?.focus();

  // ----- Trouble: said in place; what was typed stays -----
  const REASONS = {
    0: "No connection. What you typed is kept here.",
    400: "That page was open for a long time. Reload it, then send again. What you typed is kept here.",
    401: "You were signed out. Sign in again in another tab, then send this.",
    403: "Your account doesn’t allow this.",
    404: "This isn’t there any more. Reload to see how it is now.",
    413: "That is too long. Shorten it and send it again.",
    429: "Too many requests at once. Wait a minute, then try again.",
    500: "Something broke on our side. Nothing was sent, and what you typed is kept here.",
  };
  function trouble(source, status) {
    const pattern = byId("trouble");
    if (!pattern || source.closest?.("[data-refresh]") === source) return;
    const notice = pattern.content.firstElementChild.cloneNode(true);
    notice.classList.add("trouble", "mt2");
    notice.querySelector("[data-words]").textContent = REASONS[status] ?? REASONS[status >= 500 ? 500 : 404];
    const again = notice.querySelector("[data-again]");
    again.addEventListener("click", () => {
      notice.remove();
      if (source instanceof HTMLFormElement) source.requestSubmit();
      else if (source.matches("textarea, input, select")) htmx.trigger(source, "input");
      else source.click();
    });
    clearTrouble(source);
    // Not .after(): a form whose field is named "after" answers with that field.
    (source.closest("form") ?? source).insertAdjacentElement("afterend", notice);
  }
  function clearTrouble(source) {
    const home = source.closest?.("form") ?? source;
    home.parentNode?.querySelectorAll(":scope > .trouble").forEach((old) => old.remove());
  }
  on("htmx:before:request", (event) => clearTrouble(event.target));
  on("htmx:response:error", (event) => {
    const ctx = event.detail.ctx;
    if ([409, 422].includes(ctx.response.status)) return;
    trouble(ctx.sourceElement, ctx.response.status);
  });
  on("htmx:error", (event) => {
    if (event.detail.ctx) trouble(event.detail.ctx.sourceElement, 0);
  });

  // ----- Quiet refresh: each minute, in sight, never under a hand -----
  function refresh(region) {
    const writing = all("[data-composer] textarea").some((area) => area.value.trim());
    const choosing = region.querySelector("input[type=checkbox]:checked");
    if (document.hidden || writing || choosing || openMenus().length) return;
    // Under his hand nothing moves: a place for news inside the region says that there is some.
    const place = region.contains(document.activeElement) ? region.querySelector("[data-news]") : region;
    place?.dispatchEvent(new CustomEvent("refresh"));
  }
  all("[data-refresh]").forEach((first) => {
    const { id, dataset } = first;
    setInterval(() => { const region = byId(id); if (region) refresh(region); }, dataset.refresh * 1000);
  });

  // ----- Small conveniences -----
  on("change", (event) => {
    const form = event.target.closest("form[data-at-once]");
    if (form) form.requestSubmit();
  });
  on("click", async (event) => {
    const copier = event.target.closest("[data-copy]");
    if (copier) {
      const text = document.querySelector(copier.dataset.copy)?.textContent ?? "";
      try { await navigator.clipboard.writeText(text.trim()); say("Copied."); }
      catch { say("The browser didn’t allow copying. Select the text and copy it by hand."); }
    }
    const theme = event.target.closest("[data-theme-choice]")?.dataset.themeChoice;
    if (theme !== undefined) chooseTheme(theme);
    // On a phone a row opens the person's page; there is no panel beside it.
    const row = event.target.closest("[data-row][data-open]");
    if (row && narrow.matches && !event.ctrlKey && !event.metaKey) { event.preventDefault(); event.stopPropagation(); location.assign(row.dataset.open); }
    if (event.target.closest("[data-hide-screen]")) hide();
  }, true);
  function showTheme() {
    const chosen = document.documentElement.dataset.theme ?? "";
    all("[data-theme-choice]").forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.themeChoice === chosen)));
  }
  function chooseTheme(theme) {
    if (theme) document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
    try { theme ? localStorage.setItem("theme", theme) : localStorage.removeItem("theme"); } catch { /* for this page only, then */ }
    showTheme();
  }
  showTheme();
  on("keydown", (event) => {
    const form = event.target.closest?.("[data-composer], #dialog form");
    if (!form) return;
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) { event.preventDefault(); form.requestSubmit(form.querySelector("[type=submit].go")); }
    if (event.key === "Escape" && form.matches("[data-composer]")) event.target.blur(); // the draft stays
  });
  // Who came here to write can write; not where he is first to choose a template. After the browser has gone
  // to the place in the address, which takes the focus away.
  const asked = new URLSearchParams(location.search);
  if (location.hash === "#now" && asked.has("compose") && !asked.has("pick")) {
    addEventListener("load", () => setTimeout(() => byId("words")?.focus()));
  }

  // ----- Hiding the screen: the window and the clock -----
  const LOCK_AFTER_MS = 10 * 60_000;
  let veil, hiddenAt, quiet, locks;
  function hide() {
    const pattern = byId("veil");
    if (veil || !pattern) return;
    all("dialog[open]").forEach((open) => { open.dataset.covered = ""; open.close(); });
    veil = pattern.content.firstElementChild.cloneNode(true);
    hiddenAt = Date.now();
    locks = setTimeout(lock, LOCK_AFTER_MS);
    const tick = () => { if (veil) { veil.querySelector(".clock").textContent = new Date().toLocaleTimeString([], { hour: "numeric", minute: "2-digit" }).toLowerCase(); setTimeout(tick, 5000); } };
    [...document.body.children].forEach((child) => { child.inert = true; });
    document.body.append(veil);
    document.title = document.title.replace(/^.* · /, "");
    tick();
    veil.focus();
    // Later, so that the key which hid the screen does not show it again.
    setTimeout(() => ["keydown", "pointerdown"].forEach((kind) => addEventListener(kind, reveal, { capture: true })), 200);
  }
  function reveal(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
    ["keydown", "pointerdown"].forEach((kind) => removeEventListener(kind, reveal, { capture: true }));
    if (Date.now() - hiddenAt >= LOCK_AFTER_MS) { lock(); return; } // the machine slept, and its timers with it
    clearTimeout(locks);
    veil.remove();
    veil = undefined;
    [...document.body.children].forEach((child) => { child.inert = false; });
    all("dialog[data-covered]").forEach((covered) => { delete covered.dataset.covered; covered.showModal(); });
    wait();
  }
  // Signed out, and back to this page after the password: nothing of it stays in the window meanwhile.
  function lock() {
    if (!veil) return;
    clearTimeout(locks);
    document.dispatchEvent(new CustomEvent("lock-screen"));
    const token = JSON.parse(document.body.getAttribute("hx-headers:inherited"))["X-CSRFToken"];
    const form = Object.assign(document.createElement("form"), { method: "post", action: "/lock" });
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "csrf_token", value: token }));
    document.body.append(form);
    form.submit();
  }
  function wait() {
    const seconds = Number(document.body.dataset.hideAfter);
    clearTimeout(quiet);
    if (seconds) quiet = setTimeout(hide, seconds * 1000);
  }
  ["keydown", "pointermove", "pointerdown", "scroll"].forEach((kind) => addEventListener(kind, wait, { passive: true }));
  on("hide-screen", hide);
  wait();
})();
