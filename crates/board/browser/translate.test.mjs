import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, test } from "node:test";
import { launch, nothingWentWrong, signedIn } from "./browser.mjs";
import { Hub, SECRET } from "./hub.mjs";

let browser, hub, source;
before(async () => {
  [browser, hub] = await Promise.all([launch(), Hub.start()]);
  source = await hub.ask("POST", "/sources", { platform: "hirehive", name: "Careers", credentials: { secret: SECRET } });
});
after(async () => {
  await browser?.close();
  await hub?.stop();
});

test("a webhook is pasted, and read in everybody's words", async () => {
  const page = await signedIn(browser, hub);
  await page.goto(`${hub.url}/board/translate`);
  await page.getByRole("link", { name: "Take an example" }).click();
  await page.getByRole("button", { name: "Translate" }).click();
  const says = page.locator("section");
  await says.getByRole("heading", { name: "Skype Interviews" }).waitFor();
  const move = says.locator(".translated", { hasText: "interview.stage.updated" }).last();
  await move.getByText("CloudEvents").click();
  await move.getByText('"specversion": "1.0"').waitFor();
  assert.match(await move.innerText(), /LaunchPad\s+no word for it/);
  assert.deepEqual((await hub.ask("GET", "/events")).items, [], "nothing has happened");
  nothingWentWrong(page);
});

test("one that was taken would be taken, however the browser ends its lines", async () => {
  const body = JSON.stringify({ type: "job.created", data: { title: "Stage Manager" } }, null, 2);
  const [id, at] = ["msg_1", String(Math.floor(Date.now() / 1000))];
  const key = Buffer.from(SECRET.slice("whsec_".length), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${at}.${body}`).digest("base64");
  const page = await signedIn(browser, hub);
  await page.goto(`${hub.url}/board/translate`);
  await page.getByLabel("Its body").fill(body);
  const headers = [`Webhook-Id: ${id}`, `Webhook-Timestamp: ${at}`, `Webhook-Signature: v1,${signature}`];
  await page.getByLabel("Its headers").fill(headers.join("\n"));
  await page.getByLabel("Would it be taken by").selectOption("Careers (HireHive)");
  await page.getByRole("button", { name: "Translate" }).click();
  await page.getByText("It would be taken.").waitFor();
});

test("why it would be refused is said, and so is why nobody speaks like that", async () => {
  const page = await signedIn(browser, hub);
  await page.goto(`${hub.url}/board/translate`);
  await page.getByLabel("Its body").fill('{"b": "<script>window.pwned = 1</script>"}');
  await page.getByLabel("Would it be taken by").selectOption("Careers (HireHive)");
  await page.getByRole("button", { name: "Translate" }).click();
  await page.getByText("It would be refused.").waitFor();
  await page.getByText("No platform speaks like that").waitFor();
  assert.equal(await page.getByLabel("Its body").inputValue(), '{"b": "<script>window.pwned = 1</script>"}');
  assert.equal(await page.evaluate(() => window.pwned), undefined);
  assert.equal((await hub.ask("GET", `/sources/${source.id}/rejections`)).total, 0, "it was not sent there");
  nothingWentWrong(page);
});
