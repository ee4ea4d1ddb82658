// What a key opens: the list of forms, the forms, their files.
// Standard: https://docs.getodk.org/openrosa/

import { ask, base } from "./node.js";

const texts = (element, name) => element.getElementsByTagNameNS("*", name)[0]?.textContent.trim() ?? "";

async function listed(address, name) {
  const answer = await ask(address, { cache: "no-cache" });
  const xml = new DOMParser().parseFromString(await answer.text(), "text/xml");
  return [...xml.getElementsByTagNameNS("*", name)];
}

// The node writes whole addresses under its public name; the phone may know it by another one.
const here = (address) => new URL(address, location.origin).pathname;

async function files(address, known) {
  if (!address) return [];
  const listedFiles = await listed(here(address), "mediaFile");
  return Promise.all(
    listedFiles.map(async (each) => {
      const [name, hash] = [texts(each, "filename"), texts(each, "hash")];
      const kept = known.find((file) => file.name === name && file.hash === hash);
      return kept ?? { name, hash, content: await (await ask(here(texts(each, "downloadUrl")))).blob() };
    }),
  );
}

/**
 * The forms that a key opens; those that have not changed are not fetched again.
 *
 * @param {string} secret the key.
 * @param {object[]} known forms of an earlier visit.
 */
export async function forms(secret, known) {
  const found = await listed(`${base(secret)}/formList`, "xform");
  return Promise.all(
    found.map(async (each) => {
      const [formId, hash] = [texts(each, "formID"), texts(each, "hash")];
      const kept = known.find((form) => form.formId === formId && form.hash === hash);
      return {
        id: `${secret} ${formId}`,
        secret,
        formId,
        hash,
        title: texts(each, "name"),
        version: texts(each, "version"),
        xml: kept?.xml ?? (await (await ask(here(texts(each, "downloadUrl")))).text()),
        files: await files(texts(each, "manifestUrl"), kept?.files ?? []),
      };
    }),
  );
}

/**
 * A form in a version that the list does not name any more; it is there for what was sent with it.
 *
 * @param {string} secret the key.
 * @param {{form: string, formId: string, title: string, version: string}} held which.
 */
export async function formOf(secret, { form, formId, title, version }) {
  const where = `${base(secret)}/forms/${form}`;
  return {
    id: `${secret} ${formId} ${form}`,
    secret,
    formId,
    hash: "",
    title,
    version,
    gone: true,
    xml: await (await ask(`${where}.xml`)).text(),
    files: await files(`${where}/manifest`, []),
  };
}
