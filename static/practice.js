"use strict";
// Which cases were done on this device. Nothing is sent; Leave now forgets this too.
(() => {
  const KEY = "practice-done";

  const read = () => {
    try {
      const kept = JSON.parse(localStorage.getItem(KEY));
      return Array.isArray(kept) ? kept : [];
    } catch {
      return [];
    }
  };

  const write = (done) => {
    try {
      localStorage.setItem(KEY, JSON.stringify(done));
    } catch {
      // A browser that keeps nothing shows no marks.
    }
  };

  const now = document.getElementById("practice-done");
  if (now && !read().includes(now.dataset.case)) write([...read(), now.dataset.case]);

  const progress = document.getElementById("practice-progress");
  if (!progress) return;

  const show = () => {
    const done = read();
    for (const mark of document.querySelectorAll(".done")) mark.hidden = !done.includes(mark.dataset.case);
    progress.hidden = done.length === 0;
  };

  document.getElementById("practice-forget").addEventListener("click", () => {
    try {
      localStorage.removeItem(KEY);
    } catch {
      // There was nothing to forget.
    }
    show();
    const said = document.getElementById("practice-forgotten");
    said.textContent = document.getElementById("practice-forgotten-text").content.textContent;
    said.focus();
  });

  show();
})();
