/** Files and folders that were dropped, folders opened all the way down. */
import { isNoise } from "./files";

const MOST = 200;

async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const found: FileSystemEntry[] = [];
  // A reader gives its entries in pieces; an empty piece is the end.
  for (;;) {
    const piece = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (piece.length === 0 || found.length > MOST) return found;
    found.push(...piece);
  }
}

async function collect(entry: FileSystemEntry, into: File[]): Promise<void> {
  if (isNoise(entry.name) || into.length > MOST) return;
  if (entry.isDirectory) {
    for (const inner of await entriesOf(entry as FileSystemDirectoryEntry))
      await collect(inner, into);
    return;
  }
  into.push(
    await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    ),
  );
}

export async function droppedFiles(transfer: DataTransfer): Promise<File[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.() ?? null);
  const loose = [...transfer.files];
  if (!entries.some((entry) => entry?.isDirectory)) return loose;
  const found: File[] = [];
  for (const entry of entries) if (entry) await collect(entry, found);
  return found;
}
