/** How the page reaches the map, which comes later than the page and sometimes not at all. */
import { all, one } from "../dom";
import { coversMap } from "../panel/sheet";
import { say } from "../words";
import type { MapIsland } from "./island";
import { showNotice } from "./notices";

let coming: Promise<MapIsland | undefined> | undefined;
let present: MapIsland | undefined;
/** Ends the wait for somebody who wants the map. */
let want: () => void = () => undefined;
const wanted = new Promise<void>((resolve) => {
  want = resolve;
});

/** Fetch the map's code and make the map, once and at once; pages without a place for it have none. */
export function startMap(): Promise<MapIsland | undefined> {
  want();
  return offerMap();
}

/** The same when the time for it has come: a page that opens has no hurry. */
export function offerMap(): Promise<MapIsland | undefined> {
  coming ??= load();
  return coming;
}

const PATIENCE_MS = 3000;

/** The page is to be read before the map's code takes the line and the processor. */
function firstPaint(): Promise<void> {
  const painted = "first-contentful-paint";
  if (document.hidden || performance.getEntriesByName(painted).length > 0) return Promise.resolve();
  return new Promise((resolve) => {
    const observer = new PerformanceObserver((list) => {
      if (list.getEntriesByName(painted).length === 0) return;
      observer.disconnect();
      resolve();
    });
    observer.observe({ type: "paint", buffered: true });
    window.setTimeout(resolve, PATIENCE_MS);
  });
}

const IDLE_MS = 1000;

/** Where the map is not what the reader came for: the page's own files are there, and the processor is free. */
async function quiet(): Promise<void> {
  if (document.hidden) return;
  if (document.readyState !== "complete") {
    await new Promise<void>((resolve) => {
      window.addEventListener("load", () => resolve(), { once: true });
      setTimeout(resolve, PATIENCE_MS);
    });
  }
  await new Promise<void>((resolve) => {
    if ("requestIdleCallback" in window) requestIdleCallback(() => resolve(), { timeout: IDLE_MS });
    else setTimeout(resolve, 1);
  });
}

/** What on a page shows something on the map by itself, or leads to it. */
const SHOWS = "[data-preview-src], [data-zoom]";

/** The sheet of a page of text hides the map of a phone: its code and tiles are for when the sheet is lowered. */
function uncovered(): Promise<void> {
  const isHidden = (): boolean => coversMap() && one(SHOWS) === null;
  if (!isHidden()) return Promise.resolve();
  return new Promise((resolve) => {
    const look = (): void => {
      if (isHidden()) return;
      observer.disconnect();
      removeEventListener("resize", look);
      resolve();
    };
    const observer = new MutationObserver(look);
    for (const element of all(".shell, #sheet"))
      observer.observe(element, { attributeFilter: WATCHED });
    for (const host of all("#panel-host")) observer.observe(host, { childList: true });
    addEventListener("resize", look);
  });
}

const WATCHED = ["data-sheet", "data-dragging"];

const LOOKED_AT_MS = 8000;
const TOUCHES = ["pointerdown", "keydown", "wheel"];

function hasPicture(region: HTMLElement): boolean {
  const picture = one(".first-picture", region);
  return picture !== null && getComputedStyle(picture).display !== "none";
}

/**
 * A phone has a picture of the map in the page, whose points lead to their pages. The map that moves is for who touches
 * it, asks for one of its tools, opens another page or looks on: until then line and processor are the reader's.
 */
async function askedFor(region: HTMLElement): Promise<void> {
  const looking = new AbortController();
  for (const kind of TOUCHES)
    region.addEventListener(kind, want, { passive: true, signal: looking.signal });
  void quiet().then(() => {
    fetchAhead();
    setTimeout(want, LOOKED_AT_MS);
  });
  await wanted;
  looking.abort();
}

/** Note the tool of the map that is pressed while there is no map; what is returned ends that and presses it again. */
function keepPressed(region: HTMLElement): () => void {
  let tool: HTMLElement | null = null;
  const note = (event: Event): void => {
    tool = (event.target as Element).closest<HTMLElement>("[data-map]");
  };
  region.addEventListener("click", note);
  return () => {
    region.removeEventListener("click", note);
    tool?.click();
  };
}

/** Have the map's scripts come last of all, which `map_ahead.html` names for other screens: a touch then does not wait for the line. */
function fetchAhead(): void {
  for (const link of all<HTMLLinkElement>("link[data-map-file]")) {
    const now = link.cloneNode() as HTMLLinkElement;
    now.media = "all";
    link.replaceWith(now);
  }
}

const hasWebGL = (): boolean => document.createElement("canvas").getContext("webgl2") !== null;

/** A notice with links to the lists: the map is never the only way. */
function showFallback(holder: HTMLElement): void {
  const template = one<HTMLTemplateElement>("#no-webgl");
  if (template) holder.replaceChildren(template.content.cloneNode(true));
  document.documentElement.classList.add("no-map");
}

async function load(): Promise<MapIsland | undefined> {
  const holder = one("#map");
  if (!holder) return undefined;
  try {
    await firstPaint();
    if (!hasWebGL()) {
      showFallback(holder); // at once: a map that cannot be drawn is not fetched
      return undefined;
    }
    const region = holder.parentElement ?? holder;
    const pressAgain = keepPressed(region);
    if (hasPicture(region) && matchMedia("(hover: none)").matches) await askedFor(region);
    else if (holder.dataset.first === undefined) await quiet();
    await uncovered();
    const { createIsland } = await import("./island");
    present = await createIsland(holder);
    pressAgain();
  } catch (error) {
    console.error(error);
    const run = (): void => {
      coming = undefined;
      void startMap();
    };
    showNotice(say("map.noStyle"), { label: say("map.retry"), run });
  }
  return present;
}

/** The map if it is there already. */
export const island = (): MapIsland | undefined => present;
