/** One tab at a time, as the browser's lock manager does it. */
export function oneTab() {
  let held = false;
  return {
    async request(_name: string, _options: object, work: (lock: object | null) => Promise<void>) {
      if (held) return work(null);
      held = true;
      try {
        return await work({});
      } finally {
        held = false;
      }
    },
  };
}

type Work = (lock: object | null) => Promise<unknown> | undefined;
interface How {
  ifAvailable?: boolean;
  steal?: boolean;
  signal?: AbortSignal;
}

/** The locks of several pages of one browser: held, waited for in turn, taken away. */
export function lockManager() {
  const held = new Map<string, (reason: Error) => void>();
  const waiting: { name: string; run: () => void }[] = [];
  const aborted = () => new DOMException("", "AbortError");

  function next(name: string): void {
    const at = waiting.findIndex((one) => one.name === name);
    if (at >= 0) waiting.splice(at, 1)[0]?.run();
  }

  function give(name: string, work: Work): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const own = reject;
      held.set(name, own);
      void Promise.resolve(work({})).then((value) => {
        if (held.get(name) !== own) return;
        held.delete(name);
        resolve(value);
        next(name);
      }, reject);
    });
  }

  return {
    async request(name: string, how: How, work: Work): Promise<unknown> {
      await Promise.resolve();
      if (how.steal) held.get(name)?.(aborted());
      if (how.steal || !held.has(name)) return give(name, work);
      if (how.ifAvailable) return work(null);
      return new Promise((resolve, reject) => {
        const place = { name, run: () => void give(name, work).then(resolve, reject) };
        waiting.push(place);
        how.signal?.addEventListener("abort", () => {
          const at = waiting.indexOf(place);
          if (at < 0) return;
          waiting.splice(at, 1);
          reject(aborted());
        });
      });
    },
  };
}
