// The queue. A thing leaves it in the same change in which its receipt is marked as sent, and never before
// the node has said that it is stored; the node knows a thing that comes twice.

import { withLock } from "./locks.js";
import { Refused, Unreached, post } from "./node.js";
import { all, change, one } from "./store.js";

const CODE = /\b[A-Z2-7]{5}(?:-[A-Z2-7]{1,5}){5}\b/;

/**
 * Sends what waits, in one tab at a time.
 *
 * @param {boolean} again whether what was refused is tried, too.
 * @returns {Promise<"sent" | "unreached" | "elsewhere">} how it ended.
 */
export const sendAll = (again = false) =>
  withLock("everycount-sending", async (lock) => {
    if (!lock) return "elsewhere";
    const waiting = (await all("waiting")).filter((each) => again || !each.refused);
    for (const each of waiting.sort((a, b) => a.savedAt - b.savedAt)) {
      if ((await sendOne(each)) === "unreached") return "unreached";
    }
    return "sent";
  });

async function sendOne(thing) {
  let words = "";
  try {
    for (const part of thing.parts.slice(thing.sent)) {
      words = (await post(thing.secret, part, thing.receipt)) || words;
      thing = { ...thing, sent: thing.sent + 1 };
      if (thing.sent < thing.parts.length) await change([["waiting", thing]]);
    }
  } catch (error) {
    if (error instanceof Unreached) return "unreached";
    if (!(error instanceof Refused)) throw error;
    await change([["waiting", { ...thing, refused: error.message, status: error.status }]]);
    return "refused";
  }
  await change(await acknowledged(thing, words), [["waiting", thing.id]]);
  return "sent";
}

async function acknowledged(thing, words) {
  const receipt = await one("receipts", thing.id);
  if (!receipt) return [];
  // The node keeps the code that it was given; should it ever draw another one, that one counts.
  const code = CODE.exec(words)?.[0] ?? receipt.code;
  return [["receipts", { ...receipt, code, sentAt: Date.now() }]];
}
