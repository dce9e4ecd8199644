// A fold that the address points into, or whose title it names, is opened.
"use strict";

function openNamedFold() {
  const named = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const fold = named && named.closest("details");
  if (fold && !fold.open) {
    fold.open = true;
    named.scrollIntoView();
  }
}

addEventListener("hashchange", openNamedFold);
openNamedFold();
