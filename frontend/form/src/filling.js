// One form on the screen: ODK's component, wrapped. It comes with this module only, when a form is opened.

import { OdkWebForm, webFormsPlugin } from "@getodk/web-forms";
import { createApp, h, toRaw, watch } from "vue";

import { XML } from "./parts.js";

const EVERY = 3000; // milliseconds between two looks whether there is something new to keep
const TYPES = { csv: "text/csv", geojson: "application/geo+json", xml: "text/xml" };
// Languages that are written from right to left (CLDR, characterOrder).
const FROM_RIGHT = new Set(["ar", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "syr", "ug", "ur", "yi"]);

/**
 * Shows a form.
 *
 * @param {HTMLElement} place where.
 * @param {{xml: string, files: {name: string, content: Blob}[]}} form what.
 * @param {object} options
 * @param {FormData} [options.draft] what was filled in before.
 * @param {string} options.language which the person reads, if the form has it.
 * @param {(data: FormData) => Promise<void>} options.send takes a whole form.
 * @param {(data: FormData) => Promise<void>} options.keep takes a form that is not whole yet.
 * @returns {{close: () => Promise<void>}} a handle; closing keeps what is not sent.
 */
export function fill(place, form, { draft, language, send, keep }) {
  let [finished, kept] = [false, ""];
  const app = createApp({
    render: () =>
      h(OdkWebForm, {
        formXml: form.xml,
        fetchFormAttachment: async (url) => attachment(form, url),
        missingResourceBehavior: "BLANK",
        // The build lets the component restore a draft under the name that it had (see patches.js).
        editInstance: draft && { draft },
        onSubmit: async ({ data }) => {
          finished = true; // nothing is kept as unfinished any more
          try {
            await send(data[0]);
          } catch (error) {
            finished = false;
            throw error;
          }
        },
      }),
  });
  app.use(webFormsPlugin);
  app.mount(place);

  const look = async () => {
    const root = finished ? null : rootOf(app);
    if (!root) return;
    const data = dataOf(root);
    const now = await fingerprint(data);
    if (kept && now !== kept) await keep(data);
    kept = now;
  };
  const begun = setInterval(async () => {
    const root = rootOf(app);
    if (!root) return;
    clearInterval(begun);
    speak(root, place, language);
    kept = await fingerprint(dataOf(root)); // of something unfinished, too: what is changed at once must be kept
    place.dispatchEvent(new CustomEvent("begun"));
  }, 30);
  const timer = setInterval(look, EVERY);
  const hidden = () => document.visibilityState === "hidden" && look();
  document.addEventListener("visibilitychange", hidden);
  return {
    close: async () => {
      clearInterval(begun);
      clearInterval(timer);
      document.removeEventListener("visibilitychange", hidden);
      await look();
      app.unmount();
    },
  };
}

function attachment(form, url) {
  const name = decodeURIComponent(String(url).split("/").at(-1));
  const found = form.files.find((each) => each.name === name);
  const type = TYPES[name.split(".").at(-1).toLowerCase()];
  return found
    ? new Response(found.content, { headers: type ? { "Content-Type": type } : {} })
    : new Response("", { status: 404 });
}

// The component gives no handle to the form in it; its header holds one.
function rootOf(app) {
  const seek = (node) => {
    if (!node || typeof node !== "object") return null;
    const component = node.component;
    if (component?.type?.__name === "FormHeader") return component.props.form;
    const inner = component ? [component.subTree] : Array.isArray(node.children) ? node.children : [];
    for (const each of inner) {
      const found = seek(each);
      if (found) return found;
    }
    return null;
  };
  return seek(app._container?._vnode);
}

function dataOf(root) {
  const data = new FormData();
  data.set(XML, new File([root.instanceState.instanceXML], XML, { type: "text/xml" }));
  for (const [node, file] of toRaw(root).rootDocument.attachments.entries()) {
    const value = node.isAttached() && node.isRelevant() ? file.getValue() : null;
    if (value) data.set(value.name, value);
  }
  return data;
}

async function fingerprint(data) {
  const files = [...data.entries()].filter(([name]) => name !== XML).map(([name, { size }]) => `${name} ${size}`);
  return [await data.get(XML).text(), ...files].join("\n");
}

// "Arabic (ar)" is Arabic; a name without a code is taken as it is.
const codeOf = (name) => (/\(([\w-]+)\)\s*$/.exec(name)?.[1] ?? name).toLowerCase().split("-")[0];

function speak(root, place, language) {
  const wanted = root.languages.find((each) => codeOf(each.language ?? "") === language);
  if (wanted) root.setLanguage(wanted);
  watch(
    () => root.currentState.activeLanguage?.language ?? "",
    (name) => {
      const code = codeOf(name);
      place.dir = FROM_RIGHT.has(code) ? "rtl" : code ? "ltr" : "auto";
      if (/^[a-z]{2,3}$/.test(code)) place.lang = code;
    },
    { immediate: true },
  );
}
