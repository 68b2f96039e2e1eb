// What sharpens the pages; every one of them works without it.
"use strict";

// Keeping the scroll place when a form comes back to the same page.
(() => {
  const key = "hub-scroll " + location.pathname;
  const kept = sessionStorage.getItem(key);
  sessionStorage.removeItem(key);
  if (kept !== null && !location.hash) scrollTo(0, Number(kept));
  addEventListener("submit", (event) => {
    if (event.target.hasAttribute("data-keep-place")) sessionStorage.setItem(key, String(scrollY));
  });
})();

// A form is sent once, however often its button is pressed.
addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});
