// The node as tab and worker speak to it. The worker has no parser of XML, so words are read plainly.

/** A refusal in the node's own words. */
export class Refused extends Error {
  constructor(status, words) {
    super(words);
    this.status = status;
  }
}

/** The node was not reached: no network, a captive portal, or a node that is busy. */
export class Unreached extends Error {}

export const base = (secret) => `/key/${encodeURIComponent(secret)}`;

export async function ask(address, options = {}) {
  let answer;
  try {
    answer = await fetch(address, { ...options, credentials: "omit", redirect: "error" });
  } catch (error) {
    throw new Unreached(error.message);
  }
  // Whoever answers without this header is not the node: a captive portal says 200 to everything.
  if (!answer.headers.has("X-OpenRosa-Version") || answer.status >= 500) throw new Unreached(String(answer.status));
  if (!answer.ok) throw new Refused(answer.status, message(await answer.text()));
  return answer;
}

/** The words of an OpenRosa response. */
export function message(xml) {
  const found = /<message[^>]*>([\s\S]*?)<\/message>/.exec(xml);
  const named = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };
  return (found?.[1] ?? "").replace(/&(?:#(\d+)|(\w+));/g, (all, number, name) =>
    number ? String.fromCodePoint(Number(number)) : (named[name] ?? all),
  );
}

/**
 * Sends one part of a submission; it is stored for good when this returns.
 *
 * @returns {Promise<string>} the node's words.
 */
export async function post(secret, part, receipt) {
  const body = new FormData();
  for (const [name, content] of part) body.append(name, content, name);
  if (receipt) body.append("everycount_receipt", receipt);
  const answer = await ask(`${base(secret)}/submission`, { method: "POST", body });
  if (answer.status !== 201 && answer.status !== 202) throw new Unreached(String(answer.status));
  return message(await answer.text());
}
