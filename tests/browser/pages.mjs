// Visits every kind of page as people do: three languages, a desk and a phone, light and dark, and by
// keyboard alone. Prints what is wrong, one line each; no line means that all is well.
//
// node pages.mjs ADDRESS MODULES CHROMIUM PASSWORD
//
// PASSWORD lets in: `ada`, an administrator who is a registry officer too; `boris`, another one.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const [address, modules, executablePath, password] = process.argv.slice(2);
const require = createRequire(`${modules}/`);
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const KINDS = [
  "/",
  "/registers",
  "/registers/treaty_action?participant=FRA&sort=-date",
  "/registers/activity?q=nothing-is-called-so",
  "/registers/treaty_action/untoc/ALB/ratification",
  "/registers/instrument/untoc?at=2013-05-24",
  "/registers/participant/KEN",
  "/measures",
  "/measures/treaties.parties",
  "/measures/treaties.parties?instrument=untoc&at=2013-05-24",
  "/measures/treaties.parties?instrument=untoc&at=tomorrow",
  "/measures/programmes.countries_assisted_by_theme?from=2012-05-25&to=2013-05-24",
  "/reports",
  "/reports/status",
  "/reports/status/figures/4",
  "/no-such-page",
  "/sign-in",
  "/search?q=crime",
  "/search?q=no-such-word-at-all",
];
// What only those see who are signed in.
const INSIDE = [
  "/work",
  "/me",
  "/accounts",
  "/new/authority",
  "/new/participant",
  "/edit/activity/demo-activity-1",
  "/import/authority",
  "/registers/activity/demo-activity-1",
  "/registers/account",
  "/write/status/en",
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

async function signIn(page, login, language = "en") {
  await page.goto(`${address}/${language}/sign-in`);
  await page.fill("#login", login);
  await page.fill("#password", password);
  await page.click("main button");
  await page.waitForURL("**/work");
}

async function accessible() {
  for (const language of ["en", "ar", "zh"]) {
    for (const { width, colorScheme } of SEATS) {
      // The checker is a script, which the pages themselves would not run.
      const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme, bypassCSP: true });
      const page = await context.newPage();
      for (const kind of [...KINDS, ...INSIDE]) {
        if (kind === INSIDE[0]) await signIn(page, "ada", language);
        const reply = await page.goto(`${address}/${language}${kind}`);
        if (reply.status() >= 400 && !/no-such|tomorrow/.test(kind)) console.log(`${language} ${kind}: ${reply.status()}`);
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

// One proposes what needs two, the other approves it: by keyboard and mouse, in Arabic and in Chinese.
async function approval() {
  const one = await (await browser.newContext()).newPage();
  await signIn(one, "ada", "ar");
  await one.goto(`${address}/ar/new/treaty_action`);
  await one.selectOption("[name=instrument]", "untoc");
  await one.selectOption("[name=participant]", "FRA");
  await one.selectOption("[name=action]", "acceptance");
  await one.fill("[name=date]", "2026-01-31");
  await one.fill("#source", "إخطار من الوديع");
  await one.press("[name=date]", "Enter");
  await one.waitForURL("**/changes/**");
  const change = new URL(one.url()).pathname.replace("/ar/", "/zh/");
  if (await one.locator("[value=approve]").count()) throw new Error("one approves what is one's own");
  const other = await (await browser.newContext()).newPage();
  await signIn(other, "boris", "zh");
  await other.click(`a[href="${change}"]`);
  await other.click("[value=approve]");
  await other.waitForURL("**/zh/work?done=approved");
  if (await other.locator(`a[href="${change}"]`).count()) throw new Error("what is approved waits still");
}

// A name is looked for while somebody types, and the page works without that too.
async function completion() {
  for (const javaScriptEnabled of [true, false]) {
    const page = await (await browser.newContext({ javaScriptEnabled })).newPage();
    await signIn(page, "ada");
    await page.goto(`${address}/en/accounts#invite`);
    const input = page.locator("#l-participant");
    await input.pressSequentially("Franc");
    if (javaScriptEnabled) await page.waitForSelector("#l-participant-list option[value=FRA]", { state: "attached" });
  }
}

// A device is made a way in, and is one: in Chinese, at an address with a name.
async function passkey() {
  const named = address.replace("127.0.0.1", "localhost");
  const page = await (await browser.newContext()).newPage();
  const device = await page.context().newCDPSession(page);
  await device.send("WebAuthn.enable");
  const options = {
    protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true,
    isUserVerified: true, automaticPresenceSimulation: true,
  };
  const { authenticatorId } = await device.send("WebAuthn.addVirtualAuthenticator", { options });
  await page.goto(`${named}/zh/sign-in`);
  await page.fill("#login", "boris");
  await page.fill("#password", password);
  await page.click("form.stack button");
  await page.waitForURL("**/zh/work");
  await page.goto(`${named}/zh/me`);
  await page.fill("#passkey-name", "一台电脑");
  await page.click("form.passkey button");
  await page.waitForURL("**/zh/me/passkey");
  if (!(await page.content()).includes("一台电脑")) throw new Error("a passkey is not kept");
  await page.click(".who button");
  await page.goto(`${named}/zh/sign-in?back=/zh/registers`);
  await page.click("form.passkey button");
  await page.waitForURL("**/zh/registers");
  await page.click(".who button");
  // Whoever only holds the device is not let in.
  await device.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
  await page.goto(`${named}/zh/sign-in`);
  await page.click("form.passkey button");
  await page.waitForSelector("form.passkey [role=alert]:not([hidden])");
}

// A day is chosen by sliding, and the page says what holds as at that day.
async function sliding() {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${address}/en/registers/instrument/untoc?at=2013-05-24`);
  const told = () => page.locator(".standing").textContent();
  if (!(await told()).includes("176")) throw new Error("the figures are not those of the day");
  const slider = page.locator("input.days");
  await slider.focus();
  await page.keyboard.press("Home");
  await page.waitForURL("**at=2000-**");
  await page.waitForFunction(() => document.querySelector("#at").value.startsWith("2000-"));
  if ((await told()).includes("176")) throw new Error("the figures stay when the day moves");
}

// What stands behind a figure of a report opens beside it, and without a script on a page of its own.
async function behind() {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${address}/zh/reports/status`);
  const figure = page.locator("a.figure", { hasText: /^176$/ }).first();
  await figure.focus();
  await page.keyboard.press("Enter");
  const beside = page.locator("aside[data-evidence]");
  await beside.locator("a[href*='/proof']").first().waitFor();
  const rows = await beside.locator("tbody tr").count();
  if (rows !== 176) throw new Error(`${rows} records stand behind the figure`);
  await page.keyboard.press("Escape");
  await beside.waitFor({ state: "hidden" });
  if (!(await figure.evaluate((one) => one === document.activeElement))) throw new Error("the place is lost");
  const plain = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await plain.goto(`${address}/ar/reports/status`);
  await plain.locator("a.figure").nth(1).click();
  await plain.locator("#evidence a[href*='/proof']").first().waitFor();
}

// What is wrong with the source of a report leads to its place.
async function mending() {
  const page = await (await browser.newContext()).newPage();
  await signIn(page, "ada");
  await page.goto(`${address}/en/write/status/zh`);
  await page.fill("textarea[name=text]", "## 标题\n\n共有{{ figure(\"treaties.partis\") }}项。\n\n{{ figur() }}\n");
  const told = page.frameLocator("iframe[name=preview]").locator("li[data-line] button");
  await told.nth(1).waitFor();
  await told.first().click();
  const marked = await page.$eval("textarea[name=text]", (one) => one.value.slice(one.selectionStart, one.selectionEnd));
  if (!marked.includes("treaties.partis")) throw new Error(`marked is ${JSON.stringify(marked)}`);
}

// A session ends while a form is filled in: what was typed is there again after signing in.
async function interruption() {
  const page = await (await browser.newContext()).newPage();
  await signIn(page, "ada");
  await page.goto(`${address}/en/new/authority`);
  await page.fill("[name=name]", "A ministry with a long name");
  await page.selectOption("[name=instrument]", "untoc");
  await page.context().clearCookies();
  await page.click("form[data-keep] [name=_draft]");
  await page.waitForURL("**/en/sign-in**");
  await page.fill("#login", "ada");
  await page.fill("#password", password);
  await page.click("form.stack button");
  await page.waitForURL("**/en/new/authority");
  const typed = await page.inputValue("[name=name]");
  const chosen = await page.inputValue("[name=instrument]");
  if (typed !== "A ministry with a long name" || chosen !== "untoc") throw new Error("what was typed is lost");
  await page.goto(`${address}/en/new/authority`);
  if (await page.inputValue("[name=name]")) throw new Error("what was typed comes a second time");
}

// A field of several records is changed from the list: chosen, looked at, recorded; in Arabic.
async function several() {
  const page = await (await browser.newContext()).newPage();
  await signIn(page, "ada", "ar");
  await page.goto(`${address}/ar/registers/authority?instrument=untoc&sort=name`);
  for (const place of [0, 1]) await page.check(`[name=_key] >> nth=${place}`);
  await page.click("details.several summary");
  await page.selectOption("#several-field", "institution");
  await page.click("details.several button");
  await page.fill("#f-institution", "وزارة العدل");
  await page.fill("#source", "تعميم");
  await page.click("form.stack button");
  const before = await page.locator("section td", { hasText: "وزارة العدل" }).count();
  if (before !== 2) throw new Error(`${before} records would change`);
  await page.click("[name=_record]");
  await page.waitForSelector(".done");
  await page.goto(`${address}/ar/registers/authority?institution=${encodeURIComponent("وزارة العدل")}`);
  const after = await page.locator("[name=_key]").count();
  if (after !== 2) throw new Error(`${after} records changed`);
}

for (const task of [accessible, keyboard, approval, completion, passkey, sliding, behind, mending, interruption, several]) {
  try {
    await task();
  } catch (error) {
    console.log(`${task.name}: ${error.message}`);
  }
}
await browser.close();
