import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, nothingWentWrong, signedIn } from "./browser.mjs";
import { Hub, SECRET } from "./hub.mjs";

let browser, hub;
before(async () => {
  [browser, hub] = await Promise.all([launch(), Hub.start()]);
});
after(async () => {
  await browser?.close();
  await hub?.stop();
});

test("a source is made, its address is shown once, and what comes there is understood", async () => {
  const page = await signedIn(browser, hub);
  await page.getByRole("link", { name: "Add the first one" }).click();
  await page.getByRole("link", { name: "viasto" }).click();
  await page.getByLabel("What to call it").fill("Video interviews");
  await page.keyboard.press("Enter");
  await page.getByText("shown now and never again").waitFor();
  const url = await page.locator("#url").textContent();
  await page.reload();
  await page.getByText("This form has been sent before").waitFor();
  assert.equal((await hub.ask("GET", "/sources")).items.length, 1, "sent twice, made once");
  await hub.simulate("viasto", url, [], "--count", "1", "--seed", "3");
  await page.goto(`${hub.url}/board/sources`);
  await page.getByRole("link", { name: "Video interviews" }).click();
  assert.ok(!(await page.locator("#url").textContent()).includes(url.split("/").at(-1)), "not again");
  await page.getByRole("row", { name: "understood" }).first().waitFor();
  await page.getByText(/within a day: [1-9]\d* understood, 0 received before, 0 not understood/).waitFor();
  await page.locator("[data-row] a").first().click();
  await page.getByText("What came of it").waitFor();
  assert.match(await page.locator("#raw").textContent(), /"event"|"trigger"|"resource|_changed/);
  nothingWentWrong(page);
});

test("what was refused is grouped by the reason, which is explained", async () => {
  const source = await hub.ask("POST", "/sources", { platform: "hirehive", name: "Careers", credentials: { secret: SECRET } });
  await hub.simulate("hirehive", source.url, ["--secret", SECRET], "--count", "1", "--seed", "8", "--forge");
  const page = await signedIn(browser, hub);
  await page.goto(`${hub.url}/board/sources/${source.id}`);
  const { by_code } = await hub.ask("GET", `/sources/${source.id}/rejections`);
  for (const [code, count] of Object.entries(by_code)) {
    await page.getByRole("heading", { name: `${count} × ${code}` }).waitFor();
  }
  nothingWentWrong(page);
});

test("what could not be understood is kept, shown, and read once more by a click", async () => {
  const source = await hub.ask("POST", "/sources", { platform: "viasto", name: "Odd ones" });
  const answer = await fetch(source.url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ what: "<script>window.pwned = 1</script>" }),
  });
  assert.equal(answer.status, 200);
  const page = await signedIn(browser, hub);
  await page.goto(`${hub.url}/board/sources/${source.id}`);
  await page.getByLabel("What became of it").selectOption("Not understood");
  await page.waitForURL(/outcome=quarantined/);
  await page.locator("[data-row] a").first().click();
  await page.getByText("window.pwned").first().waitFor();
  await page.getByRole("button", { name: "Read it once more" }).click();
  await page.getByRole("status").getByText("it still cannot be understood").waitFor();
  assert.equal(await page.evaluate(() => window.pwned), undefined);
});

test("what a platform needs is asked for, and a refusal keeps what was entered", async () => {
  const page = await signedIn(browser, hub);
  await page.goto(`${hub.url}/board/sources/new?platform=skype`);
  await page.getByLabel("What to call it").fill("Engineering");
  await page.getByLabel("API key").fill("key");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").getByText("api_secret").waitFor();
  assert.equal(await page.getByLabel("What to call it").inputValue(), "Engineering");
  assert.equal(await page.getByLabel("API key").inputValue(), "key");
  await page.getByLabel("API secret").fill("s-12345678");
  await page.getByRole("button", { name: "Make it" }).click();
  await page.getByRole("link", { name: "I have copied it" }).click();
  await page.getByRole("heading", { name: "Engineering" }).waitFor();
});

test("what a source is known by is replaced, and the source is removed, when one is sure", async () => {
  const source = await hub.ask("POST", "/sources", { platform: "viasto", name: "Video interviews" });
  const page = await signedIn(browser, hub);
  await page.goto(`${hub.url}/board/sources/${source.id}`);
  await page.getByRole("link", { name: "Rotate the credentials" }).click();
  await page.getByRole("button", { name: "Rotate" }).click();
  const url = await page.locator("#url").textContent();
  assert.notEqual(url, source.url);
  for (const known of [url, source.url]) await hub.simulate("viasto", known, [], "--count", "1", "--seed", "4");
  assert.equal((await hub.ask("GET", `/sources/${source.id}`)).rejected, 0, "both count for a while");
  await page.getByRole("link", { name: "I have copied it" }).click();
  await page.getByText("count as well until").waitFor();
  await page.getByRole("link", { name: "Remove" }).click();
  await page.getByRole("button", { name: "Remove it" }).click();
  await page.waitForURL(`${hub.url}/board/sources`);
  assert.ok((await hub.ask("GET", "/sources")).items.every((it) => it.id !== source.id));
  nothingWentWrong(page);
});
