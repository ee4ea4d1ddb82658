// What the build changes in ODK's component. Each change must be found, or the build stops: a later version
// of the component is looked at again by a person.

const WORDS = "globalThis.everycountWords";

const PATCHES = [
  {
    why: "Fonts are half of the bytes; the phone has fonts.",
    in: /index\.js$/,
    find: /@font-face\{[^}]*\}/g,
    use: "",
  },
  {
    why: "A draft is restored under its own name; the component by itself only edits what was sent.",
    in: /index-.*\.js$/,
    find: /resolvableFormInstanceInput\((\w+)\.editInstance\), (\w+) = await (\w+)\.editInstance\((\w+), (\w+)\)/,
    use:
      "null, $2 = $1.editInstance.draft ? await $3.restoreInstance({ data: [$1.editInstance.draft] }, $5)" +
      " : await $3.editInstance(resolvableFormInstanceInput($1.editInstance), $5)",
  },
  { why: "In the reader's language.", in: /index-.*\.js$/, find: 'label: "Send"', use: `label: ${WORDS}.send` },
  {
    why: "In the reader's language.",
    in: /index-.*\.js$/,
    find: /"Change language"/,
    use: `${WORDS}.language`,
  },
  { why: "A name for the button that changes the language.", in: /index-.*\.js$/, find: '"change language"', use: `${WORDS}.language` },
  {
    why: "In the reader's language.",
    in: /index-.*\.js$/,
    find: '"Condition not satisfied: required"',
    use: `${WORDS}.required`,
  },
  {
    why: "In the reader's language.",
    in: /index-.*\.js$/,
    find: '"Condition not satisfied: constraint"',
    use: `${WORDS}.constraint`,
  },
  {
    why: "In the reader's language, with its own plural.",
    in: /index-.*\.js$/,
    find: /(\w+) === 1 \? "1 question with error\." : `\$\{\w+\} questions with errors\.`/,
    use: `${WORDS}.faults($1)`,
  },
  {
    why: "In the reader's language.",
    in: /index-.*\.js$/,
    find: '"Location unavailable. Enable GPS and browser permissions, then restart the form to try again."',
    use: `${WORDS}.place`,
  },
];

// WebAssembly as text costs a third more on the wire, and a page that fetches "data:" needs a laxer policy.
const WASM = /"data:application\/wasm;base64,([A-Za-z0-9+/=]+)"/g;

/** A plugin of Vite. */
export function patches() {
  const left = new Set(PATCHES);
  return {
    name: "everycount-patches",
    enforce: "pre",
    transform(code, id) {
      if (!id.includes("@getodk/web-forms/dist/")) return null;
      for (const patch of PATCHES.filter((each) => each.in.test(id.split("?")[0]))) {
        const changed = code.replace(patch.find, patch.use);
        if (changed !== code) left.delete(patch);
        code = changed;
      }
      code = code.replace(WASM, (_, text) => {
        const file = this.emitFile({ type: "asset", name: "grammar.wasm", source: Buffer.from(text, "base64") });
        return `import.meta.ROLLUP_FILE_URL_${file}`;
      });
      return { code, map: null };
    },
    buildEnd() {
      if (left.size) this.error(`Not found in @getodk/web-forms: ${[...left].map((each) => each.find).join("; ")}`);
    },
  };
}
