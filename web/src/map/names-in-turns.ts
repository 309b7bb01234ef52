/**
 * Characters of names are drawn a few at a time. The map's library draws all that a tile needs in one go: some hundred
 * Chinese characters, for which a cheap phone's page stands still for a second.
 */
import type { Map as LibreMap } from "maplibre-gl";

/** So long may one go take, in milliseconds: what is left of a task of 50 is for everything else in it. */
const SLICE_MS = 12;

/** Let what waits have its turn: a touch, a frame of the picture. */
function pause(): Promise<void> {
  const { scheduler } = window as { scheduler?: { yield?: () => Promise<void> } };
  return scheduler?.yield?.() ?? new Promise((resolve) => setTimeout(resolve));
}

/** One after another; after a slice of time the next waits until others had their turn. */
export function turns(
  now: () => number = () => performance.now(),
  wait: () => Promise<void> = pause,
): () => Promise<void> {
  let last = Promise.resolve();
  let began = now();
  return () => {
    last = last.then(async () => {
      if (now() - began < SLICE_MS) return;
      await wait();
      began = now();
    });
    return last;
  };
}

/** Once for all maps of the page: the library's own class of glyphs takes turns. */
export function drawNamesInTurns(map: LibreMap): void {
  const glyphs = Object.getPrototypeOf(map.style.glyphManager) as LibreMap["style"]["glyphManager"];
  const draw = glyphs._drawGlyph;
  if (done.has(glyphs)) return;
  done.add(glyphs);
  const turn = turns();
  glyphs._drawGlyph = async function (...given) {
    await turn();
    return draw.apply(this, given);
  };
}

const done = new WeakSet<object>();
