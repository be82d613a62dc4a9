import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, nothingWentWrong, open, signedIn } from "./browser.mjs";
import { Hub } from "./hub.mjs";

let browser, hub;
before(async () => {
  [browser, hub] = await Promise.all([launch(), Hub.start()]);
});
after(async () => {
  await browser?.close();
  await hub?.stop();
});

test("a key is made, shown once, opens what it may, and is deleted", async () => {
  const page = await signedIn(browser, hub);
  await page.goto(`${hub.url}/board/settings`);
  await page.getByLabel("Called").fill("Reporting");
  await page.getByRole("button", { name: "Make it" }).click();
  await page.getByText("shown now and never again").waitFor();
  const key = await page.locator("#new-key").textContent();
  const other = await open(browser, hub);
  await other.goto(`${hub.url}/board/settings`);
  await other.fill("#key", key);
  await other.keyboard.press("Enter");
  await other.getByText("Your key may not see or make keys").waitFor();
  await page.getByRole("link", { name: "I have copied it" }).click();
  assert.ok(!(await page.content()).includes(key));
  await page.getByRole("link", { name: "Delete Reporting" }).click();
  await page.getByRole("button", { name: "Delete it" }).click();
  await page.waitForURL(/settings/);
  await other.goto(`${hub.url}/board`);
  assert.match(other.url(), /sign-in/);
  nothingWentWrong(page);
});

test("the company is changed, and what the hub is can be read", async () => {
  const page = await signedIn(browser, hub);
  await page.goto(`${hub.url}/board/settings`);
  await page.getByLabel("Time zone").fill("Europe/Berlin");
  await page.getByLabel("Name of stage 1").fill("Phone screen");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("status").waitFor();
  const settings = await hub.ask("GET", "/settings");
  assert.deepEqual([settings.time_zone, settings.stages[0].name], ["Europe/Berlin", "Phone screen"]);
  await page.getByText("Limits in force").click();
  const { version, limits } = await hub.ask("GET", "/hub");
  await page.getByText(version, { exact: true }).waitFor();
  assert.equal(await page.locator("#limits tbody tr").count(), limits.length);
  await page.getByLabel("Time zone").fill("Mars/Olympus");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("alert").waitFor();
  assert.equal(await page.getByLabel("Time zone").inputValue(), "Mars/Olympus");
});
