/** Without signal: the worker that keeps pages and map, how old a kept page is, and the button that keeps the district. */
import { all, make, one } from "../dom";
import { setStrip } from "../panel/strip";
import { say } from "../words";
import { type MapStyle, tilesOf } from "./tiles";

const KEPT = "offline.kept";

/** Start the worker, tell it who is here, and say how old a page is that it gave. */
export function startOffline(): void {
  showAge(document.documentElement.dataset.keptAt ?? null);
  document.body.addEventListener("htmx:afterOnLoad", (event) => {
    const { xhr, boosted } = (event as CustomEvent<{ xhr: XMLHttpRequest; boosted?: boolean }>)
      .detail;
    if (boosted) showAge(xhr.getResponseHeader("X-Kept-At"));
  });
  if (!("serviceWorker" in navigator)) return;
  window.addEventListener("load", () => void afterPoints().then(register));
}

const PATIENCE_MS = 15_000;

/** What is kept for later waits until the map has what it needs now; pages without one do not wait. */
function afterPoints(): Promise<void> {
  if (!one("#map")) return Promise.resolve();
  return new Promise((resolve) => {
    document.addEventListener("map:points", () => resolve(), { once: true });
    window.setTimeout(resolve, PATIENCE_MS);
  });
}

async function register(): Promise<void> {
  try {
    await navigator.serviceWorker.register("/service-worker.js");
    const { active } = await navigator.serviceWorker.ready;
    const { account } = document.documentElement.dataset;
    if (account !== undefined) active?.postMessage({ account });
  } catch {
    // A browser that keeps nothing still shows everything while there is signal.
  }
}

/** A page that comes from the device says when it was kept. */
export function showAge(at: string | null): void {
  const time = at ? new Date(at) : undefined;
  if (!time || Number.isNaN(time.getTime())) {
    setStrip("age", undefined);
    return;
  }
  const form: Intl.DateTimeFormatOptions = {
    month: "numeric",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
  };
  const words = time.toLocaleString(document.documentElement.lang || "zh-Hans", form);
  setStrip("age", make("span", { text: say("offline.age", { time: words }) }));
}

/** Give the page's button its work: the district's map and this person's pages, kept on this device. */
export function dressOffline(): void {
  const button = one<HTMLButtonElement>("[data-keep-offline]:not([data-dressed])");
  if (!button || !("serviceWorker" in navigator)) return;
  button.dataset.dressed = "";
  button.hidden = false;
  const state = make("p", { class: "field__help", role: "status", text: lastTime() });
  button.closest(".btn-row")?.after(state);
  button.addEventListener("click", () => void keep(button, state));
}

function lastTime(): string {
  try {
    const time = localStorage.getItem(KEPT);
    return time ? say("offline.last", { time }) : "";
  } catch {
    return "";
  }
}

async function keep(button: HTMLButtonElement, state: HTMLElement): Promise<void> {
  button.disabled = true;
  state.textContent = say("offline.begins");
  try {
    const addresses = await wanted();
    await ask(addresses, ({ done, of }) => {
      state.textContent = say("offline.keeping", { percent: Math.round((done / of) * 100) });
    });
    localStorage.setItem(KEPT, new Date().toLocaleString(document.documentElement.lang));
    state.textContent = say("offline.done", { tiles: addresses.length });
  } catch (error) {
    const full = error instanceof Error && error.message === "full";
    state.textContent = say(full ? "offline.full" : "offline.failed");
  } finally {
    button.disabled = false;
  }
}

async function wanted(): Promise<string[]> {
  const address = "/styles/district.json";
  const style = (await (await fetch(address, { credentials: "omit" })).json()) as MapStyle;
  const sprites = style.sprite ? [".json", ".png", "@2x.json", "@2x.png"] : [];
  return [
    new URL(address, location.href).href,
    ...sprites.map((ending) => `${style.sprite}${ending}`),
    ...tilesOf(style, location.origin),
  ];
}

type Progress = (words: { done: number; of: number }) => void;

async function ask(map: string[], progress: Progress): Promise<void> {
  const { active } = await navigator.serviceWorker.ready;
  const pages = all("[data-keep-page]").map(({ dataset }) => dataset.keepPage ?? "");
  const { port1, port2 } = new MessageChannel();
  await new Promise<void>((resolve, reject) => {
    port1.onmessage = ({ data }) => {
      if (data.failed) reject(new Error(data.failed));
      else if (data.ended) resolve();
      else progress(data);
    };
    active?.postMessage({ pages, map, shell: true }, [port2]);
  });
}
