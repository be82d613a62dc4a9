// A real browser. Whatever it asks for, it asks for here: anything else is an error.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export async function launch() {
  return chromium.launch({ executablePath, args });
}

// A page of somebody who has signed in. What goes wrong on it is kept in `page.trouble`.
export async function signedIn(browser, hub, options = {}) {
  const page = await open(browser, hub, options);
  await page.goto(`${hub.url}/board`);
  await page.fill("#key", hub.key);
  await page.click("button.main");
  await page.waitForURL(`${hub.url}/board`);
  return page;
}

export async function open(browser, hub, options = {}) {
  const context = await browser.newContext({ locale: "en-GB", timezoneId: "Europe/Dublin", ...options });
  const page = await context.newPage();
  page.trouble = [];
  page.on("pageerror", (error) => page.trouble.push(error.message));
  page.on("console", (said) => said.type() === "error" && page.trouble.push(said.text()));
  page.on("dialog", (dialog) => dialog.accept());
  page.on("request", (request) => {
    if (!request.url().startsWith(hub.url)) page.trouble.push(`asked elsewhere: ${request.url()}`);
  });
  return page;
}

export function nothingWentWrong(page) {
  assert.deepEqual(page.trouble, []);
}
