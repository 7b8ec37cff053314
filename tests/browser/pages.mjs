// Visits every kind of page as people do: three languages, a desk and a phone, light and dark, and by
// keyboard alone. Prints what is wrong, one line each; no line means that all is well.
//
// node pages.mjs ADDRESS MODULES CHROMIUM

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const [address, modules, executablePath] = process.argv.slice(2);
const require = createRequire(`${modules}/`);
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const KINDS = [
  "/",
  "/registers",
  "/registers/treaty_action?participant=FRA&sort=-date",
  "/registers/activity?q=nothing-is-called-so",
  "/registers/treaty_action/untoc/ALB/ratification",
  "/measures",
  "/measures/treaties.parties",
  "/measures/treaties.parties?instrument=untoc&at=2013-05-24",
  "/measures/treaties.parties?instrument=untoc&at=tomorrow",
  "/measures/programmes.countries_assisted_by_theme?from=2012-05-25&to=2013-05-24",
  "/reports",
  "/no-such-page",
];
const SEATS = [
  { width: 1280, colorScheme: "light" },
  { width: 320, colorScheme: "dark" },
];
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});

async function accessible() {
  for (const language of ["en", "ar", "zh"]) {
    for (const { width, colorScheme } of SEATS) {
      // The checker is a script, which the pages themselves would not run.
      const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme, bypassCSP: true });
      const page = await context.newPage();
      for (const kind of KINDS) {
        await page.goto(`${address}/${language}${kind}`);
        const wide = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        if (wide > 0) console.log(`${language} ${width} ${kind}: ${wide} pixels too wide`);
        await page.evaluate(axe);
        const found = await page.evaluate((values) => axe.run(document, { runOnly: { type: "tag", values } }), RULES);
        for (const { id, nodes } of found.violations) {
          console.log(`${language} ${width} ${kind}: ${id}, ${nodes.length} times: ${nodes[0].html.slice(0, 160)}`);
        }
      }
      await context.close();
    }
  }
}

// From the front page to the records behind a figure with nothing but Tab, Enter and letters.
async function keyboard() {
  const page = await (await browser.newContext()).newPage();
  const reach = async (wanted) => {
    for (let steps = 0; steps < 200; steps += 1) {
      await page.keyboard.press("Tab");
      const found = await page.evaluate((text) => {
        const focused = document.activeElement;
        return focused && (focused.textContent.trim() === text || focused.id === text);
      }, wanted);
      if (found) return;
    }
    throw new Error(`“${wanted}” is not reached by Tab at ${page.url()}`);
  };
  await page.goto(`${address}/en/`);
  await reach("Skip to the content");
  await reach("Registers");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/en/registers");
  await reach("Treaty actions");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/treaty_action");
  await reach("q");
  await page.keyboard.type("FRA");
  await page.keyboard.press("Enter");
  await page.waitForURL("**q=FRA**");
  const found = await page.locator("tbody tr").count();
  if (found === 0) throw new Error("a search by keyboard finds nothing");
  await reach("Date");
  await page.keyboard.press("Enter");
  await page.waitForURL("**sort=date**");
}

for (const task of [accessible, keyboard]) {
  try {
    await task();
  } catch (error) {
    console.log(`${task.name}: ${error.message}`);
  }
}
await browser.close();
