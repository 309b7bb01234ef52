/**
 * Pages inside DingTalk, WeChat, WeCom or Feishu, where the server has said so (`data-in-app`): the program's own script
 * gives the place, scans codes and takes the share card. Whatever fails on the way, the page stays as it is without.
 */
import { all, make, one } from "../dom";
import { fromGcj02 } from "../map/habits/datum";
import { showNotice } from "../map/notices";
import { type Place, placeFrom } from "../map/where";
import { onPage } from "../panel/navigation";
import { say } from "../words";
import { cardOf, siteCard } from "./card";
import { type Dd, dingtalk } from "./dingtalk";
import { feishu, type H5Sdk, type Tt } from "./feishu";
import type { Card, Program, Signed } from "./program";
import { dressScans } from "./scan";
import { type Wx, weixin } from "./weixin";

const SIGN = "/accounts/in-app/signature/?address=";
const PATIENCE = 10_000;
/** The program may first ask the reader whether it may tell. */
const PATIENCE_WITH_READER = 60_000;

type Globals = Partial<{ wx: Wx; dd: Dd; h5sdk: H5Sdk; tt: Tt }>;

/** The adapter of a program whose script has run. */
export function adapterOf(name: string, globals: Globals): Program | undefined {
  const { wx, dd, h5sdk } = globals;
  if ((name === "weixin" || name === "wecom") && wx) return weixin(name, wx);
  if (name === "dingtalk" && dd) return dingtalk(dd);
  if (name === "feishu" && h5sdk) return feishu(h5sdk, () => globals.tt as Tt);
  return undefined;
}

async function signed(opened: string): Promise<Signed | undefined> {
  const [address = ""] = opened.split("#");
  const answer = await fetch(SIGN + encodeURIComponent(address));
  return answer.status === 200 ? ((await answer.json()) as Signed) : undefined;
}

function load(address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = make("script", { src: address, referrerpolicy: "no-referrer" });
    script.addEventListener("load", () => resolve());
    script.addEventListener("error", () => reject(new Error("not loaded")));
    document.head.append(script);
  });
}

function inTime<T>(work: Promise<T>, patience = PATIENCE): Promise<T> {
  const late = new Promise<never>((_, reject) => {
    window.setTimeout(() => reject(new Error("too late")), patience);
  });
  return Promise.race([work, late]);
}

/** Where the program says the reader stands, in WGS 84. */
async function locate(program: Program): Promise<Place> {
  const { lng, lat, datum } = await inTime(program.locate(), PATIENCE_WITH_READER);
  if (datum === "wgs84") return { lng, lat };
  const [east, north] = fromGcj02([lng, lat]);
  showNotice(say("inApp.converted"));
  return { lng: east, lat: north };
}

function offerCard(program: Program, card: Card): void {
  const head = one("#panel .panel-head");
  for (const old of all("[data-share-page]")) old.remove();
  if (!program.offerCard || !head) return;
  const button = make("button", { type: "button", class: "btn", text: say("inApp.share") });
  button.dataset.sharePage = "";
  button.addEventListener("click", () => program.offerCard?.(card));
  head.append(button);
}

/** Keep the card in step with the panel, whose pages come without their heads. */
function keepCards(program: Program): void {
  const cards = new Map<string, Card>();
  const here = (): string => location.pathname + location.search;
  const show = (): void => {
    const card = cards.get(here()) ?? siteCard();
    program.setCard?.(card);
    if (card.link !== siteCard().link) offerCard(program, card);
    else for (const old of all("[data-share-page]")) old.remove();
    dressScans(program);
  };
  cards.set(here(), cardOf(document, location.href));
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, target } = (event as CustomEvent<{ xhr: XMLHttpRequest; target: Element }>).detail;
    if (target.id !== "panel-host" || xhr.status !== 200) return;
    const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
    const address = new URL(xhr.responseURL || location.href);
    cards.set(address.pathname + address.search, cardOf(page, address.href));
  });
  onPage(show);
  show();
}

/** Begin, for the address with which this document was opened: the program holds the signature against that one. */
export async function startInApp(name: string, opened: string): Promise<Program | undefined> {
  try {
    const given = await signed(opened);
    if (!given) return undefined;
    await inTime(load(given.script));
    const program = adapterOf(name, window as unknown as Globals);
    if (!program) return undefined;
    await inTime(program.configure(given));
    placeFrom(() => locate(program));
    keepCards(program);
    return program;
  } catch {
    return undefined;
  }
}
