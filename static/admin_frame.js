"use strict";
// What Unfold's templates name, told to the build of Alpine that evaluates no text as code.
document.addEventListener("alpine:init", () => {
  Alpine.data("theme", () => theme());
  Alpine.data("searchForm", () => searchForm());
  // Nothing here is in tabs: every part of a form is shown.
  Alpine.data("frame", () => ({ activeTab: "general" }));
});
