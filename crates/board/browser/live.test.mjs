import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, nothingWentWrong, open, signedIn } from "./browser.mjs";
import { Hub, Receiver, until } from "./hub.mjs";

let browser, hub, receiver;
before(async () => {
  [browser, hub, receiver] = await Promise.all([launch(), Hub.start(), Receiver.open()]);
  await hub.ask("POST", "/endpoints", { url: receiver.url, dialect: "standard", description: "Acme" });
});
after(async () => {
  await browser?.close();
  receiver?.close();
  await hub?.stop();
});

const candidate = (name) => hub.ask("POST", "/candidates", { full_name: name, email: `${Math.random()}@example.org` });
const row = (page, name) => page.locator("#rows tr", { hasText: name });

test("what happens appears by itself, and its dot turns from owed to told", async (t) => {
  const page = await signedIn(browser, hub);
  await page.locator("#rate").getByText("quiet").waitFor();
  receiver.status = 503;
  const begun = performance.now();
  await candidate("Ada Lovelace");
  await row(page, "Ada Lovelace").waitFor();
  t.diagnostic(`seen ${Math.round(performance.now() - begun)} ms after it was asked for`);
  await row(page, "Ada Lovelace").getByLabel("Acme, Standard Webhooks: owed").waitFor();
  const owed = await until("it was tried", async () => {
    const [pending] = (await hub.ask("GET", "/deliveries?state=pending")).items;
    return pending.attempts > 0 && pending;
  });
  receiver.status = 200;
  await hub.ask("POST", `/deliveries/${owed.id}/retry`, {});
  await row(page, "Ada Lovelace").getByLabel("Acme, Standard Webhooks: told").waitFor();
  nothingWentWrong(page);
});

test("a name is a name, whatever is in it", async () => {
  const page = await signedIn(browser, hub);
  const name = `<script>window.pwned = 1</script><img src=x onerror="window.pwned = 2">`;
  await candidate(name);
  await row(page, "window.pwned").waitFor();
  await page.reload();
  await row(page, "window.pwned").waitFor();
  assert.equal(await row(page, "window.pwned").locator(".who").textContent(), name);
  for (const where of ["/board/deliveries", "/board/interviews"]) await page.goto(`${hub.url}${where}`);
  assert.equal(await page.evaluate(() => window.pwned), undefined);
  nothingWentWrong(page);
});

test("while it is paused nothing moves, and what was missed is there when it goes on", async () => {
  const page = await signedIn(browser, hub);
  await page.locator("#rate").getByText("quiet").waitFor();
  await page.keyboard.press("p");
  const pause = page.locator("#pause");
  assert.equal(await pause.getAttribute("aria-pressed"), "true");
  await candidate("Grace Hopper");
  await pause.getByText("Go on (1)").waitFor();
  assert.equal(await row(page, "Grace Hopper").count(), 0);
  await page.keyboard.press("p");
  await row(page, "Grace Hopper").waitFor();
});

test("only what is wanted is shown", async () => {
  const page = await signedIn(browser, hub);
  await page.getByLabel("What").selectOption("Jobs");
  await page.waitForURL(/group=job\./);
  await page.locator("#rate").getByText("quiet").waitFor();
  await candidate("Katherine Johnson");
  await hub.ask("POST", "/jobs", { title: "Computer" });
  await row(page, "Computer").waitFor();
  assert.equal(await row(page, "Katherine Johnson").count(), 0);
});

test("the keyboard reaches everything", async () => {
  const page = await signedIn(browser, hub);
  await candidate("Mary Jackson");
  await row(page, "Mary Jackson").waitFor();
  await page.keyboard.press("?");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  assert.equal(await page.locator("#rows tr.here").count(), 1);
  assert.ok(await page.locator("#rows tr:nth-child(2)").evaluate((row) => row.classList.contains("here")));
  await page.keyboard.press("k");
  assert.ok(await page.locator("#rows tr:nth-child(1)").evaluate((row) => row.contains(document.activeElement)));
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/board\/(deliveries|interviews)/);
  await page.keyboard.press("g");
  await page.keyboard.press("i");
  await page.waitForURL(`${hub.url}/board/interviews`);
  await page.keyboard.press("/");
  assert.ok(await page.locator("[data-search]").evaluate((field) => field === document.activeElement));
});

test("a dot that changes under the keyboard is still stood on, and so do others' numbers change", async () => {
  const others = [];
  for (let number = 0; number < 10; number += 1) {
    const form = { url: receiver.url, dialect: "standard", description: `Other ${number}` };
    others.push(await hub.ask("POST", "/endpoints", form));
  }
  const page = await signedIn(browser, hub);
  await page.locator("#rate").getByText("quiet").waitFor();
  receiver.status = 503;
  await candidate("Dorothy Vaughan");
  const beyond = row(page, "Dorothy Vaughan").locator(".beyond");
  await beyond.getByText("1 owed").waitFor();
  await row(page, "Dorothy Vaughan").getByLabel("Acme, Standard Webhooks: owed").focus();
  receiver.status = 200;
  for (const { id } of (await hub.ask("GET", "/deliveries?state=pending")).items) await hub.ask("POST", `/deliveries/${id}/retry`, {});
  await row(page, "Dorothy Vaughan").getByLabel("Acme, Standard Webhooks: told").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), "Acme, Standard Webhooks: told");
  await beyond.getByText("+1", { exact: true }).waitFor();
  for (const { id } of others) await hub.ask("DELETE", `/endpoints/${id}`);
  nothingWentWrong(page);
});

test("trouble is found however much has happened since", async () => {
  const source = await hub.ask("POST", "/sources", { platform: "viasto", name: "Video interviews" });
  const post = (body) => fetch(source.url, { method: "POST", headers: { "content-type": "application/json" }, body });
  assert.equal((await post('{"type": "no such thing"}')).status, 200);
  for (let number = 0; number < 210; number += 1) await candidate(`Candidate ${number}`);
  const page = await signedIn(browser, hub);
  await page.goto(`${hub.url}/board?group=trouble`);
  await page.locator("#rows").getByText("Could not be understood").waitFor();
});

test("a time is in the viewer's zone, says when that was once it is another day, and is in UTC without scripts", async () => {
  await candidate("Annie Easley");
  const [{ recorded_at: at }] = (await hub.ask("GET", "/events?limit=1")).items;
  const written = `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`;
  const without = await signedIn(browser, hub, { javaScriptEnabled: false });
  await row(without, "Annie Easley").getByText(written).waitFor();
  const there = new Date(Date.parse(at) + 5.5 * 3_600_000).toISOString();
  const page = await open(browser, hub, { timezoneId: "Asia/Kolkata" });
  await page.clock.install({ time: new Date(`${there.slice(0, 10)}T23:59:00+05:30`) });
  await page.goto(`${hub.url}/board`);
  await page.fill("#key", hub.key);
  await page.keyboard.press("Enter");
  const time = row(page, "Annie Easley").locator("time");
  await time.getByText(there.slice(11, 19), { exact: true }).waitFor();
  await page.clock.fastForward("02:00");
  await time.getByText(/[A-Z][a-z]+/).waitFor();
});
