/** Pages come into the panel by htmx; the map stays alive. Without scripts the same links load whole pages. */
import { all, announce, isPhone, one } from "../dom";
import { showNotice } from "../map/notices";
import { say } from "../words";
import htmx from "./htmx";
import { isOutside } from "./links";
import { focusHeading, noteLeaving, returnTo } from "./return";
import { setSheet, wantedHeight } from "./sheet";

type Changed = (how: "opened" | "restored") => void;
const listeners: Changed[] = [];

/** Call `listener` after the panel has got another page. */
export function onPage(listener: Changed): void {
  listeners.push(listener);
}

/** Open a page in the panel as a click on a link would. */
export function navigate(address: string): void {
  const target = "#panel-host";
  void htmx.ajax("get", address, {
    source: target,
    target,
    select: "#panel",
    swap: "innerHTML",
    push: address,
  });
}

function panelTitle(): string {
  return one("#panel")?.dataset.title || one("#panel h1")?.textContent?.trim() || document.title;
}

/** Light the place of the rail that the address belongs to. */
export function markRail(path: string): void {
  // The desk's places and the phone's are two lists, and one page may stand in both.
  for (const list of all(".rail__list")) {
    const links = all<HTMLAnchorElement>(".rail__link[href]", list);
    const place = links.find((link) => {
      const own = new URL(link.href).pathname;
      return own !== "/" && path.startsWith(own);
    });
    for (const link of links) {
      if (link === place) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }
}

function showBeginning(): void {
  const target = location.hash.length > 1 ? document.getElementById(location.hash.slice(1)) : null;
  if (target) target.scrollIntoView();
  else for (const box of all(".sheet, .panel-host")) box.scrollTop = 0;
}

function pageChanged(how: "opened" | "restored"): void {
  markRail(location.pathname);
  const heading = one("#panel h1");
  if (how === "opened") {
    showBeginning();
    focusHeading(heading);
  } else returnTo(heading);
  announce(say("nav.loaded", { title: panelTitle() }));
  if (how === "opened" && isPhone()) setSheet(wantedHeight());
  for (const listener of listeners) listener(how);
}

interface SwapDetail {
  xhr: XMLHttpRequest;
  requestConfig: { verb: string };
  target: HTMLElement;
  shouldSwap: boolean;
  pathInfo: { finalRequestPath: string; responsePath?: string };
  boosted?: boolean;
}

/** The site, or the proxy before it, says that it cannot answer now: it is no answer to what was asked. */
function isAway(xhr: XMLHttpRequest): boolean {
  return (
    xhr.status === 502 || xhr.status === 504 || xhr.getResponseHeader("X-Unavailable") !== null
  );
}

/** What is there stays, above all what was typed; what was to be read can be asked for again. */
function sayAway({ requestConfig, pathInfo }: SwapDetail): void {
  if (requestConfig.verb !== "get") showNotice(say("nav.notSaved"));
  else
    showNotice(say("nav.away"), {
      label: say("map.retry"),
      run: () => navigate(pathInfo.finalRequestPath),
    });
}

export function beforeSwap(event: Event): void {
  const { detail } = event as CustomEvent<SwapDetail>;
  const { xhr } = detail;
  if (isAway(xhr)) {
    detail.shouldSwap = false;
    sayAway(detail);
    return;
  }
  const landed = xhr.responseURL || detail.pathInfo.finalRequestPath;
  const isPage = (xhr.getResponseHeader("Content-Type") ?? "").startsWith("text/html");
  // A form that is refused comes back with its errors: to open its address anew would lose them.
  const refused = detail.requestConfig.verb !== "get" && xhr.status >= 400;
  if (detail.target.id !== "panel-host" || (isPage && (refused || !isOutside(landed)))) return;
  // Sign-in pages and files are whole documents of their own.
  detail.shouldSwap = false;
  location.assign(landed);
}

function beforeRequest(event: Event): void {
  const { detail } = event as CustomEvent<{
    boosted?: boolean;
    elt: Element;
    target?: Element;
    requestConfig: { path: string; verb: string };
  }>;
  if (detail.target?.id === "panel-host") noteLeaving();
  if (!detail.boosted || detail.requestConfig.verb !== "get") return;
  const isDownload = detail.elt.hasAttribute("download");
  if (!isDownload && !isOutside(detail.requestConfig.path)) return;
  event.preventDefault();
  location.assign(detail.requestConfig.path);
}

/** An address says what is asked for: a filter form's empty fields stay out of it (the month's is the time slider's). */
function dropEmpty(event: Event): void {
  const { elt, parameters } = (event as CustomEvent).detail as {
    elt: Element;
    parameters: Record<string, unknown>;
  };
  if (!elt.closest("[data-filter-form]")) return;
  for (const name of Object.keys(parameters)) {
    if (parameters[name] === "" && name !== "at") delete parameters[name];
  }
}

/** What a part of a page asks by itself says so: it keeps nobody signed in who has gone away. */
function markLooksAgain(event: Event): void {
  const { elt, headers } = (event as CustomEvent<{ elt: Element; headers: Record<string, string> }>)
    .detail;
  if (elt.getAttribute("hx-trigger")?.startsWith("every ")) headers["X-Looks-Again"] = "1";
}

/** Where another program's script runs, going back opens a document of its own: the page may be a secret one. */
function reloadInApp(event: Event): void {
  if (!document.documentElement.dataset.inApp) return;
  event.preventDefault();
  location.reload();
}

export function startNavigation(): void {
  document.body.addEventListener("htmx:configRequest", dropEmpty);
  document.body.addEventListener("htmx:configRequest", markLooksAgain);
  document.body.addEventListener("htmx:beforeSwap", beforeSwap);
  document.body.addEventListener("htmx:beforeRequest", beforeRequest);
  document.body.addEventListener("htmx:afterSettle", (event) => {
    // Going back settles without a target; `historyRestore` tells of that.
    const { target } = (event as CustomEvent<{ target?: Element }>).detail;
    if (target?.id === "panel-host") {
      pageChanged("opened");
    }
  });
  document.body.addEventListener("htmx:historyCacheMiss", reloadInApp);
  document.body.addEventListener("htmx:historyRestore", () => pageChanged("restored"));
  document.body.addEventListener("htmx:sendError", () => showNotice(say("nav.offline")));
}
