// The page: what this phone can fill in, what is unfinished, what waits, and the receipts that it holds.

import "./page.css";
import { download, el } from "./elements.js";
import { withLock } from "./locks.js";
import { Refused } from "./node.js";
import { forms } from "./openrosa.js";
import { XML, parts } from "./parts.js";
import { newCode } from "./receipt.js";
import { answer, corrected, listOf, mend } from "./returned.js";
import { sendAll } from "./sending.js";
import { all, change, one, whenChanged } from "./store.js";
import { choose, language, languages, say } from "./words.js";

const AGAIN = 60_000; // milliseconds between two tries to send
const SPARE = 20_000_000; // bytes; below it the person is warned
const main = document.getElementById("main");
let [open, state, notice] = [null, "", null];

// ---- what comes from the node

/** Takes a key from the address, where it would stay in the history. */
async function takeKey() {
  const secret = decodeURIComponent(location.hash.slice(1));
  if (!secret) return;
  history.replaceState(null, "", location.pathname);
  await addKey(secret);
}

async function addKey(secret) {
  if (await one("keys", secret)) return;
  await change([["keys", { secret, addedAt: Date.now() }]]);
  await navigator.storage?.persist?.();
}

/** Fetches lists and forms anew; without network what is here stays. */
async function refresh() {
  for (const key of await all("keys")) {
    const known = (await all("forms")).filter((each) => each.secret === key.secret);
    try {
      const listed = await forms(key.secret, known);
      const told = await listOf(key.secret).catch(() => null);
      const { returned = [], asked = [] } = told ?? key;
      const drafts = await all("drafts");
      const over = told ? drafts.filter((each) => isOver(each, key.secret, returned)).map(({ id }) => id) : [];
      const used = new Set(drafts.filter(({ id }) => !over.includes(id)).map((each) => each.form));
      const gone = known.filter((each) => !listed.some(({ id }) => id === each.id));
      await change(
        [
          ["keys", { ...key, refused: null, returned, asked }],
          ...listed.map((each) => ["forms", each]),
          // A form that somebody is in the middle of stays for that one.
          ...gone.filter(({ id }) => used.has(id)).map((each) => ["forms", { ...each, gone: true }]),
        ],
        [...gone.filter(({ id }) => !used.has(id)).map(({ id }) => ["forms", id]), ...over.map((id) => ["drafts", id])],
      );
    } catch (error) {
      if (error instanceof Refused) await change([["keys", { ...key, refused: error.message }]]);
    }
  }
}

/** Whether a correction that was begun is not wanted any more: its person may have taken the answers back. */
const isOver = ({ id, mends }, secret, told) =>
  mends?.secret === secret &&
  open?.draft !== id &&
  !told.some((each) => each.id === mends.id && each.state === "returned");

let sending = false;
async function send(again = false) {
  if (sending) return;
  sending = true;
  await draw();
  try {
    if ((await sendAll(again)) === "unreached") await askForSync();
  } finally {
    sending = false;
    await draw();
  }
}

/** Where the browser can, it sends later by itself, the page open or not. */
async function askForSync() {
  const registration = await navigator.serviceWorker?.getRegistration();
  await registration?.sync?.register("send").catch(() => {});
}

// ---- filling in

const fresh = () => `draft:${newCode()}`;

function keep(id, form, mends) {
  return async (data) => {
    const kept = { id, form: form.id, title: form.title, savedAt: Date.now(), data: [...data.entries()], mends };
    try {
      await change([["drafts", kept]]);
    } catch {
      show(say("full"), true);
    }
  };
}

/** Into the queue, with its receipt and out of the unfinished, in one change. */
function queue(id, form, mends) {
  return async (filled) => {
    const data = mends ? await corrected(filled, mends) : filled;
    const instance = instanceOf(await data.get(XML).text());
    const receipt = mends ? "" : newCode(); // what is corrected keeps the code that its person has
    const savedAt = Date.now();
    const made = { id: instance, code: receipt, title: form.title, savedAt, sentAt: null };
    const key = mends && (await one("keys", form.secret));
    const beside = key ? ["keys", without(key, mends.id)] : mends ? null : ["receipts", made];
    const whole = { id: instance, secret: form.secret, title: form.title, parts: parts(data), sent: 0, receipt, savedAt };
    try {
      await change(
        [["waiting", whole], beside].filter(Boolean),
        [["drafts", id]],
      );
    } catch (error) {
      show(say("full"), true);
      throw error;
    }
    await leave();
    show(say("kept"));
    document.getElementById("receipts")?.scrollIntoView();
    await send();
  };
}

const without = (key, id) => ({ ...key, returned: (key.returned ?? []).filter((each) => each.id !== id) });

const instanceOf = (xml) => {
  const found = new DOMParser().parseFromString(xml, "text/xml").getElementsByTagNameNS("*", "instanceID")[0];
  return found?.textContent.trim() || `without:${newCode()}`;
};

async function fillIn(form, draft) {
  if (open) return;
  // From here on the lists are not drawn any more: a list drawn over a form would take the answers away.
  const mine = { close: async () => {}, leaveLock: () => {} };
  open = mine;
  const id = draft?.id ?? fresh();
  // Two tabs on one unfinished form would write over each other.
  const [leaveLock, held] = await lock(id);
  if (!held) {
    open = null;
    return show(say("elsewhere"), true);
  }
  Object.assign(mine, { leaveLock, draft: id });
  const place = el("div", { id: "form" });
  const loading = el("p", { class: "quiet", id: "loading", role: "status" }, say("opening"));
  place.addEventListener("begun", () => loading.remove());
  alone(true);
  main.replaceChildren(
    el("p", { class: "back" }, el("button", { type: "button", class: "second", click: back }, say("back"))),
    loading,
    place,
  );
  history.pushState({ form: form.id }, "");
  const module = await import("./filling.js").catch(() => null);
  if (open !== mine) return; // the person went back while it was opening
  if (!module) {
    await leave();
    return show(say("needs_network"), true);
  }
  const data = draft && new FormData();
  for (const [name, content] of draft?.data ?? []) data.set(name, content, name);
  mine.close = module.fill(place, form, {
    draft: data,
    language,
    send: queue(id, form, draft?.mends),
    keep: keep(id, form, draft?.mends),
  }).close;
}

/** Fetches what came back, keeps it as something unfinished, and opens that. */
async function mendOne(secret, each) {
  const drafts = await all("drafts");
  if (!drafts.some(({ id }) => id === `mend:${each.id}`)) {
    try {
      const { form, draft } = await mend(secret, each, await all("forms"));
      await change([["forms", form], ["drafts", draft]]);
    } catch (error) {
      await draw();
      return show(error instanceof Refused ? error.message : say("mend_network"), true);
    }
  }
  const draft = await one("drafts", `mend:${each.id}`);
  const form = await one("forms", draft.form);
  await fillIn(form, draft);
}

/** A page of its own, so that lists that come anew do not take away what somebody is writing. */
function answerTo(secret, each) {
  if (open) return;
  open = { close: async () => {}, leaveLock: () => {} };
  history.pushState({ form: each.id }, "");
  const words = el("textarea", { id: "answer", rows: "4", required: true, maxlength: "2000", dir: "auto", "aria-describedby": "answer-hint" });
  const sendIt = async (event) => {
    event.preventDefault();
    try {
      await answer(secret, each.id, words.value);
    } catch (error) {
      return show(error instanceof Refused ? error.message : say("mend_network"), true);
    }
    await leave();
    show(say("answered"));
    await refresh();
    await draw();
  };
  notice = null;
  alone(true);
  main.replaceChildren(
    el("p", { class: "back" }, el("button", { type: "button", class: "second", click: back }, say("return"))),
    el("h1", { tabindex: "-1" }, say("answer")),
    ...told(each),
    el("form", { submit: sendIt }, el("label", { for: "answer" }, say("your_answer")), el("p", { class: "hint", id: "answer-hint" }, say("answer_hint")), words, el("p", {}, el("button", { type: "submit" }, say("send_answer")))),
  );
  main.querySelector("h1").focus();
}

function lock(name) {
  return new Promise((done) => {
    withLock(name, (held) => {
      if (!held) return done([null, false]);
      return new Promise((leaveLock) => done([leaveLock, true]));
    });
  });
}

const back = () => history.back();

/** While a form is open its own menu of languages is there, and the page's, which loads the page anew, is not. */
const alone = (isOpen) => (document.getElementById("languages").hidden = isOpen);
window.addEventListener("popstate", () => open && leave());

async function leave() {
  const leaving = open;
  open = null;
  if (history.state?.form) history.replaceState(null, "");
  await leaving?.close();
  leaving?.leaveLock();
  alone(false);
  await draw();
  main.querySelector("h1")?.focus();
}

// ---- the page

function show(words, care = false) {
  notice = el("p", { class: care ? "notice care" : "notice", role: care ? "alert" : "status" }, words);
  const old = main.querySelector(".notice");
  if (old) old.replaceWith(notice);
  else main.prepend(notice);
}

const moment = (at) => new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(at);
const button = (words, click, kind = null) => el("button", { type: "button", class: kind, click }, words);
const section = (id, words, ...inside) =>
  el("section", { "aria-labelledby": `${id}-words`, id }, el("h2", { id: `${id}-words` }, words), ...inside);

async function draw() {
  if (open) return;
  const [keys, known, drafts, waiting, receipts] = await Promise.all(
    ["keys", "forms", "drafts", "waiting", "receipts"].map(all),
  );
  if (open) return; // a form was opened meanwhile
  main.replaceChildren(
    ...[
      notice,
      el("h1", { tabindex: "-1" }, say("title")),
      status(waiting),
      ...keys.filter((each) => each.refused).map(refusedKey),
      ...cameBack(keys, drafts),
      ...askedAbout(keys),
      keys.length ? section("forms", say("forms"), formList(known)) : welcome(),
      drafts.length ? section("drafts", say("drafts"), draftList(drafts, known)) : null,
      waiting.length ? section("waiting", say("waiting"), waitingList(waiting)) : null,
      receipts.length ? section("receipts", say("receipts"), receiptList(receipts)) : null,
      keys.length ? phone(keys, waiting, drafts) : null,
    ].filter(Boolean),
  );
}

function status(waiting) {
  const count = waiting.length ? say("count", { n: new Intl.NumberFormat(language).format(waiting.length) }) : say("nothing");
  const without = waiting.length ? say("offline") : say("offline_ready");
  const how = sending && waiting.length ? say("sending") : navigator.onLine ? "" : without;
  return el(
    "div",
    { class: "state", role: "status" },
    el("p", {}, el("b", {}, count), how ? ` ${how}` : ""),
    el("p", { class: "quiet" }, state),
    waiting.length && !sending ? button(say("send_now"), () => send(true)) : null,
  );
}

function welcome() {
  const field = el("input", { id: "link", type: "text", autocomplete: "off", spellcheck: "false", dir: "ltr" });
  const take = async (event) => {
    event.preventDefault();
    const secret = field.value.trim().split("#").at(-1).split("/").at(-1);
    if (!secret) return;
    await addKey(secret);
    await refresh();
    await draw();
  };
  return el(
    "form",
    { submit: take },
    el("p", {}, say("welcome")),
    el("label", { for: "link" }, say("link")),
    field,
    el("p", {}, el("button", { type: "submit" }, say("open"))),
  );
}

const refusedKey = (key) =>
  el("p", { class: "notice care", role: "alert" }, key.refused, " ", button(say("forget"), () => forget(key), "second"));

function formList(known) {
  const here = known.filter((each) => !each.gone);
  if (!here.length) return el("p", {}, say("none"));
  return el(
    "ul",
    { class: "doors" },
    here.map((form) =>
      el("li", {}, el("span", { class: "wording", dir: "auto" }, form.title), el("p", {}, button(say("fill"), () => fillIn(form)))),
    ),
  );
}

/** What came back and is not being mended already. */
function cameBack(keys, drafts) {
  const begun = new Set(drafts.map(({ id }) => id));
  const items = keys.flatMap(({ secret, returned = [] }) =>
    returned
      .filter((each) => !begun.has(`mend:${each.id}`))
      .map((each) => el("li", { class: "question" }, ...told(each), el("p", { class: "actions" }, ...deeds(secret, each)))),
  );
  return items.length ? [section("returned", say("returned"), el("ul", { class: "plain" }, items))] : [];
}

/** What is asked about what was sent, before anybody has decided. */
function askedAbout(keys) {
  const items = keys.flatMap(({ secret, asked = [] }) =>
    asked.map((each) =>
      el("li", { class: "question" }, ...told(each), el("p", { class: "actions" }, button(say("answer"), () => answerTo(secret, each), "second"))),
    ),
  );
  if (!items.length) return [];
  return [section("asked", say("asked"), el("p", {}, say("asked_hint")), el("ul", { class: "plain" }, items))];
}

const deeds = (secret, each) => [
  each.state === "returned" ? button(say("mend"), () => mendOne(secret, each)) : null,
  button(say("answer"), () => answerTo(secret, each), "second"),
];

const told = (each) => [
  el("p", { dir: "auto" }, each.title, " · ", moment(each.sentAt)),
  each.state ? el("p", {}, el("b", { class: "care" }, say(each.state === "returned" ? "came_back" : "rejected")), " ", each.reason) : null,
  each.words ? el("blockquote", { dir: "auto" }, each.words) : null,
  listed(each.questions),
  listed(each.asked),
  each.answered ? el("p", { class: "quiet" }, say("answered_before")) : null,
].filter(Boolean);

const listed = (words) =>
  words?.length ? el("ul", {}, words.map((each) => el("li", {}, el("bdi", {}, each)))) : null;

const line = (title, facts, ...buttons) =>
  el("li", { class: "line" }, el("span", { dir: "auto" }, title), el("span", { class: "quiet" }, facts), el("span", { class: "end actions" }, ...buttons));

const draftList = (drafts, known) =>
  el(
    "ul",
    { class: "plain" },
    drafts.map((draft) => {
      const form = known.find((each) => each.id === draft.form);
      return line(
        draft.title,
        moment(draft.savedAt),
        form ? button(say("go_on"), () => fillIn(form, draft)) : null,
        button(say("remove"), () => confirm(say("sure")) && change([], [["drafts", draft.id]]).then(draw), "second"),
      );
    }),
  );

const waitingList = (waiting) =>
  el(
    "ul",
    { class: "plain" },
    waiting.map((each) =>
      line(
        each.title,
        moment(each.savedAt),
        each.refused ? el("span", { class: "care" }, each.refused) : null,
        each.refused ? button(say("copy"), () => saveCopy(each), "second") : null,
        each.refused && each.status !== 403
          ? button(say("remove"), () => confirm(say("sure_waiting")) && change([], [["waiting", each.id], ["receipts", each.id]]).then(draw), "care")
          : null,
      ),
    ),
  );

/** For the office, where the node will not take it. */
function saveCopy(each) {
  const seen = new Set();
  for (const [name, content] of each.parts.flat()) {
    if (!seen.has(name)) download(name === XML ? `${each.id.replace(/\W+/g, "-")}.xml` : name, content);
    seen.add(name);
  }
}

const receiptList = (receipts) =>
  el(
    "ul",
    { class: "plain" },
    receipts
      .sort((a, b) => b.savedAt - a.savedAt)
      .map((each) =>
        el(
          "li",
          { class: "question" },
          el("p", { dir: "auto" }, each.title, " · ", moment(each.savedAt)),
          el("p", { class: "receipt" }, el("code", { dir: "ltr" }, each.code)),
          el("p", { class: "quiet" }, say(each.sentAt ? "receipt_sent" : "receipt_waits", { where: `${location.origin}/receipt` })),
          el(
            "p",
            { class: "actions" },
            button(say("save"), () => saveReceipt(each), "second"),
            button(say("handed"), () => confirm(say("sure_handed")) && change([], [["receipts", each.id]]).then(draw), "second"),
          ),
        ),
      ),
  );

const saveReceipt = (each) =>
  download("receipt.txt", new Blob([`${each.title}\n${each.code}\n${location.origin}/receipt\n`], { type: "text/plain" }));

function phone(keys, waiting, drafts) {
  const busy = waiting.length + drafts.length > 0;
  return el(
    "details",
    {},
    el("summary", {}, say("phone")),
    el("p", {}, say("shared")),
    busy ? el("p", {}, say("busy")) : button(say("forget_all"), () => confirm(say("sure_forget")) && Promise.all(keys.map(forget)), "care"),
  );
}

async function forget(key) {
  const mine = (await all("forms")).filter((each) => each.secret === key.secret);
  await change([], [["keys", key.secret], ...mine.map(({ id }) => ["forms", id])]);
  await draw();
}

// ---- the start

async function ready() {
  if (!("serviceWorker" in navigator)) return (state = say("needs_network"));
  state = say("preparing");
  try {
    await navigator.serviceWorker.register("./worker.js");
    await navigator.serviceWorker.ready;
    state = say("ready");
  } catch {
    state = say("needs_network");
  }
  const { quota = Infinity, usage = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  if (quota - usage < SPARE) show(say("nearly_full"), true);
}

function languageMenu() {
  const change = (event) => choose(event.target.value);
  const options = languages.map(([code, name]) => el("option", { value: code, lang: code, selected: code === language }, name));
  document.getElementById("languages").append(
    el("label", { for: "language" }, say("page_language")),
    el("select", { id: "language", change }, options),
  );
}

async function begin() {
  languageMenu();
  await takeKey();
  await draw();
  if ((await all("keys")).length) import("./filling.js"); // it is wanted next, and is the larger part
  const readied = ready().then(draw);
  await refresh();
  await draw();
  await readied;
  await send();
  setInterval(send, AGAIN);
}

window.addEventListener("hashchange", () => takeKey().then(refresh).then(draw));
window.addEventListener("online", () => refresh().then(() => send()));
window.addEventListener("offline", draw);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && send());
whenChanged(draw);
begin();
