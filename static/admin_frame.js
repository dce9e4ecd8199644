"use strict";
const nameOf = (field) =>
  (field.labels[0]?.textContent ?? field.getAttribute("aria-label") ?? "").replace("*", "").trim();
// A list that is searched while typing: what is drawn in its place says to a screen reader what it is.
// Django draws it when jQuery says that the page is ready, and asked to be told before this does.
window.django?.jQuery?.(() => {
  document.querySelectorAll("select.admin-autocomplete").forEach((list) => {
    const shown = document.getElementById(`select2-${list.id}-container`);
    if (!shown) return;
    const say = () => {
      const chosen = list.selectedOptions[0]?.textContent.trim();
      shown.setAttribute("aria-label", [nameOf(list), chosen].filter(Boolean).join(": "));
    };
    new MutationObserver(say).observe(shown, { childList: true });
    say();
  });
});
// What Unfold's templates name, told to the build of Alpine that evaluates no text as code.
document.addEventListener("alpine:init", () => {
  Alpine.data("theme", () => theme());
  Alpine.data("searchForm", () => searchForm());
  // Nothing here is in tabs: every part of a form is shown.
  Alpine.data("frame", () => ({ activeTab: "general" }));
});
