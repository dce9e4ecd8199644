"use strict";
// The worker of a city that somebody keeps on this device (static/keep.js puts it there).
//
// Each city is a cache whose name says until when it may be shown: kept:<city>:<from>:<until>, in
// milliseconds of this device's clock. With a line every page comes from the server; the worker
// steps in when it does not come. It puts nothing into a cache but the hour it was last awake.

const FACTS = "/offline.json";
const SEEN = "/offline-seen.json";
const DAY = 24 * 60 * 60 * 1000;
const HOUR = DAY / 24;
// As far as a clock may be put right without being taken for one that was turned back.
const SLACK = HOUR / 6;
// How long a line may be silent before what is kept is shown, or, where nothing is, said so.
const PATIENCE = 6000;
const MORE_PATIENCE = 20000;
const PARTS = ["style", "script", "image"];

const whole = { ignoreVary: true };

const inTime = (name) => {
  const [mark, , from, until] = name.split(":");
  return mark === "kept" && Date.now() >= Number(from) && Date.now() <= Number(until);
};

const ours = async () => (await caches.keys()).filter((name) => name.startsWith("kept:"));

// A clock that goes back cannot say when the days are over.
const clockWentOn = async (cache) => {
  const last = await cache.match(SEEN);
  const seen = last ? Number(await last.text()) : 0;
  const now = Date.now();
  if (now < seen - SLACK) return false;
  if (now > seen + HOUR) await cache.put(SEEN, new Response(String(now)));
  return true;
};

// The names of what may still be shown. Whatever may not is deleted, and with the last of it this worker.
const kept = async () => {
  const found = [];
  for (const name of await ours()) {
    const good = inTime(name) && (await clockWentOn(await caches.open(name)));
    if (good) found.push(name);
    else await caches.delete(name);
  }
  if (!found.length) await registration.unregister();
  return found.reverse();
};

const forget = async () => {
  await Promise.all((await ours()).map((name) => caches.delete(name)));
  await registration.unregister();
};

const factsOf = async (name) => (await (await caches.open(name)).match(FACTS)).json();

// The server's clock, heard whenever there is a line, ends what this device's own did not.
const forgetByServer = async (names, answer) => {
  const date = Date.parse(answer.headers.get("Date"));
  for (const name of date ? names : []) {
    const { served, days } = await factsOf(name);
    if (date > served + days * DAY) await caches.delete(name);
  }
  await kept();
};

const within = (milliseconds, promise) =>
  Promise.race([
    promise,
    new Promise((_, refuse) => setTimeout(() => refuse(new Error("silent")), milliseconds)),
  ]);

// Pages are kept in one language: an address that asks for another gets the one that is there.
const plain = (url) => {
  const address = new URL(url);
  address.searchParams.delete("lang");
  return address.pathname + address.search;
};

const find = async (names, address) => {
  for (const name of names) {
    const copy = await (await caches.open(name)).match(address, whole);
    if (copy) return { name, copy };
  }
  return null;
};

// A kept page says above everything else how old it is, and its class hides what is true for a moment only.
const shown = async ({ name, copy }, status) => {
  const { bar, clock } = await factsOf(name);
  const html = await copy.text();
  const language = copy.headers.get("Content-Language") || "en";
  const days = Math.floor((Date.now() - clock) / DAY);
  const age = new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(-days, "day");
  const page = html
    .replace('<body class="', () => '<body class="kept ')
    .replace("</header>", () => `</header>\n${bar.replace("{age}", age)}`);
  return new Response(page, { status, headers: copy.headers });
};

const withoutLine = async (names, url) => {
  const own = names.filter((name) => name.split(":")[1] === url.pathname.split("/")[1]);
  const [name] = [...own, ...names];
  const { no_line: address } = await factsOf(name);
  return shown(await find([name], address), 503);
};

const page = async (event, url) => {
  // Storage that fails must not stand between a reader and the line.
  const names = await kept().catch(() => []);
  const asked = fetch(event.request);
  const found = names.length && (await find(names, plain(url)).catch(() => null));
  if (!names.length) return asked;
  try {
    const answer = await within(found ? PATIENCE : MORE_PATIENCE, asked);
    event.waitUntil(forgetByServer(names, answer));
    return answer;
  } catch {
    return found ? shown(found, 200) : withoutLine(names, url);
  }
};

// A form is never sent by the worker: it answers only where the device itself says that there is no line.
const form = async (url) => {
  const names = await kept();
  return names.length ? withoutLine(names, url) : Response.error();
};

// Names of parts change with what is in them, so a kept one is the right one.
const part = async (request) => {
  const names = await ours().catch(() => []);
  const found = await find(names.filter(inTime), plain(request.url)).catch(() => null);
  return found ? found.copy : fetch(request);
};

// With a line the browser opens the way out itself; without one it leads to the other site all the same.
const leave = async () => {
  const [name] = await ours();
  const elsewhere = name && (await factsOf(name)).leave;
  await forget();
  return elsewhere ? Response.redirect(elsewhere) : Response.error();
};

const navigation = (event, url) => {
  const without = navigator.onLine === false;
  if (url.pathname === "/leave/") {
    if (without) event.respondWith(leave());
    else event.waitUntil(forget());
  } else if (event.request.method === "GET") {
    event.respondWith(page(event, url));
  } else if (without) {
    event.respondWith(form(url));
  }
};

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim().then(kept)));
addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.mode === "navigate") navigation(event, url);
  else if (request.method === "GET" && PARTS.includes(request.destination)) event.respondWith(part(request));
});
