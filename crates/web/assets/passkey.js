// Asks the browser for a passkey and sends what it answers with the form around the button.
(() => {
  "use strict";
  const fromBase64Url = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const toBase64Url = (bytes) =>
    btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const ids = (list) => (list ?? []).map((one) => ({ ...one, id: fromBase64Url(one.id) }));

  const ask = async (kind, options) => {
    const publicKey = { ...options, challenge: fromBase64Url(options.challenge) };
    if (kind === "get") {
      publicKey.allowCredentials = ids(options.allowCredentials);
      return navigator.credentials.get({ publicKey });
    }
    publicKey.user = { ...options.user, id: fromBase64Url(options.user.id) };
    publicKey.excludeCredentials = ids(options.excludeCredentials);
    return navigator.credentials.create({ publicKey });
  };

  const say = ({ id, type, response }) => {
    const told = { id, rawId: id, type, response: { clientDataJSON: toBase64Url(response.clientDataJSON) } };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (response[name]) told.response[name] = toBase64Url(response[name]);
    }
    return JSON.stringify(told);
  };

  for (const form of document.querySelectorAll("[data-passkey]")) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const error = form.querySelector("[data-passkey-error]");
      error.hidden = true;
      try {
        form.elements.answer.value = say(await ask(form.dataset.passkey, JSON.parse(form.dataset.options).publicKey));
        form.submit();
      } catch {
        error.textContent = form.dataset.failed;
        error.hidden = false;
      }
    });
  }
})();
