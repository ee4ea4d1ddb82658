// Only one tab at a time. Browsers have locks on secure pages only (https, or this very machine); without them
// the node, which knows a thing that comes twice, is the one safeguard.

/**
 * Calls with a lock, or with null where another tab holds it.
 *
 * @template T
 * @param {string} name
 * @param {(lock: object | null) => Promise<T>} call
 * @returns {Promise<T>}
 */
export const withLock = (name, call) =>
  navigator.locks ? navigator.locks.request(name, { ifAvailable: true }, call) : call({});
