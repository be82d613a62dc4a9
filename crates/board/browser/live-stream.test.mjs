// The stream of the live board: how it is lost and found, and who leaves it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, signedIn } from "./browser.mjs";
import { Hub } from "./hub.mjs";

// As many streams as a hub has places for.
const STREAMS = 64;

let browser, hub;
before(async () => {
  [browser, hub] = await Promise.all([launch(), Hub.start()]);
});
after(async () => {
  await browser?.close();
  await hub?.stop();
});

const quiet = (page) => page.locator("#rate:not(.bad)").getByText("quiet").waitFor();
const status = (page, text) => page.getByRole("status").getByText(text).waitFor();

// Nobody looks at a page in a test: it is told that somebody does, or does not.
async function look(page, isHidden) {
  await page.evaluate((isHidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, value: isHidden });
    document.dispatchEvent(new Event("visibilitychange"));
  }, isHidden);
}

test("a store that is away for a while is said to, and then it goes on by itself", async () => {
  const page = await signedIn(browser, hub);
  await quiet(page);
  assert.equal(await page.getByRole("status").textContent(), "", "what changes each second is not spoken");
  await page.evaluate(() => (document.querySelector("h1").textContent = "The same page"));
  await page.route("**/board/live*", (route) => route.fulfill({ status: 503, contentType: "text/html", body: "<p>away" }));
  await look(page, true);
  await look(page, false);
  await page.locator("#rate.bad").getByText("does not answer").waitFor();
  await status(page, "does not answer");
  await page.unroute("**/board/live*");
  await quiet(page);
  await status(page, "The hub answers again");
  await page.getByRole("heading", { name: "The same page" }).waitFor();
});

test("there are so many places and no more, and who finds none is told", async () => {
  const page = await signedIn(browser, hub);
  await quiet(page);
  await look(page, true);
  const cookie = (await page.context().cookies()).map((it) => `${it.name}=${it.value}`).join("; ");
  const leaving = new AbortController();
  const open = () => fetch(`${hub.url}/board/live`, { headers: { cookie }, signal: leaving.signal });
  let answer = await open();
  for (let tries = 1; answer.ok; tries += 1) {
    assert.ok(tries <= STREAMS, "there is no end of places");
    answer = await open();
  }
  assert.equal(answer.status, 503);
  assert.equal(answer.headers.get("retry-after"), "10");
  await look(page, false);
  await page.locator("#rate.bad").getByText(`${STREAMS} live boards are open`).waitFor();
  leaving.abort();
  await quiet(page);
});

test("a page that nobody sees listens to nothing", async () => {
  const page = await signedIn(browser, hub);
  await quiet(page);
  const streams = [];
  page.on("request", (it) => it.url().includes("/board/live") && streams.push(it));
  const ended = page.waitForEvent("requestfailed", (it) => it.url().includes("/board/live"));
  await look(page, true);
  await ended;
  await hub.ask("POST", "/candidates", { full_name: "Valerie Thomas", email: "valerie@example.org" });
  assert.equal(streams.length, 0);
  await look(page, false);
  await page.locator("#rows").getByText("Valerie Thomas").waitFor();
});

test("whoever signs out leaves on every page", async () => {
  const page = await signedIn(browser, hub);
  const other = await page.context().newPage();
  await other.goto(`${hub.url}/board/deliveries`);
  await page.getByRole("button", { name: "Sign out" }).click();
  await other.waitForURL(/sign-in/);
});

test("a hub that stops is said to, and when it is back one signs in and goes on", async () => {
  const page = await signedIn(browser, hub);
  await page.locator("#rate").getByText("quiet").waitFor();
  await hub.pauseWhile(async () => {
    assert.ok(!hub.log.some((line) => line.includes("cut off")), "a live page does not hold it up");
    await page.locator("#rate.bad").getByText("does not answer").waitFor();
  });
  // A store in files is one hub's: when it is started anew, it asks everybody to sign in again.
  await page.waitForURL(/sign-in/);
  await page.fill("#key", hub.key);
  await page.keyboard.press("Enter");
  await page.locator("#rate").getByText("quiet").waitFor();
});
