/** Whose turn it is to write the positions of a patrol: of the pages open on this phone, one at a time. */

export class Turn {
  private end: (() => void) | undefined;
  private waits: AbortController | undefined;
  private asking: Promise<boolean> | undefined;

  /** `taken` is called when the turn comes, before anything else; `lost` when another page has taken it. */
  constructor(
    private readonly name: string,
    private readonly taken: () => void,
    private readonly lost: () => void,
  ) {
    // A browser that cannot tell its pages apart records as if there were one.
    if (!navigator.locks) this.end = () => undefined;
  }

  get held(): boolean {
    return this.end !== undefined;
  }

  /** Take it if it is free, or with `away` from whichever page has it; tells whether it is held. */
  take(away = false): Promise<boolean> {
    if (this.held) return Promise.resolve(true);
    // Asked twice at once, a page would take it from itself.
    if (this.asking) return this.asking.then((has) => has || (away && this.take(true)));
    this.asking = this.ask(away ? { steal: true } : { ifAvailable: true }).finally(() => {
      this.asking = undefined;
    });
    return this.asking;
  }

  /** Take it as soon as no other page has it; false where it is given up before. */
  wait(): Promise<boolean> {
    if (this.held) return Promise.resolve(true);
    this.waits?.abort();
    this.waits = new AbortController();
    return this.ask({ signal: this.waits.signal });
  }

  /** Let other pages have it, and wait for it no more. */
  release(): void {
    this.waits?.abort();
    this.waits = undefined;
    if (!navigator.locks) return;
    this.end?.();
    this.end = undefined;
  }

  private ask(how: LockOptions): Promise<boolean> {
    return new Promise((resolve) => {
      let mine: (() => void) | undefined;
      const hold = (lock: Lock | null): Promise<void> | undefined => {
        if (!lock || this.held) {
          resolve(this.held);
          return undefined;
        }
        return new Promise((done) => {
          mine = done;
          this.end = done;
          this.taken();
          resolve(true);
        });
      };
      navigator.locks.request(this.name, how, hold).catch(() => {
        resolve(false);
        if (mine === undefined || this.end !== mine) return;
        this.end = undefined;
        this.lost();
      });
    });
  }
}
