/** How the page reaches the map, which comes later than the page and sometimes not at all. */
import { one } from "../dom";
import { say } from "../words";
import type { MapIsland } from "./island";
import { showNotice } from "./notices";

let coming: Promise<MapIsland | undefined> | undefined;
let present: MapIsland | undefined;

/** Fetch the map's code and make the map, once; pages without a place for it have none. */
export function startMap(): Promise<MapIsland | undefined> {
  coming ??= load();
  return coming;
}

async function load(): Promise<MapIsland | undefined> {
  const holder = one("#map");
  if (!holder) return undefined;
  try {
    const { createIsland } = await import("./island");
    present = await createIsland(holder);
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
