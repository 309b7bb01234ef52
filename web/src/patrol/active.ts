/** The patrol that this phone is recording, over pages, reloads and days without signal; and who may walk with it. */

export interface Active {
  /** Its key on the server, or the number that the phone gave it. */
  patrol: string;
  /** Where its positions go. */
  address: string;
  /** The page that it is looked at and ended on. */
  page: string;
  /** The account that walks: its positions go under no other. */
  as?: string;
  /** It has ended; what is left of its positions is still sent. */
  ended?: boolean;
  /** Begun without signal. */
  own?: boolean;
}

export interface Walker {
  id: string;
  name: string;
}

/** The patrol with this number, as the phone names it to the server. */
export function activeOf(number: string, as: string): Active {
  return {
    patrol: number,
    as,
    address: `/api/v1/patrols/${number}/track/`,
    page: "/patrols/new/",
    own: true,
  };
}

const ACTIVE = "patrol-active";
const WALKER = "walker";
const START = "patrol-start";

export const remember = (active: Active | undefined): void => write(ACTIVE, active);
export const remembered = (): Active | undefined => read<Active>(ACTIVE);
export const rememberWalker = (walker: Walker): void => write(WALKER, walker);
export const walker = (): Walker | undefined => read<Walker>(WALKER);

/** A start was tapped here: the page that it leads to records at once. */
export const expectStart = (): void => write(START, true);

export function takeStart(): boolean {
  const expected = read<boolean>(START) === true;
  write(START, undefined);
  return expected;
}

function write(key: string, value: unknown): void {
  try {
    if (value === undefined) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Without storage a reload asks to begin again.
  }
}

function read<T>(key: string): T | undefined {
  try {
    return (JSON.parse(localStorage.getItem(key) ?? "null") as T | null) ?? undefined;
  } catch {
    return undefined;
  }
}
