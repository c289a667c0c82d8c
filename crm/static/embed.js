// The practice's website loads this one file where the form should stand:
//   <script src="https://YOUR-CRM/static/embed.js" data-button="article-end" async></script>
// data-theme="dark" suits a dark page, data-theme="auto" one that follows the visitor.
// It makes an iframe of the form, keeps it as tall as its content, and says which page and which
// button it was, which site led to that page and with which utm words. It keeps nothing in the browser, reads
// nothing else, and talks only to the form's own origin.
(() => {
  "use strict";
  const script = document.currentScript;
  const origin = new URL(script.src).origin;
  const form = script.dataset.form; // which one, where it is not the first
  const address = new URL(form ? `/f/${encodeURIComponent(form)}` : "/consultation", origin);
  address.searchParams.set("embed", script.dataset.theme || "light"); // the site's look, not the visitor's
  address.searchParams.set("page", location.origin + location.pathname); // never the query: it may hold a name
  address.searchParams.set("article", script.dataset.article || document.title);
  if (script.dataset.button) address.searchParams.set("button", script.dataset.button);
  for (const word of ["source", "medium", "campaign", "term", "content"]) {
    const said = new URLSearchParams(location.search).get(`utm_${word}`); // of the query these five, and no other
    if (said) address.searchParams.set(`utm_${word}`, said.slice(0, 80));
  }
  const before = document.referrer && new URL(document.referrer).host; // never more of it than its host
  if (before && before !== location.host) address.searchParams.set("referrer", before);

  const frame = document.createElement("iframe");
  frame.src = address.href;
  frame.title = script.dataset.title || "Schedule a call";
  frame.width = "100%";
  frame.height = script.dataset.height || "900"; // until it reports its own
  frame.setAttribute("frameborder", "0");
  frame.setAttribute("loading", "lazy");
  script.after(frame);

  addEventListener("message", (event) => {
    if (event.origin !== origin || event.source !== frame.contentWindow) return;
    const height = Number(event.data?.formHeight);
    if (height > 0 && height < 10000) frame.height = String(Math.ceil(height));
    const moved = event.data?.formMoved;
    if (!Number.isFinite(moved)) return;
    frame.style.scrollMarginTop = `${120 - Math.max(120, moved)}px`;
    frame.scrollIntoView({ block: "start" });
  });
})();
