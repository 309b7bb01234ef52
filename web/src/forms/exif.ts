/**
 * What a JPEG says of itself (EXIF 2.32): kept when a photo is made smaller, because the server checks a photo's time
 * and place by it before it takes both out, and read here to offer the place. Untrusted bytes: nothing is followed twice.
 */

export interface Place {
  lng: number;
  lat: number;
}

const ORIENTATION = 0x0112;
const GPS = 0x8825;
const LAT_REF = 1;
const LAT = 2;
const LNG_REF = 3;
const LNG = 4;
const HEAD = 10; // marker, length, "Exif\0\0"
const MOST_ENTRIES = 200;

/** The whole APP1 segment with the EXIF of a JPEG; undefined when there is none. */
export function exifOf(jpeg: Uint8Array): Uint8Array | undefined {
  if (jpeg[0] !== 0xff || jpeg[1] !== 0xd8) return undefined;
  let at = 2;
  while (at + 4 <= jpeg.length && jpeg[at] === 0xff) {
    const marker = jpeg[at + 1] as number;
    if (marker === 0xda || marker === 0xd9) return undefined;
    const length = ((jpeg[at + 2] as number) << 8) | (jpeg[at + 3] as number);
    if (length < 2 || at + 2 + length > jpeg.length) return undefined;
    const segment = jpeg.subarray(at, at + 2 + length);
    if (marker === 0xe1 && String.fromCharCode(...segment.subarray(4, 8)) === "Exif")
      return segment;
    at += 2 + length;
  }
  return undefined;
}

/** The JPEG with this EXIF at its head, said to be upright: its pixels have been turned already. */
export function withExif(jpeg: Uint8Array, exif: Uint8Array): Uint8Array<ArrayBuffer> {
  const upright = new Uint8Array(exif);
  const tiff = new Tiff(upright);
  const entry = tiff.entries(tiff.first).get(ORIENTATION);
  if (entry !== undefined) tiff.setShort(entry + 8, 1);
  const whole = new Uint8Array(jpeg.length + upright.length);
  whole.set(jpeg.subarray(0, 2));
  whole.set(upright, 2);
  whole.set(jpeg.subarray(2), 2 + upright.length);
  return whole;
}

/** Where the photo was taken, in degrees of WGS 84; undefined when it does not say, or says what is no place. */
export function placeOf(exif: Uint8Array | undefined): Place | undefined {
  if (!exif) return undefined;
  const tiff = new Tiff(exif);
  const pointer = tiff.entries(tiff.first).get(GPS);
  if (pointer === undefined) return undefined;
  const gps = tiff.entries(tiff.long(pointer + 8));
  const lat = degrees(tiff, gps.get(LAT), gps.get(LAT_REF), "S");
  const lng = degrees(tiff, gps.get(LNG), gps.get(LNG_REF), "W");
  const isPlace = Math.abs(lat) <= 90 && Math.abs(lng) <= 180 && !(lat === 0 && lng === 0);
  return isPlace ? { lng, lat } : undefined;
}

function degrees(
  tiff: Tiff,
  value: number | undefined,
  side: number | undefined,
  minus: string,
): number {
  if (value === undefined) return Number.NaN;
  const at = tiff.long(value + 8);
  const part = (index: number): number => tiff.long(at + index * 8) / tiff.long(at + index * 8 + 4);
  const size = part(0) + part(1) / 60 + part(2) / 3600;
  return side !== undefined && tiff.letter(side + 8) === minus ? -size : size;
}

/** Numbers of the TIFF structure inside the segment; what lies outside of it is not a number. */
class Tiff {
  private readonly view: DataView;
  private readonly little: boolean;
  readonly first: number;

  constructor(segment: Uint8Array) {
    const from = Math.min(HEAD, segment.length);
    this.view = new DataView(
      segment.buffer,
      segment.byteOffset + from,
      Math.max(0, segment.length - from),
    );
    this.little = this.letter(0) === "I";
    this.first = this.long(4);
  }

  letter(at: number): string {
    return this.holds(at, 1) ? String.fromCharCode(this.view.getUint8(at)) : "";
  }

  long(at: number): number {
    return this.holds(at, 4) ? this.view.getUint32(at, this.little) : Number.NaN;
  }

  setShort(at: number, value: number): void {
    if (this.holds(at, 2)) this.view.setUint16(at, value, this.little);
  }

  /** Where each entry of a directory begins, by its tag. */
  entries(at: number): Map<number, number> {
    const found = new Map<number, number>();
    if (!this.holds(at, 2)) return found;
    const count = Math.min(this.view.getUint16(at, this.little), MOST_ENTRIES);
    for (let entry = at + 2; found.size < count && this.holds(entry, 12); entry += 12) {
      const tag = this.view.getUint16(entry, this.little);
      if (found.has(tag)) break;
      found.set(tag, entry);
    }
    return found;
  }

  private holds(at: number, bytes: number): boolean {
    return Number.isInteger(at) && at >= 0 && at + bytes <= this.view.byteLength;
  }
}
