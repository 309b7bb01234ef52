/**
 * Positions of a patrol that the server has not taken yet, kept on the phone. A batch keeps its number until it is
 * answered, so that sending it again after a lost answer is the same message to the server.
 */

import { type Coordinate, metresBetween } from "../distance";

export interface Fix {
  n: number;
  t: string;
  lng: number;
  lat: number;
  accuracy: number | null;
}

export interface Batch {
  client_id: string;
  points: Fix[];
}

interface Kept {
  next: number;
  sent: number;
  waiting: Fix[];
  batch?: Batch;
  /** When the first position came, and the newest. */
  began?: string;
  last?: Fix;
  /** Metres walked by the positions that are fine enough; seconds without any. */
  metres?: number;
  gap_s?: number;
  line?: Coordinate[];
}

export type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const PREFIX = "patrol:";
export const MOST_IN_BATCH = 200;
const FINE_M = 50;
const LEAST_MOVE_M = 5;
/** A phone that is awake says where it is every few seconds. */
const GAP_S = 60;
const MOST_IN_LINE = 2000;

export class Queue {
  private kept: Kept;
  /** The phone's storage is full or closed: positions are in this page's memory only. */
  full = false;

  constructor(
    readonly patrol: string,
    private readonly store: Store,
    private readonly number: () => string = () => crypto.randomUUID(),
  ) {
    this.kept = parseKept(read(store, PREFIX + patrol));
  }

  get waiting(): number {
    return this.kept.waiting.length + (this.kept.batch?.points.length ?? 0);
  }

  get sent(): number {
    return this.kept.sent;
  }

  /** What was walked so far, as the phone sees it: for the bar and the map. */
  get walked(): { began?: string; metres: number; gap_s: number; line: Coordinate[] } {
    const { began, metres = 0, gap_s = 0, line = [] } = this.kept;
    return { began, metres, gap_s, line };
  }

  add(fix: Omit<Fix, "n">): void {
    this.follow({ n: this.kept.next, ...fix });
    this.kept.waiting.push({ n: this.kept.next, ...fix });
    this.kept.next += 1;
    this.save();
  }

  private follow(fix: Fix): void {
    const { kept } = this;
    kept.began ??= fix.t;
    if (kept.last) {
      const seconds = (Date.parse(fix.t) - Date.parse(kept.last.t)) / 1000;
      if (seconds > GAP_S) kept.gap_s = (kept.gap_s ?? 0) + Math.round(seconds);
    }
    kept.last = fix;
    if (fix.accuracy !== null && fix.accuracy > FINE_M) return;
    kept.line ??= [];
    const before = kept.line.at(-1);
    const here: Coordinate = [fix.lng, fix.lat];
    const step = before ? metresBetween(before, here) : 0;
    if (before && step < LEAST_MOVE_M) return;
    kept.metres = (kept.metres ?? 0) + step;
    kept.line.push(here);
    kept.line = thinned(kept.line);
  }

  /** What to send now: the batch that was not answered, else a new one of what waits. */
  take(): Batch | undefined {
    if (!this.kept.batch && this.kept.waiting.length > 0) {
      this.kept.batch = {
        client_id: this.number(),
        points: this.kept.waiting.splice(0, MOST_IN_BATCH),
      };
      this.save();
    }
    return this.kept.batch;
  }

  /** The server has it. */
  done(clientId: string): void {
    if (this.kept.batch?.client_id !== clientId) return;
    this.kept.sent += this.kept.batch.points.length;
    delete this.kept.batch;
    this.save();
  }

  /** Read anew what is kept: another page may have written since. */
  reload(): void {
    if (!this.full) this.kept = parseKept(read(this.store, PREFIX + this.patrol));
  }

  forget(): void {
    this.kept = parseKept(null);
    try {
      this.store.removeItem(PREFIX + this.patrol);
    } catch {
      // Nothing was kept then.
    }
  }

  private save(): void {
    try {
      this.store.setItem(PREFIX + this.patrol, JSON.stringify(this.kept));
      this.full = false;
    } catch {
      this.full = true;
    }
  }
}

/** A line that the phone can keep: drawn, half of its places tell the same; its length has been counted. */
export function thinned(line: Coordinate[]): Coordinate[] {
  if (line.length <= MOST_IN_LINE) return line;
  return line.filter((_, n) => n % 2 === 0 || n === line.length - 1);
}

/** How many positions of a patrol wait on this phone. */
export function waitingOf(patrol: string, store: Store): number {
  const kept = parseKept(read(store, PREFIX + patrol));
  return kept.waiting.length + (kept.batch?.points.length ?? 0);
}

function read(store: Store, key: string): string | null {
  try {
    return store.getItem(key);
  } catch {
    return null;
  }
}

/** What was kept, or nothing when it is broken. */
export function parseKept(text: string | null): Kept {
  const empty: Kept = { next: 0, sent: 0, waiting: [] };
  if (!text) return empty;
  try {
    const kept = JSON.parse(text) as Kept;
    return Number.isInteger(kept.next) && Array.isArray(kept.waiting) ? kept : empty;
  } catch {
    return empty;
  }
}
