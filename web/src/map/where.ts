/** Where the reader stands: by the program in whose browser the page is, or by the browser. */

export interface Place {
  lng: number;
  lat: number;
}

let program: (() => Promise<Place>) | undefined;

/** Ask this first from now on (`in-app/`); the browser is asked where it fails. */
export function placeFrom(source: (() => Promise<Place>) | undefined): void {
  program = source;
}

function byBrowser(): Promise<Place> {
  return new Promise((resolve, reject) => {
    if (!navigator.geolocation) {
      reject(new Error("no geolocation"));
      return;
    }
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ lng: coords.longitude, lat: coords.latitude }),
      reject,
      { enableHighAccuracy: true, timeout: 15_000, maximumAge: 10_000 },
    );
  });
}

/** Rejects when neither tells. */
export async function whereAmI(): Promise<Place> {
  try {
    if (program) return await program();
  } catch {
    // the person or the program refused; the browser may still be allowed
  }
  return byBrowser();
}
