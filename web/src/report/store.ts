/** The device's own store of reports: one record a report, photos with it, written in one transaction or not at all. */
import type { Parcel } from "./parcel";

const NAME = "reports";
const TABLE = "parcels";

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(TABLE, { keyPath: "id" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

/** Run one transaction; resolves when it is on the disk, not when it was asked for. */
async function run<T>(
  mode: IDBTransactionMode,
  work: (table: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const database = await open();
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(TABLE, mode, { durability: "strict" });
      const asked = work(transaction.objectStore(TABLE));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

/** Every report on this device, the oldest first. */
export async function all(): Promise<Parcel[]> {
  const rows = await run("readonly", (table) => table.getAll() as IDBRequest<Parcel[]>);
  return rows.sort((a, b) => a.made - b.made);
}

export async function put(parcel: Parcel): Promise<void> {
  await run("readwrite", (table) => table.put(parcel));
}

export async function remove(id: string): Promise<void> {
  await run("readwrite", (table) => table.delete(id));
}
