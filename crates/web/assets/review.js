// Keys for whoever decides row after row. Without scripts the buttons do the same.
(() => {
  "use strict";
  const buttons = new Map();
  for (const button of document.querySelectorAll("[data-key]")) buttons.set(button.dataset.key, button);
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.isComposing) return;
    if (event.target.matches("input, textarea, select")) return;
    const button = buttons.get(event.key.toLowerCase());
    if (!button) return;
    event.preventDefault();
    button.click();
  });
})();
