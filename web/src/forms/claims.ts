/** What a form says of its photos: the SHA-256 of each, so that the server can name those that it has. */
import { all } from "../dom";

/** SHA-256 of the bytes, as 64 hexadecimal digits. */
export async function sha256(blob: Blob): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The claim of these digests; "", which claims nothing, when one of them is not known. */
export function claimOf(digests: (string | undefined)[]): string {
  return digests.every(Boolean) ? [...new Set(digests)].join(" ") : "";
}

/** Fill the claim of forms that have a field for it, whenever files are chosen in any of their fields. */
export function dressClaims(): void {
  for (const field of all<HTMLInputElement>("input[data-photo-claim]:not([data-claim-on])")) {
    field.dataset.claimOn = "";
    if (!field.form) continue;
    const inputs = all<HTMLInputElement>("input[type='file']:not([name='video'])", field.form);
    for (const input of inputs) input.addEventListener("change", () => void claim(inputs, field));
  }
}

const chosen = (inputs: HTMLInputElement[]): File[] =>
  inputs.flatMap((input) => [...(input.files ?? [])]);

async function claim(inputs: HTMLInputElement[], field: HTMLInputElement): Promise<void> {
  // Until the digests are there the form claims nothing, rather than what was chosen before.
  field.value = "";
  const files = chosen(inputs);
  try {
    const value = claimOf(await Promise.all(files.map(sha256)));
    const now = chosen(inputs);
    if (now.length === files.length && files.every((file, index) => now[index] === file)) {
      field.value = value;
    }
  } catch {
    // A file that cannot be read now is not claimed; the browser itself says so when it sends.
  }
}
