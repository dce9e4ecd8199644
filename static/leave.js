"use strict";
(() => {
  const link = document.querySelector(".leave");
  const keys = document.getElementById("leave-keys");
  const PRESSES = 3;
  const WITHIN_MS = 1500;
  let times = [];

  // The page goes blank before the network answers, and its place in the history is taken.
  const leave = () => {
    document.body.replaceChildren();
    document.title = "";
    location.replace(link.href);
  };

  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });

  addEventListener("keydown", (event) => {
    if (event.repeat) return;
    const now = event.timeStamp;
    times = event.key === "Shift" ? times.filter((t) => now - t < WITHIN_MS).concat(now) : [];
    if (times.length === PRESSES) leave();
  });

  // A page that the browser kept in memory is asked for again, so that Back shows no old answers.
  addEventListener("pageshow", (event) => event.persisted && location.reload());

  if (keys) keys.hidden = false;

  // A city that was kept here (keep.js) goes when its days are over, even where its worker is gone.
  const now = Date.now();
  const over = ([mark, , from, until]) => mark === "kept" && !(now >= from && now <= until);
  const sweep = (names) => names.forEach((name) => over(name.split(":")) && caches.delete(name));
  if (self.caches) caches.keys().then(sweep, () => {});
})();
