// Makes the page of typing in go by the keyboard alone: Enter and full answers move on, what is not asked is
// left out. Without this script the page is a plain form, and the node looks at everything once more anyhow.

const LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"; // as in questionnaires/paper/ids.py
const form = document.querySelector("form.keyed");
const fields = form ? [...form.querySelectorAll(".field[data-name]")] : [];
const box = (field) => field.querySelector("input");
const byName = new Map(fields.map((field) => [field.dataset.name, field]));

function valueOf(name, field) {
  const row = field.closest("[data-row]");
  const found = byName.get(name.endsWith(".") ? `${name}${row ? row.dataset.row : ""}` : name);
  if (!found) return null;
  const text = box(found).value.trim();
  return text === "-" ? "" : text;
}

// The comparisons of XPath 1.0, as the node makes them; null where it cannot be told.
function holds(said, field) {
  const [kind, ...rest] = said;
  if (kind === "?") return null;
  if (kind === "all" || kind === "any") {
    const ends = kind === "any";
    const parts = rest.map((each) => holds(each, field));
    if (parts.includes(ends)) return ends;
    return parts.includes(null) ? null : !ends;
  }
  const left = valueOf(rest[0], field);
  if (left === null) return null;
  if (kind === "chosen") return left.split(/[\s,;]+/).includes(rest[1]) === rest[2];
  const [, sign, valueKind, other] = rest;
  const right = valueKind === "question" ? valueOf(other, field) : other;
  if (right === null) return null;
  if ((sign === "=" || sign === "!=") && valueKind !== "number") return (left === right) === (sign === "=");
  const one = left === "" ? NaN : Number(left);
  const two = right === "" ? NaN : Number(right);
  return { "=": one === two, "!=": one !== two, "<": one < two, "<=": one <= two, ">": one > two, ">=": one >= two }[
    sign
  ];
}

function isWhole(text) {
  const letters = [...text.toUpperCase().replace(/[^A-Z0-9]/g, "")];
  if (letters.length !== 8 || !letters.every((each) => LETTERS.includes(each))) return false;
  return letters.reduce((sum, each, at) => sum + (at + 1) * LETTERS.indexOf(each), 0) % LETTERS.length === 0;
}

function show() {
  for (const row of form.querySelectorAll("[data-row]")) {
    const count = Number(valueOf(row.dataset.count, row)) || 0;
    row.hidden = Number(row.dataset.row) > count;
  }
  for (const field of form.querySelectorAll("[data-when]")) {
    const asked = holds(JSON.parse(field.dataset.when), field) !== false;
    field.hidden = !asked;
    if (!asked && field.dataset.name) box(field).value = "";
  }
}

const visible = () => fields.filter((field) => !field.closest("[hidden]"));

function codeOf(field, text) {
  const codes = JSON.parse(field.dataset.codes);
  if (codes.includes(text)) return text;
  const begun = codes.filter((each) => each.toLowerCase().startsWith(text.toLowerCase()));
  return begun.length === 1 ? begun[0] : "";
}

// Whether what is typed cannot go on: then no Enter is needed.
function isFull(field) {
  const text = box(field).value.trim();
  if (text === "-" && field.dataset.kind !== "line") return field.dataset.kind !== "many";
  switch (field.dataset.kind) {
    case "sheet":
      return isWhole(text);
    case "one": {
      const begun = JSON.parse(field.dataset.codes).filter((each) => each.toLowerCase().startsWith(text.toLowerCase()));
      return text !== "" && begun.length === 1;
    }
    case "digits":
      return /^\d+$/.test(text) && text.length === Number(field.dataset.digits);
    default:
      return false;
  }
}

function isGood(field) {
  const input = box(field);
  const text = input.value.trim();
  let good = text !== "" || !("required" in field.dataset);
  if (field.dataset.kind === "sheet") good = isWhole(text);
  if (field.dataset.kind === "one" && text !== "" && text !== "-") {
    const code = codeOf(field, text);
    good = code !== "";
    if (good) input.value = code;
  }
  input.setAttribute("aria-invalid", String(!good));
  return good;
}

function onward(field) {
  if (!isGood(field)) {
    box(field).select();
    return;
  }
  show();
  const all = visible();
  const next = all[all.indexOf(field) + 1];
  if (next) {
    box(next).focus();
    box(next).select();
  } else {
    form.querySelector("#corrects, button:not([type=button])").focus();
  }
}

function back(field) {
  const all = visible();
  const before = all[all.indexOf(field) - 1];
  if (before) {
    box(before).focus();
    box(before).select();
  }
}

for (const field of fields) {
  box(field).addEventListener("input", () => isFull(field) && onward(field));
  box(field).addEventListener("change", show);
  box(field).addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      onward(field);
    } else if (event.key === "ArrowUp") {
      event.preventDefault();
      back(field);
    }
  });
}
if (form) {
  show();
  const wrong = form.querySelector("[aria-invalid=true]") ?? document.querySelector("main [role=alert][tabindex]");
  (wrong ?? box(byName.get("sheet"))).focus();
}
