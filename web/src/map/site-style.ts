/** What the map asks the site for before it draws: the style of the theme, and the names of what is drawn. */
import { addProtocol, type StyleSpecification } from "maplibre-gl";
import { currentTheme } from "../tokens";
import { answerOf } from "./answer";
import { hideLoaded } from "./loaded";
import { usesPmtiles } from "./style-layers";

export function styleAddress(holder: HTMLElement): string {
  const { style = "", styleDark = style } = holder.dataset;
  return currentTheme() === "dark" ? styleDark : style;
}

export async function fetchStyle(address: string): Promise<StyleSpecification> {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  const style = withOwnLetters((await answer.json()) as StyleSpecification);
  if (usesPmtiles(style)) {
    const { Protocol } = await import("pmtiles");
    addProtocol("pmtiles", new Protocol().tile);
  }
  if (!needsShift(style)) return hideLoaded(style);
  const { withShifted } = await import("./shifted");
  return hideLoaded(withShifted(style));
}

/** All letters are drawn with the reader's fonts, as Chinese is: no font of the server is fetched for a few digits. */
function withOwnLetters({ glyphs: _served, ...style }: StyleSpecification): StyleSpecification {
  return style;
}

function needsShift(style: StyleSpecification): boolean {
  return "shifted" in ((style.metadata as object | undefined) ?? {});
}

/** The site's own names of what it draws, for the switches. */
export async function fetchTitles(): Promise<Map<string, string>> {
  const answer = await answerOf<{ tilesets: { id: string; title: string }[] }>("/tiles/");
  return new Map(answer?.tilesets.map(({ id, title }) => [id, title]));
}
