/** The device's own store of reports: one record a report, photos with it, written in one transaction or not at all. */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { Parcel } from "./parcel";

interface Reports extends DBSchema {
  parcels: { key: string; value: Parcel };
}

/** The database is closed after each use, so that another tab may always upgrade it. */
async function withDatabase<T>(work: (database: IDBPDatabase<Reports>) => Promise<T>): Promise<T> {
  const database = await openDB<Reports>("reports", 1, {
    upgrade: (fresh) => void fresh.createObjectStore("parcels", { keyPath: "id" }),
  });
  try {
    return await work(database);
  } finally {
    database.close();
  }
}

/** Every report on this device, the oldest first. */
export async function all(): Promise<Parcel[]> {
  const rows = await withDatabase((database) => database.getAll("parcels"));
  return rows.sort((a, b) => a.made - b.made);
}

/** Keep a form; resolves when it is on the disk, not when it was asked for. */
export async function put(parcel: Parcel): Promise<void> {
  // Asked once there is something to lose: a browser short of room clears what nobody has asked it to keep.
  void globalThis.navigator?.storage?.persist?.().catch(() => undefined);
  await withDatabase(async (database) => {
    const transaction = database.transaction("parcels", "readwrite", { durability: "strict" });
    await Promise.all([transaction.store.put(parcel), transaction.done]);
  });
}

export async function remove(id: string): Promise<void> {
  await withDatabase(async (database) => {
    const transaction = database.transaction("parcels", "readwrite", { durability: "strict" });
    await Promise.all([transaction.store.delete(id), transaction.done]);
  });
}
