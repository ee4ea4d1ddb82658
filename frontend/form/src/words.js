// What the page says, in the language of its reader; the texts come with the page, all languages at once, for
// the page lies on the phone and must not ask when somebody changes the language.

const ALL = JSON.parse(document.getElementById("words").textContent);
const CHOSEN = "everycount-language";

/** The languages that there are, by code and by their own name. */
export const languages = Object.entries(ALL).map(([code, { itself }]) => [code, itself]);

const wished = [localStorage.getItem(CHOSEN), ...navigator.languages].map((each) => (each ?? "").split("-")[0]);

/** The code of the page's language. */
export const language = wished.find((each) => each in ALL) ?? "en";

const words = ALL[language];

/** A text, with names filled in. */
export const say = (name, given = {}) => words[name].replace(/\{(\w+)\}/g, (_, each) => given[each]);

/** Another language from now on. */
export function choose(code) {
  localStorage.setItem(CHOSEN, code);
  location.reload();
}

document.documentElement.lang = language;
document.documentElement.dir = words.direction;
document.title = say("title");
// What ODK's component says (see patches.js).
globalThis.everycountWords = {
  send: say("send"),
  language: say("change_language"),
  required: say("required"),
  constraint: say("constraint"),
  place: say("no_place"),
  faults: (n) => say("faults", { n }),
};
