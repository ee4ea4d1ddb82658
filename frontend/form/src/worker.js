// Lets the page open without network, and sends what waits when the network comes back, page open or not.
// In front of this script the node writes `self.EVERYCOUNT = {digest, files}`.

import { sendAll } from "./sending.js";

const { digest, files } = self.EVERYCOUNT;
const CACHE = `everycount-form ${digest}`;

self.addEventListener("install", (event) => {
  // Built files are named after their content, so what the page has just fetched is good; the rest is asked anew.
  const asked = files.map((each) => new Request(each, { cache: each.includes("/assets/") ? "default" : "reload" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(asked)));
});

// A new worker waits until no page of the old one is open; only then are the old files let go.
self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) {
        if (name.startsWith("everycount-form ") && name !== CACHE) await caches.delete(name);
      }
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  if (method !== "GET" || new URL(url).origin !== location.origin) return;
  const page = new URL("./", location.href).pathname;
  const path = new URL(url).pathname;
  if (event.request.mode === "navigate" ? path === page : files.includes(path)) {
    event.respondWith(
      caches.open(CACHE).then(async (cache) => (await cache.match(path)) ?? fetch(event.request)),
    );
  }
});

self.addEventListener("sync", (event) => {
  if (event.tag === "send") {
    event.waitUntil(
      sendAll().then((how) => {
        if (how === "unreached") throw new Error("unreached"); // the browser then tries again by itself
      }),
    );
  }
});
