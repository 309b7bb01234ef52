/*
 * What a device keeps for when there is no signal. Three things, apart from each other:
 *
 * - "shell": pages that are the same for everybody (the report form, the list of what waits) and what draws them;
 * - "pages:<account>": pages that somebody has read, each with the time it was kept, for that account alone;
 * - "map" and "seen": tiles, styles, letters and symbols that the public gets as well, those that somebody asked to
 *   keep and those that a map has shown; neither grows beyond a number or keeps anything beyond an age.
 *
 * What there is signal for always comes from the server. Whoever signs out, or signs in as somebody else, leaves no
 * page behind: the page's own account decides (`data-account`), not what this script believes.
 */
const SHELL = "shell-2";
const MAP = "map-1";
const SEEN = "seen-1";
const WHO = "who";
const PAGES = "pages:";
const OFFLINE = "/offline/";
const FORM = "/report/offline/";
const SAME_FOR_ALL = [OFFLINE, FORM, "/outbox/", "/patrols/offline/"];
const MOST_PAGES = 80;
const SHELL_AGE_MS = 6 * 3600 * 1000;
const DAY_MS = 24 * 3600 * 1000;
const MOST_TILES = 3000;
const MAP_DAYS = 180;
const MOST_SEEN = 1500;
const SEEN_DAYS = 30;
// Counting takes as long as there are tiles: not at every one.
const BETWEEN_TRIMS = 100;
let keptSinceTrim = BETWEEN_TRIMS;

// Pages worth having at a river bank. Nothing with a secret in its address, no administration, no form of others.
const KEPT_PAGES = [
  /^\/$/,
  /^\/map\/$/,
  /^\/work\/$/,
  /^\/notices\/$/,
  /^\/patrols\/(\d+\/)?$/,
  /^\/patrols\/new\/$/,
  /^\/river\/(following|near|points)?\/?$/,
  /^\/river\/points\/[\w-]+\/$/,
  /^\/river\/waters\/([\w-]+\/)?$/,
  /^\/projects\/([\w-]+\/)?$/,
  /^\/stations\/([\w-]+\/)?$/,
  /^\/matters\/([\w-]+\/)?$/,
];
const MAP_THINGS = /^\/(tiles|rasters|styles|fonts|static\/sprite)\//;

const isKept = (path) => KEPT_PAGES.some((page) => page.test(path));

/** Keep the pages that are the same for everybody, and what they are drawn with. */
async function keepShell() {
  const cache = await caches.open(SHELL);
  const files = new Set();
  const old = new Set(
    (await cache.keys()).map((key) => new URL(key.url ?? key, self.location.origin).pathname),
  );
  for (const path of SAME_FOR_ALL) {
    const page = await fetch(path, { credentials: "omit" });
    if (!page.ok) {
      if (path === FORM) throw new Error(`${path} answered ${page.status}`);
      continue;
    }
    // It was fetched as nobody, which says nothing of who will read it.
    const words = (await page.text()).replace(/(<html[^>]*)\sdata-account=""/, "$1");
    for (const found of words.matchAll(/(?:src|href)="(\/static\/[^"]+)"/g)) files.add(found[1]);
    await cache.put(path, new Response(words, { headers: page.headers }));
  }
  await Promise.all([...files].map((file) => cache.add(file)));
  // What an older release was drawn with goes once the new one is here whole.
  const gone = [...old].filter((path) => path.startsWith("/static/") && !files.has(path));
  await Promise.all(gone.map((path) => cache.delete(path)));
  await (await caches.open(WHO)).put("/shell", new Response(String(Date.now())));
}

/** A site may have a new release: while there is signal the forms are brought up to date from time to time. */
async function refreshShell() {
  const known = await (await caches.open(WHO)).match("/shell");
  const at = known ? Number(await known.text()) : 0;
  if (Date.now() - at > SHELL_AGE_MS) await keepShell();
}

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(keepShell());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      const known = (name) => [SHELL, MAP, SEEN, WHO].includes(name) || name.startsWith(PAGES);
      const old = (await caches.keys()).filter((name) => !known(name));
      await Promise.all(old.map((name) => caches.delete(name)));
      await self.clients.claim();
    })(),
  );
});

/** The account of a page: its key, "" for nobody's; undefined where the page does not say. */
function accountOf(html) {
  return /<html[^>]*\sdata-account="([^"]*)"/.exec(html.slice(0, 2000))?.[1];
}

async function whoIsHere() {
  const known = await (await caches.open(WHO)).match("/who");
  return known ? known.text() : "";
}

/** Somebody else is here: what was kept for others goes. */
async function setWho(account) {
  const others = (await caches.keys()).filter(
    (name) => name.startsWith(PAGES) && name !== PAGES + account,
  );
  await Promise.all(others.map((name) => caches.delete(name)));
  await (await caches.open(WHO)).put("/who", new Response(account));
}

/** Delete what was put first beyond `most`, and with `days` what is older; the newest stand last. */
async function trim(cache, most, days = 0) {
  const keys = await cache.keys();
  let over = Math.max(0, keys.length - most);
  while (days && over < keys.length && isOlder(await cache.match(keys[over]), days)) over += 1;
  await Promise.all(keys.slice(0, over).map((key) => cache.delete(key)));
}

/** An earlier release noted no time: then the server's counts, and what has none is old. */
function isOlder(kept, days) {
  const at = Date.parse(kept?.headers.get("X-Kept-At") ?? kept?.headers.get("Date") ?? "");
  return !(Date.now() - at < days * DAY_MS);
}

/** Put a thing of the map last, with the time. */
async function keepThing(cache, address, answer) {
  const headers = new Headers(answer.headers);
  headers.set("X-Kept-At", new Date().toISOString());
  // The body is unpacked already.
  for (const name of ["Content-Encoding", "Content-Length"]) headers.delete(name);
  await cache.delete(address);
  await cache.put(address, new Response(answer.body, { headers }));
}

/** Keep what a map has shown; what was asked to be kept is brought up to date where it stands. */
async function keepSeen(address, answer) {
  const map = await caches.open(MAP);
  const seen = await caches.open(SEEN);
  await keepThing((await map.match(address)) ? map : seen, address, answer);
  keptSinceTrim += 1;
  if (keptSinceTrim < BETWEEN_TRIMS) return;
  keptSinceTrim = 0;
  await trim(seen, MOST_SEEN, SEEN_DAYS);
  await trim(map, MOST_TILES, MAP_DAYS);
}

/** Keep a page that was read, with the time, under the account that it itself names. */
async function keepPage(request, answer) {
  const html = await answer.text();
  const account = accountOf(html);
  if (account === undefined) return;
  await setWho(account);
  const url = new URL(request.url);
  if (!isKept(url.pathname)) return;
  const cache = await caches.open(PAGES + account);
  const headers = {
    "Content-Type": "text/html; charset=utf-8",
    "X-Kept-At": new Date().toISOString(),
  };
  for (const name of ["Content-Security-Policy", "Referrer-Policy"]) {
    const value = answer.headers.get(name);
    if (value) headers[name] = value;
  }
  // Putting it anew puts it last: what was read longest ago goes first.
  await cache.delete(url.pathname + url.search);
  await cache.put(url.pathname + url.search, new Response(html, { headers }));
  await trim(cache, MOST_PAGES);
}

/** What was kept of this page for whoever is here; it says when it was kept. */
async function keptPage(request) {
  const url = new URL(request.url);
  if (url.pathname === "/report/") return caches.match(FORM);
  const name = PAGES + (await whoIsHere());
  const cache = (await caches.has(name)) ? await caches.open(name) : undefined;
  const found =
    (await cache?.match(url.pathname + url.search)) ??
    (await cache?.match(url.pathname, { ignoreSearch: true }));
  if (found) {
    const at = found.headers.get("X-Kept-At");
    const html = (await found.text()).replace("<html ", `<html data-kept-at="${at}" `);
    return new Response(html, { headers: found.headers });
  }
  const isWalk = url.pathname === "/patrols/new/" || /^\/patrols\/\d+\/find\/$/.test(url.pathname);
  if (isWalk) return caches.match("/patrols/offline/");
  return caches.match(url.pathname);
}

async function page(event) {
  const { request } = event;
  try {
    const answer = await fetch(request);
    const isPage = (answer.headers.get("Content-Type") ?? "").startsWith("text/html");
    if (answer.ok && isPage && !answer.redirected) {
      event.waitUntil(keepPage(request, answer.clone()).catch(() => undefined));
      if (request.mode === "navigate") event.waitUntil(refreshShell().catch(() => undefined));
    }
    return answer;
  } catch (error) {
    const kept = await keptPage(request);
    if (kept) return kept;
    if (request.mode !== "navigate") throw error;
    return (await caches.match(OFFLINE)) ?? Response.error();
  }
}

/** From the server; what the public gets as well is kept for when it is out of reach. */
async function mapThing(event) {
  const { request } = event;
  try {
    const answer = await fetch(request);
    const words = answer.headers.get("Cache-Control") ?? "";
    if (answer.status === 200 && !/no-store|private/.test(words)) {
      event.waitUntil(keepSeen(request.url, answer.clone()).catch(() => undefined));
    }
    return answer;
  } catch (error) {
    const kept = await caches.match(request.url, { ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
}

async function file(event) {
  try {
    return await fetch(event.request);
  } catch (error) {
    const kept = await caches.match(event.request.url, { ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  const isPiece = request.headers.get("HX-Request") === "true";
  if (request.mode === "navigate" || isPiece) event.respondWith(page(event));
  else if (MAP_THINGS.test(url.pathname)) event.respondWith(mapThing(event));
  else if (url.pathname.startsWith("/static/")) event.respondWith(file(event));
});

/** Fetch the public's copy of each address into the map's cache; a device short of room stops and says so. */
async function keepMap(addresses, tell) {
  const cache = await caches.open(MAP);
  let done = 0;
  for (let from = 0; from < addresses.length; from += 6) {
    const some = addresses.slice(from, from + 6);
    const answers = await Promise.all(
      some.map((address) => fetch(address, { credentials: "omit" }).catch(() => undefined)),
    );
    for (const [index, answer] of answers.entries()) {
      if (answer?.ok && answer.status === 200) await keepThing(cache, some[index], answer);
    }
    done += some.length;
    tell({ done, of: addresses.length });
  }
  await trim(cache, MOST_TILES, MAP_DAYS);
}

/** Read pages for the person who is here, so that they are there without signal. */
async function keepPages(paths) {
  for (const path of paths) {
    const answer = await fetch(path).catch(() => undefined);
    if (answer?.ok && !answer.redirected)
      await keepPage(new Request(new URL(path, self.location.origin)), answer);
  }
}

self.addEventListener("message", (event) => {
  const { account, map, pages, shell } = event.data ?? {};
  const port = event.ports?.[0];
  const tell = (words) => port?.postMessage(words);
  const work = async () => {
    try {
      if (typeof account === "string") await setWho(account);
      if (shell) await keepShell();
      if (Array.isArray(pages)) await keepPages(pages);
      if (Array.isArray(map)) await keepMap(map, tell);
      tell({ ended: true });
    } catch (error) {
      tell({ failed: error?.name === "QuotaExceededError" ? "full" : "line" });
    }
  };
  event.waitUntil(work());
});
