/** What the program in whose browser a page is read does for it, behind one interface. */

/** The server's answer: which script, and the signature of this page's address. */
export interface Signed {
  script: string;
  app: string;
  agent: string;
  stamp: number;
  nonce: string;
  signature: string;
}

/** What is shown in a chat for a page. */
export interface Card {
  title: string;
  text: string;
  link: string;
  picture: string;
}

export interface Fix {
  lng: number;
  lat: number;
  datum: "wgs84" | "gcj02";
}

export interface Program {
  /** Tell the script who we are; rejects when the program does not take it. */
  configure(signed: Signed): Promise<void>;
  /** Set what the program's own menu shares. */
  setCard?(card: Card): void;
  /** Open the program's own sheet for sharing; for programs whose menu takes no card. */
  offerCard?(card: Card): void;
  locate(): Promise<Fix>;
  /** What a code says; rejects when nothing was scanned. */
  scan(): Promise<string>;
}

/** A place as a program gives it, which may be text; rejects what is none. */
export function fixOf(lng: unknown, lat: unknown, datum: Fix["datum"]): Fix {
  const fix = { lng: Number.parseFloat(String(lng)), lat: Number.parseFloat(String(lat)), datum };
  const isPlace = Math.abs(fix.lng) <= 180 && Math.abs(fix.lat) <= 90;
  if (!isPlace || (fix.lng === 0 && fix.lat === 0)) throw new Error("no place");
  return fix;
}
