// Inside the iframe: tells the page around it how tall the form is. Nothing typed leaves the frame.
(() => {
  "use strict";
  if (window.parent === window) return;
  const tell = (message) => window.parent.postMessage(message, "*"); // a height is no secret
  new ResizeObserver(() => tell({ formHeight: document.body.offsetHeight })).observe(document.body);
  // An answer to what was sent: the page around goes to the first thing to put right, else to the top.
  if (!("answer" in document.body.dataset)) return;
  const wrong = document.querySelector("[aria-invalid='true'], [data-invalid]");
  wrong?.focus({ preventScroll: true });
  tell({ formMoved: wrong ? wrong.getBoundingClientRect().top : 0 });
})();
