// What a script adds; every page works without it.
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");

  // Copy a value; the button says that it is done, and screen readers hear it.
  const live = document.createElement("p");
  live.className = "visually-hidden";
  live.setAttribute("role", "status");
  document.body.append(live);
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.addEventListener("click", async () => {
      const value = document.getElementById(button.dataset.copy);
      const words = button.querySelector("span");
      try {
        await navigator.clipboard.writeText(value.textContent.trim());
      } catch {
        getSelection().selectAllChildren(value);
        return;
      }
      const before = words.textContent;
      words.textContent = live.textContent = button.dataset.done;
      setTimeout(() => {
        words.textContent = before;
        live.textContent = "";
      }, 2500);
    });
  }

  for (const button of document.querySelectorAll("[data-print]")) {
    button.addEventListener("click", () => print());
  }

  // Numbers are pasted with spaces and dots, dates without strokes.
  const tidy = {
    digits: (text) => text.replace(/[\s.\-]/g, ""),
    date: (text) => {
      const plain = text.trim().replace(/[\s.\-]+/g, "/");
      const digits = plain.match(/^(\d{2})(\d{2})(\d{4})$/);
      return digits ? digits.slice(1).join("/") : plain;
    },
  };
  for (const input of document.querySelectorAll("[data-tidy]")) {
    input.addEventListener("change", () => {
      input.value = tidy[input.dataset.tidy](input.value);
    });
  }

  // A form is sent once. The button pressed stays enabled until the browser has read its value.
  for (const form of document.querySelectorAll("form[data-once]")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) {
        event.preventDefault();
        return;
      }
      form.dataset.sent = "1";
      if (event.submitter) event.submitter.setAttribute("aria-busy", "true");
    });
  }
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    for (const button of document.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  });

  // What is new on the page is read first: errors before the result.
  const fresh = [...document.querySelectorAll("[data-focus]")].filter((e) => !e.closest("[data-still]"));
  const target = fresh.find((e) => e.matches(".error-summary")) || fresh[0];
  // Once the page is whole: before that the browser takes the focus to what the address names.
  addEventListener("load", () => {
    if (target) target.focus({ preventScroll: target.getBoundingClientRect().top < innerHeight / 2 });
  });

  // What goes on by itself is read anew until it is over.
  const follow = () => {
    const part = document.querySelector("[data-live]");
    const pause = Number(part?.dataset.live);
    if (!pause) return;
    setTimeout(async () => {
      try {
        const answer = await fetch(location.pathname, { headers: { accept: "text/html" } });
        if (!answer.ok || answer.redirected) return;
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const next = page.querySelector("[data-live]");
        // Once it is over there is more on the page than what was followed.
        if (!Number(next?.dataset.live)) return location.replace(location.pathname);
        part.replaceWith(next);
      } catch {
        // No answer: asked again.
      }
      follow();
    }, pause);
  };
  follow();

  // How many fields are ticked.
  for (const details of document.querySelectorAll("details.more")) {
    const count = details.querySelector(".count");
    details.addEventListener("change", () => {
      count.textContent = details.querySelectorAll("input:checked").length || count.dataset.none;
    });
  }
})();
