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
