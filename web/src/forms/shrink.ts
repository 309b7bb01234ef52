/** A photo made smaller by the phone before it is sent: 2048 px on its longer side, its EXIF kept. */
import { exifOf, withExif } from "./exif";

export const LONGEST_PX = 2048;
/** A photo that is small enough already goes as it is, to the byte. */
const SMALL_BYTES = 1_200_000;
const QUALITY = 0.85;

/** Width and height of a picture that fits into a square of `longest`, never larger than it was. */
export function fitted(width: number, height: number, longest = LONGEST_PX): [number, number] {
  const scale = Math.min(1, longest / Math.max(width, height));
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
}

/** What is sent in place of `file`: a smaller JPEG, or the file itself where that would be no gain or cannot be done. */
export async function shrink(file: File): Promise<File> {
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const [width, height] = fitted(bitmap.width, bitmap.height);
    const isSmall = width === bitmap.width && height === bitmap.height && file.size <= SMALL_BYTES;
    if (isSmall && /^image\/(jpeg|png|webp)$/.test(file.type)) {
      bitmap.close();
      return file;
    }
    const smaller = await drawn(bitmap, width, height);
    if (!smaller || (smaller.size >= file.size && file.type === "image/jpeg")) return file;
    return await named(file, smaller);
  } catch {
    // A picture that this browser cannot read is left to the server, which says what is wrong with it.
    return file;
  }
}

async function drawn(
  bitmap: ImageBitmap,
  width: number,
  height: number,
): Promise<Blob | undefined> {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const pen = canvas.getContext("2d");
  if (!pen || !tellsTheTruth(pen)) return undefined;
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 0, width, height);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  const blob = await new Promise<Blob | null>((resolve) =>
    canvas.toBlob(resolve, "image/jpeg", QUALITY),
  );
  return blob ?? undefined;
}

/** Browsers that guard against fingerprints give noise back instead of what was drawn. */
function tellsTheTruth(pen: CanvasRenderingContext2D): boolean {
  pen.fillStyle = "#336699";
  pen.fillRect(0, 0, 4, 4);
  const { data } = pen.getImageData(0, 0, 1, 1);
  return data[0] === 0x33 && data[1] === 0x66 && data[2] === 0x99;
}

async function named(file: File, blob: Blob): Promise<File> {
  const exif = exifOf(new Uint8Array(await file.arrayBuffer()));
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const name = `${file.name.replace(/\.[^.]*$/, "") || "photo"}.jpg`;
  return new File([exif ? withExif(bytes, exif) : bytes], name, {
    type: "image/jpeg",
    lastModified: file.lastModified,
  });
}
