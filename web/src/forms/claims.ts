/** What a form says of its photos: the SHA-256 of each, so that the server can name those that it has. */
import { all, one } from "../dom";

/** SHA-256 of the bytes, as 64 hexadecimal digits. */
export async function sha256(blob: Blob): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The claim of these digests; "", which claims nothing, when one of them is not known. */
export function claimOf(digests: (string | undefined)[]): string {
  return digests.every(Boolean) ? [...new Set(digests)].join(" ") : "";
}

/** Fill the claim of forms that have a field for it, whenever photos are chosen. */
export function dressClaims(): void {
  for (const field of all<HTMLInputElement>("input[data-photo-claim]:not([data-claim-on])")) {
    field.dataset.claimOn = "";
    const input = field.form ? one<HTMLInputElement>("input[type='file']", field.form) : null;
    input?.addEventListener("change", () => void claim(input, field));
  }
}

async function claim(input: HTMLInputElement, field: HTMLInputElement): Promise<void> {
  // Until the digests are there the form claims nothing, rather than what was chosen before.
  field.value = "";
  const files = [...(input.files ?? [])];
  try {
    const value = claimOf(await Promise.all(files.map(sha256)));
    const same = files.every((file, index) => input.files?.[index] === file);
    if (same && input.files?.length === files.length) field.value = value;
  } catch {
    // A file that cannot be read now is not claimed; the browser itself says so when it sends.
  }
}
