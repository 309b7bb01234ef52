// Keeps one thing on the device: the bare report form and what draws it, for when there is no signal.
const CACHE = "report-form";
const FORM = "/report/offline/";

async function keep() {
  const page = await fetch(FORM, { credentials: "omit" });
  if (!page.ok) throw new Error(`the form answered ${page.status}`);
  const words = await page.clone().text();
  const files = [...words.matchAll(/(?:src|href)="(\/static\/[^"]+)"/g)].map((found) => found[1]);
  const cache = await caches.open(CACHE);
  await Promise.all([...new Set(files)].map((file) => cache.add(file)));
  await cache.put(FORM, page);
}

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(keep());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  const isForm = request.mode === "navigate" && url.pathname === "/report/";
  if (isForm) {
    // Each visit with signal brings the copy up to date.
    const online = fetch(request).then((answer) => {
      event.waitUntil(keep().catch(() => undefined));
      return answer;
    });
    event.respondWith(online.catch(() => caches.match(FORM)));
  } else if (url.pathname.startsWith("/static/")) {
    event.respondWith(fetch(request).catch(() => caches.match(request)));
  }
});
