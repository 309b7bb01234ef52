/** A form on its way, with how much of it has gone: `fetch` does not say. */

export type Progress = (percent: number) => void;

/** No byte has gone, and no answer come, for so long: the line is dead though the phone does not say so. */
const SILENCE_MS = 60_000;

/** Post `body` and return the answer; rejects when nothing was heard. */
export function upload(
  address: string,
  body: FormData,
  headers: Record<string, string>,
  progress: Progress,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let timer = 0;
    const alive = (): void => {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => request.abort(), SILENCE_MS);
    };
    request.open("POST", address);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      alive();
      if (total) progress(Math.min(100, Math.round((loaded / total) * 100)));
    });
    request.addEventListener("loadend", () => window.clearTimeout(timer));
    for (const end of ["error", "abort"]) {
      request.addEventListener(end, () => reject(new Error(`upload ${end}`)));
    }
    request.addEventListener("load", () => resolve(asResponse(request, address)));
    alive();
    request.send(body);
  });
}

/** Led on to another page, such as sign-in, it was not taken. */
function asResponse(request: XMLHttpRequest, address: string): Response {
  const landed = new URL(request.responseURL || address, location.href).pathname;
  if (landed !== new URL(address, location.href).pathname) {
    return new Response(null, { status: 503 });
  }
  const headers = new Headers();
  for (const name of ["Content-Type", "Retry-After"]) {
    const value = request.getResponseHeader(name);
    if (value) headers.set(name, value);
  }
  const empty = [204, 205, 304].includes(request.status);
  return new Response(empty ? null : request.responseText, { status: request.status, headers });
}
