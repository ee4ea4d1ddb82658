// Writes what the built files were made of, so that a test can tell when they are stale.

import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { OUT } from "./vite.config.js";

const SOURCES = ["package.json", "package-lock.json", "patches.js", "vite.config.js", "worker.config.js", "stamp.js"];
const sources = [...SOURCES, ...readdirSync("src").map((name) => `src/${name}`)].sort();
const digest = createHash("sha256");
for (const name of sources) digest.update(name).update("\0").update(readFileSync(name)).update("\0");
writeFileSync(`${OUT}/sources.sha256`, `${digest.digest("hex")}\n`);

// What the built files are made of, with the terms under which others may pass it on.
const INSIDE = "@getodk/web-forms carries @getodk/xforms-engine and @getodk/xpath (Apache-2.0), PrimeVue, PrimeFlex, Solid, Temporal polyfill and tree-sitter (MIT), Material Design Icons (Apache-2.0).";
const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8"));
const texts = Object.entries(packages)
  .filter(([path, each]) => path && !each.dev && !each.optional)
  .map(([path, { version, license }]) => {
    const file = readdirSync(path).find((name) => /^licen[cs]e/i.test(name));
    const text = file ? readFileSync(`${path}/${file}`, "utf8").trim() : "";
    return `${path.replace("node_modules/", "")} ${version} (${license})\n\n${text}`.trim();
  });
writeFileSync(`${OUT}/licences.txt`, `${[INSIDE, ...texts].join(`\n\n${"-".repeat(40)}\n\n`)}\n`);
