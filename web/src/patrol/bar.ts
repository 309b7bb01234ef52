/** The running patrol on every page: how long, how far, how exact, what waits; and its line on the map. */

import type { Coordinate } from "../distance";
import { make } from "../dom";
import { offerMap } from "../map/bridge";
import { setStrip } from "../panel/strip";
import { say } from "../words";
import type { Active } from "./active";
import type { Status } from "./recorder";

/** "1:05:09" of so many seconds. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number): string => String(n).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

export const distance = (metres: number): string =>
  metres < 1000 ? `${Math.round(metres)} m` : `${(metres / 1000).toFixed(2)} km`;

/** The words of the bar. */
export function barWords(status: Status, now: number): string {
  const { began, metres, accuracy, waiting, gap_s, recording, state } = status;
  const seconds = began ? (now - Date.parse(began)) / 1000 : 0;
  const parts = [clock(seconds), say("patrol.about", { distance: distance(metres) })];
  if (recording && accuracy && state !== "no-location") parts.push(`±${accuracy} m`);
  if (state === "elsewhere") parts.push(say("patrol.barElsewhere"));
  else if (!recording) parts.push(say("patrol.barPaused"));
  if (state === "no-location") parts.push(say("patrol.barLost"));
  if (gap_s) parts.push(say("patrol.gap", { minutes: Math.max(1, Math.round(gap_s / 60)) }));
  if (waiting) parts.push(say("patrol.barWaiting", { waiting }));
  return parts.join(" · ");
}

/** Show the bar; without a patrol there is none. */
export function showBar(active: Active | undefined, status: Status | undefined): void {
  if (!active || active.ended || !status) {
    setStrip("patrol", undefined);
    return;
  }
  const link = make("a", { href: active.page, class: "strip__patrol" });
  if (active.own) link.setAttribute("hx-boost", "false");
  link.append(make("strong", { text: say("patrol.bar") }), ` ${barWords(status, Date.now())}`);
  setStrip("patrol", link);
}

/** Draw what was walked on the map, when there is one; an empty line takes it away. */
export function showLine(line: Coordinate[]): void {
  void offerMap().then((map) => map?.live(line));
}
