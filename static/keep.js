"use strict";
// Keeps a city on this device, says how old it is, and forgets it. Nothing is stored before the button
// is pressed. How a cache is named and what FACTS holds, referrals/offline/worker.js says too.
(() => {
  const box = document.getElementById("keep");
  if (!box || !navigator.serviceWorker || !self.caches) return;

  const FACTS = "/offline.json";
  const DAY = 24 * 60 * 60 * 1000;
  const SLACK = 10 * 60 * 1000;
  const AT_ONCE = 4;
  const PATIENCE = 30000;
  const WORKER = { scope: "/", updateViaCache: "none" };
  const PLAIN = ["Content-Encoding", "Content-Length", "Transfer-Encoding", "Connection"];

  const { city, list, fingerprint } = box.dataset;
  const language = document.documentElement.lang;
  const hasLine = !document.body.classList.contains("kept");
  const part = (name) => box.querySelector(`[data-${name}]`);
  const [keepButton, forgetButton] = [part("keep"), part("forget")];

  const all = async () => (await caches.keys()).filter((name) => name.startsWith("kept:"));
  const mine = async () => (await all()).filter((name) => name.split(":")[1] === city);
  const dropped = (names) => Promise.all(names.map((name) => caches.delete(name)));

  const say = (name) => {
    for (const one of box.querySelectorAll("[data-said] > *")) one.hidden = one.dataset.says !== name;
  };

  // As somebody whom the site does not know: no cookie goes along, so no answer and nobody's rights.
  const fetched = async (address) => {
    const answer = await fetch(address, {
      credentials: "omit",
      headers: { "Accept-Language": language, Purpose: "prefetch" },
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (!answer.ok || answer.redirected) throw new Error(address);
    const headers = new Headers(answer.headers);
    PLAIN.forEach((name) => headers.delete(name));
    return new Response(await answer.blob(), { headers });
  };

  const fetchedAll = async (addresses) => {
    const bar = part("progress");
    const found = [];
    const waiting = [...addresses];
    bar.max = addresses.length;
    bar.hidden = false;
    const some = async () => {
      for (let address = waiting.shift(); address; address = waiting.shift()) {
        found.push([address, await fetched(address)]);
        bar.value = found.length;
      }
    };
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, some));
    } finally {
      bar.hidden = true;
    }
    return found;
  };

  const withoutWorker = async () => {
    if ((await all()).length) return;
    for (const one of await navigator.serviceWorker.getRegistrations()) await one.unregister();
  };

  const forget = async () => {
    await dropped(await mine());
    await withoutWorker();
  };

  // Everything is fetched before anything is stored, and stored before the worker looks for it.
  const keep = async () => {
    const before = await mine();
    const facts = await (await fetched(list)).json();
    const found = await fetchedAll([...facts.pages, ...facts.parts]);
    const clock = Date.now();
    const name = `kept:${city}:${clock - SLACK}:${clock + facts.days * DAY}`;
    try {
      const cache = await caches.open(name);
      await cache.put(FACTS, new Response(JSON.stringify({ ...facts, clock })));
      await Promise.all(found.map(([address, answer]) => cache.put(address, answer)));
      await navigator.serviceWorker.register("/offline.js", WORKER);
      await navigator.serviceWorker.ready;
    } catch (error) {
      await dropped([name]);
      await withoutWorker();
      throw error;
    }
    await dropped(before.filter((other) => other !== name));
  };

  const show = async () => {
    const [name] = (await mine()).reverse();
    const answer = name && (await (await caches.open(name)).match(FACTS));
    const facts = answer && (await answer.json());
    part("none").hidden = Boolean(facts);
    part("some").hidden = !facts;
    part("keep-first").hidden = Boolean(facts);
    part("keep-anew").hidden = !facts;
    part("changed").hidden = !facts || !hasLine || facts.fingerprint === fingerprint;
    keepButton.hidden = !hasLine;
    if (!facts) return;
    const days = Math.floor((Date.now() - facts.clock) / DAY);
    part("since").textContent = facts.since;
    part("until").textContent = facts.until;
    part("age").textContent = new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(-days, "day");
    // What a browser dropped by itself comes back: without its worker nothing kept could be shown.
    if (hasLine) await navigator.serviceWorker.register("/offline.js", WORKER);
  };

  const act = (button, doing, work, done) =>
    button.addEventListener("click", async () => {
      keepButton.disabled = forgetButton.disabled = true;
      say(doing);
      try {
        await work();
        say(done);
      } catch {
        say("failed");
      }
      keepButton.disabled = forgetButton.disabled = false;
      button.focus();
      await show();
    });

  act(keepButton, "keeping", keep, "kept");
  act(forgetButton, "", forget, "forgotten");
  show().then(
    () => {
      part("without").hidden = true;
      part("with").hidden = false;
    },
    // Some private windows know the words and refuse the deed: the page stays as it was.
    () => {},
  );
})();
