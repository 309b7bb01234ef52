/** The share card of a page: what its Open Graph data says; a page without any shares the site, never its own address. */
import { one } from "../dom";
import type { Card } from "./program";

const LONGEST_TITLE = 60;
const LONGEST_TEXT = 120;

function said(page: ParentNode, selector: string): string {
  const found = [...page.querySelectorAll<HTMLMetaElement>(selector)].at(-1);
  return found?.getAttribute("content")?.trim() ?? "";
}

/** An address of this site; empty for any other. */
function own(address: string, base: string): string {
  if (!address) return "";
  try {
    const url = new URL(address, base);
    return url.origin === new URL(base).origin ? url.href : "";
  } catch {
    return "";
  }
}

/** What the site says of itself. */
export function siteCard(base: string = location.href): Card {
  const icon = one<HTMLLinkElement>("link[rel='apple-touch-icon']")?.getAttribute("href") ?? "";
  const { host, origin } = new URL(base);
  const name = document.title.split(" · ").at(-1) || host;
  return { title: name, text: host, link: `${origin}/`, picture: own(icon, base) };
}

/** The card of a whole page at `address`. Its link has no query: what somebody filtered or typed stays hers. */
export function cardOf(page: ParentNode, address: string): Card {
  const title = said(page, "meta[property='og:title']");
  const site = siteCard(address);
  if (!title) return site;
  const { origin, pathname } = new URL(address);
  const text =
    said(page, "meta[property='og:description']") || said(page, "meta[name='description']");
  return {
    title: title.slice(0, LONGEST_TITLE),
    text: text.slice(0, LONGEST_TEXT) || site.text,
    link: own(said(page, "meta[property='og:url']"), address) || origin + pathname,
    picture: own(said(page, "meta[property='og:image']"), address) || site.picture,
  };
}
