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

test("who has not signed in is asked to, and goes on to where they wanted to", async () => {
  const page = await open(browser, hub);
  await page.goto(`${hub.url}/board/deliveries?state=failed`);
  assert.match(page.url(), /\/board\/sign-in\?to=/);
  await page.locator("#key:focus").waitFor();
  await page.keyboard.type("cbk_no_such_key");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").waitFor();
  assert.equal(await page.locator("#key").getAttribute("aria-invalid"), "true");
  await page.fill("#key", hub.key);
  await page.keyboard.press("Enter");
  await page.waitForURL(`${hub.url}/board/deliveries?state=failed`);
});

test("the key is in no script's reach, and signing out ends it", async () => {
  const page = await signedIn(browser, hub);
  const [cookie] = await page.context().cookies();
  assert.deepEqual([cookie.httpOnly, cookie.sameSite, cookie.path], [true, "Lax", "/board"]);
  assert.ok(!cookie.value.includes(hub.key) && !decodeURIComponent(cookie.value).includes(hub.key), "it is sealed");
  assert.equal(await page.evaluate(() => document.cookie), "");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(/sign-in/);
  assert.deepEqual(await page.context().cookies(), []);
  await page.goto(`${hub.url}/board/settings`);
  assert.match(page.url(), /sign-in/);
});

test("a key that was deleted opens nothing any more", async () => {
  const made = await hub.ask("POST", "/keys", { name: "leaves soon", scope: "read" });
  const page = await open(browser, hub);
  await page.goto(`${hub.url}/board`);
  await page.fill("#key", made.key);
  await page.keyboard.press("Enter");
  await page.waitForURL(`${hub.url}/board`);
  await hub.ask("DELETE", `/keys/${made.id}`);
  await page.goto(`${hub.url}/board/deliveries`);
  assert.match(page.url(), /sign-in/);
});

test("no other site can do anything with a visitor's cookie", async () => {
  const { id } = await hub.ask("POST", "/endpoints", { url: "http://127.0.0.1:9/x", dialect: "standard" });
  const page = await signedIn(browser, hub);
  const cookie = (await page.context().cookies()).map((it) => `${it.name}=${it.value}`).join("; ");
  const post = (headers) =>
    fetch(`${hub.url}/board/endpoints/${id}/disable`, { method: "POST", redirect: "manual", headers: { cookie, ...headers } });
  for (const headers of [{}, { origin: "https://evil.example" }, { "sec-fetch-site": "cross-site" }, { origin: "null" }]) {
    assert.equal((await post(headers)).status, 403, JSON.stringify(headers));
  }
  assert.equal((await hub.ask("GET", `/endpoints/${id}`)).state, "enabled");
  // The browser itself says that a form on another site is on another site, and sends no cookie along.
  const elsewhere = await page.context().newPage();
  await elsewhere.route("http://evil.example/", (route) =>
    route.fulfill({
      contentType: "text/html",
      body: `<form method="post" action="${hub.url}/board/endpoints/${id}/disable"><button>Win</button></form>`,
    }),
  );
  await elsewhere.goto("http://evil.example/");
  await elsewhere.getByRole("button").click();
  await elsewhere.getByText("Not from here").waitFor();
  assert.equal((await hub.ask("GET", `/endpoints/${id}`)).state, "enabled");
  const own = await post({ origin: hub.url });
  assert.equal(own.status, 303, "the same from one of our own pages is done");
  assert.notEqual((await hub.ask("GET", `/endpoints/${id}`)).state, "enabled");
});

test("pages may run nothing but the board's own scripts, and are kept nowhere", async () => {
  const page = await signedIn(browser, hub);
  const { headers } = await page.goto(`${hub.url}/board/deliveries`).then(async (it) => ({ headers: await it.allHeaders() }));
  assert.match(headers["content-security-policy"], /default-src 'none'; script-src 'self';/);
  assert.match(headers["content-security-policy"], /frame-ancestors 'none'/);
  assert.equal(headers["cache-control"], "no-store");
  nothingWentWrong(page);
});

test("a key that may only read is told so, and changes nothing", async () => {
  const made = await hub.ask("POST", "/keys", { name: "looks", scope: "read" });
  const { id } = await hub.ask("POST", "/endpoints", { url: "http://127.0.0.1:9/x", dialect: "standard" });
  const page = await open(browser, hub);
  await page.goto(`${hub.url}/board/endpoints/${id}`);
  await page.fill("#key", made.key);
  await page.keyboard.press("Enter");
  await page.waitForURL(`${hub.url}/board/endpoints/${id}`);
  await page.getByRole("button", { name: "Disable" }).click();
  await page.getByText("Your key may not do that").waitFor();
  assert.equal((await hub.ask("GET", `/endpoints/${id}`)).state, "enabled");
});
