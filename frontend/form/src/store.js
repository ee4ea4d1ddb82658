// What the phone keeps: one IndexedDB, whose changes are on the disk before they count as done.

const NAME = "everycount";
const VERSION = 1;
// A store and the field that names its things.
const STORES = { keys: "secret", forms: "id", waiting: "id", drafts: "id", receipts: "id" };
const CHANGED = new BroadcastChannel("everycount-store");

let opened;

function database() {
  opened ??= new Promise((done, failed) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      for (const [store, keyPath] of Object.entries(STORES)) request.result.createObjectStore(store, { keyPath });
    };
    request.onsuccess = () => {
      // Another tab with a later version must not wait for this one.
      request.result.onversionchange = () => request.result.close();
      done(request.result);
    };
    request.onerror = () => failed(request.error);
  });
  return opened;
}

const answered = (request) =>
  new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });

/** Everything in a store, oldest name first. */
export const all = async (store) => answered((await database()).transaction(store).objectStore(store).getAll());

/** One thing, or undefined. */
export const one = async (store, name) =>
  answered((await database()).transaction(store).objectStore(store).get(name));

/**
 * Several changes that happen together or not at all; done when they are on the disk.
 *
 * @param {[store: string, what: object][]} puts things to keep.
 * @param {[store: string, name: string][]} removals names to forget.
 * @throws {DOMException} QuotaExceededError where the phone is full; nothing has changed then.
 */
export async function change(puts, removals = []) {
  const stores = [...new Set([...puts, ...removals].map(([store]) => store))];
  const transaction = (await database()).transaction(stores, "readwrite", { durability: "strict" });
  const done = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error ?? new DOMException("", "AbortError"));
  });
  for (const [store, what] of puts) transaction.objectStore(store).put(what);
  for (const [store, name] of removals) transaction.objectStore(store).delete(name);
  await done;
  CHANGED.postMessage(stores);
}

/** Calls back when another tab, or the worker, has changed something. */
export function whenChanged(call) {
  CHANGED.onmessage = () => call();
}
