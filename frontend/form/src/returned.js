// What came back to be mended: its list, its answers as something unfinished, and a word to the reviewers.

import { ask, base } from "./node.js";
import { formOf } from "./openrosa.js";
import { XML } from "./parts.js";
import { language } from "./words.js";

const about = (secret, id = "", more = "") =>
  `${base(secret)}/returned${id && `/${id}`}${more}?language=${encodeURIComponent(language)}`;

/** What came back to a key's phone, to be mended or to be answered, and what is asked about what it sent. */
export const listOf = async (secret) => (await ask(about(secret), { cache: "no-cache" })).json();

/**
 * Fetches the answers of one of them, and makes something unfinished of it: a new version of the answers that
 * names the one that it takes the place of. Its form comes in the version that was answered.
 *
 * @returns {Promise<{form: object, draft: object}>} to be kept together.
 */
export async function mend(secret, { id }, known) {
  const held = await (await ask(about(secret, id), { cache: "no-store" })).json();
  const form =
    known.find((each) => each.secret === secret && each.formId === held.formId && each.version === held.version) ??
    (await formOf(secret, held));
  const data = [[XML, new File([renewed(held.xml)], XML, { type: "text/xml" })]];
  for (const { name, number } of held.files) {
    const content = await (await ask(about(secret, id, `/files/${number}`), { cache: "no-store" })).blob();
    data.push([name, new File([content], name)]);
  }
  const files = held.files.map(({ name }) => name);
  const mends = { id, instance: held.instance, secret, files, sizes: data.slice(1).map(([, { size }]) => size) };
  return { form, draft: { id: `mend:${id}`, form: form.id, title: held.title, savedAt: Date.now(), data, mends } };
}

/** Says something to the reviewers; the node's words. */
export const answer = (secret, id, words) => {
  const body = new FormData();
  body.append("words", words);
  return ask(about(secret, id, "/reply"), { method: "POST", body });
};

/** What is sent: the answers with the name of the version before, and the files that are new. */
export async function corrected(data, mends) {
  const made = new FormData();
  made.set(XML, new File([named(await data.get(XML).text(), mends.instance)], XML, { type: "text/xml" }));
  for (const [name, content] of data.entries()) {
    const place = mends.files.indexOf(name);
    const same = place >= 0 && mends.sizes[place] === content.size;
    if (name !== XML && !same) made.set(name, content, name);
  }
  return made;
}

const parsed = (xml) => new DOMParser().parseFromString(xml, "text/xml");
const written = (document) => new XMLSerializer().serializeToString(document);
const all = (document, name) => [...document.getElementsByTagNameNS("*", name)];

/** The answers under a new name; of what they had replaced themselves nothing is said any more. */
function renewed(xml) {
  const made = parsed(xml);
  all(made, "deprecatedID").forEach((each) => each.remove());
  all(made, "instanceID")[0].textContent = `uuid:${uuid()}`;
  return written(made);
}

function named(xml, instance) {
  const made = parsed(xml);
  all(made, "deprecatedID").forEach((each) => each.remove());
  const own = all(made, "instanceID")[0];
  const before = own.cloneNode(false);
  const name = made.createElementNS(before.namespaceURI, before.nodeName.replace("instanceID", "deprecatedID"));
  name.textContent = instance;
  own.after(name);
  return written(made);
}

/** By hand, for a page without TLS has no randomUUID. */
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((each) => each.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
