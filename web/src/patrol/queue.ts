/**
 * Positions of a patrol that the server has not taken yet, kept on the phone. A batch keeps its number until it is
 * answered, so that sending it again after a lost answer is the same message to the server.
 */

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
}

export type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const PREFIX = "patrol:";
export const MOST_IN_BATCH = 200;

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

  add(fix: Omit<Fix, "n">): void {
    this.kept.waiting.push({ n: this.kept.next, ...fix });
    this.kept.next += 1;
    this.save();
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

  forget(): void {
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
