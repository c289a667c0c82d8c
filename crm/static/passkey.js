// Passkeys: asks the browser for one and puts its answer into the form the button stands in.
// Everything here can also be done with a password.
(() => {
  "use strict";
  if (window.passkeysAreReady) return; // a swapped fragment brings this file along again
  window.passkeysAreReady = true;

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const words = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  const REFUSED = {
    InvalidStateError: "This device has a passkey for you already.",
    NotAllowedError: "Nothing was done. Try again when you are ready.",
    SecurityError: "Passkeys work at the practice’s own address only.",
  };

  function show(root = document) {
    if (!window.PublicKeyCredential) return;
    for (const button of root.querySelectorAll("[data-passkey][hidden]")) button.hidden = false;
  }

  async function options(button) {
    const token = button.form.elements.csrf_token.value;
    const answer = await fetch(button.dataset.options, { method: "POST", headers: { "X-CSRFToken": token } });
    if (answer.status === 429) throw new Error("Too many tries. Wait five minutes, then try again.");
    if (!answer.ok) throw new Error("This page was open for too long. Reload it, then try again.");
    return answer.json();
  }

  function asBytes(asked) {
    asked.challenge = bytes(asked.challenge);
    if (asked.user) asked.user.id = bytes(asked.user.id);
    for (const each of asked.excludeCredentials ?? asked.allowCredentials ?? []) each.id = bytes(each.id);
    return asked;
  }

  function asText(made) {
    const said = made.response;
    const response = { clientDataJSON: words(said.clientDataJSON) };
    if (said.attestationObject) response.attestationObject = words(said.attestationObject);
    if (said.authenticatorData) response.authenticatorData = words(said.authenticatorData);
    if (said.signature) response.signature = words(said.signature);
    if (said.userHandle) response.userHandle = words(said.userHandle);
    return JSON.stringify({
      id: made.id, rawId: words(made.rawId), type: made.type, response,
      clientExtensionResults: made.getClientExtensionResults(),
    });
  }

  async function ask(button) {
    const trouble = button.form.querySelector("[data-passkey-trouble]");
    trouble.hidden = true;
    button.setAttribute("aria-busy", "true");
    try {
      const publicKey = asBytes(await options(button));
      const made = await navigator.credentials[button.dataset.passkey]({ publicKey });
      button.form.elements[button.dataset.field].value = asText(made);
      button.form.submit();
    } catch (error) {
      trouble.textContent = REFUSED[error.name] ?? (error.name === "Error" ? error.message : "That didn’t work. Try again.");
      trouble.hidden = false;
      button.removeAttribute("aria-busy");
    }
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-passkey]");
    if (button && !button.hasAttribute("aria-busy")) ask(button);
  });
  document.addEventListener("htmx:after:swap", () => show());
  addEventListener("pageshow", () => {
    for (const button of document.querySelectorAll("[data-passkey][aria-busy]")) button.removeAttribute("aria-busy");
  });
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => show());
  else show();
})();
