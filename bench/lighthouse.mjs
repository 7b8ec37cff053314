// What Lighthouse says of each kind of page of the public portal, on its phone with a slow line: makes the
// demonstration in a folder of its own and serves it. Writes Markdown.
//
// node lighthouse.mjs CHANCERY MODULES CHROMIUM OUT

import { createRequire } from "node:module";
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [chancery, modules, chromium, out] = process.argv.slice(2);
const require = createRequire(`${modules}/`);
const load = (name) => import(pathToFileURL(require.resolve(name)));
const { default: lighthouse } = await load("lighthouse");
const { launch } = await load("chrome-launcher");
const { version } = require("lighthouse/package.json");

const PAGES = [
  "/en/",
  "/ar/",
  "/zh/registers/treaty_action?participant=FRA&sort=-date",
  "/en/registers/instrument/untoc?at=2013-05-24",
  "/fr/registers/participant/KEN",
  "/en/measures/treaties.parties?instrument=untoc&at=2013-05-24",
  "/ru/search?q=%D0%BF%D1%80%D0%B5%D1%81%D1%82%D1%83%D0%BF%D0%BD%D0%BE%D1%81%D1%82%D1%8C",
  "/es/reports",
  "/en/reports/status",
  "/ar/reports/annual",
  "/en/reports/status/figures/4",
];
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];

const folder = mkdtempSync(join(tmpdir(), "lighthouse-"));
execFileSync(chancery, ["demo"], { cwd: folder, stdio: "ignore" });
const address = "http://127.0.0.1:8154";
const answers = () => fetch(`${address}/health`).then(() => true, () => false);
if (await answers()) throw new Error(`${address} is taken`);
const server = spawn(chancery, ["--home", "demo/home", "serve", "--requests-a-minute", "0", "--listen", "127.0.0.1:8154", "--address", address], {
  cwd: folder,
  stdio: "ignore",
});
let ended = false;
server.on("exit", () => { ended = true; });
while (!(await answers())) {
  if (ended) throw new Error("the server ended");
  await new Promise((done) => setTimeout(done, 100));
}
const chrome = await launch({
  chromePath: chromium,
  chromeFlags: ["--headless=new", "--no-sandbox", "--disable-gpu"],
});
const lines = [];
try {
  for (const page of PAGES) {
    const options = { port: chrome.port, onlyCategories: CATEGORIES, logLevel: "error" };
    const { categories, audits } = (await lighthouse(address + page, options)).lhr;
    const scores = CATEGORIES.map((name) => Math.round(categories[name].score * 100));
    const lost = Object.values(categories).flatMap((category) => category.auditRefs)
      .filter((audit) => audit.weight > 0 && audits[audit.id].score !== null && audits[audit.id].score < 0.9)
      .map((audit) => audit.id);
    lines.push(`| \`${decodeURI(page)}\` | ${scores.join(" | ")} | ${[...new Set(lost)].join(", ")} |`);
    console.log(lines.at(-1));
  }
} finally {
  await chrome.kill();
  server.kill();
  rmSync(folder, { recursive: true });
}
writeFileSync(out, `# What Lighthouse says of the portal

Written by \`make lighthouse\` on ${new Date().toISOString().slice(0, 10)}: Lighthouse ${version}, its phone and slow line,
the demonstration served on this machine over HTTP. Scores of 100; what costs points is named.

| page | performance | accessibility | best practices | SEO | what costs points |
| --- | ---: | ---: | ---: | ---: | --- |
${lines.join("\n")}
`);
