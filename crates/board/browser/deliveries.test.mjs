import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, nothingWentWrong, open, signedIn } from "./browser.mjs";
import { Hub, Receiver, until } from "./hub.mjs";

const ATTEMPTS = 1_000;

let browser, hub, receiver;
before(async () => {
  [browser, hub, receiver] = await Promise.all([launch(), Hub.start(), Receiver.open()]);
});
after(async () => {
  await browser?.close();
  receiver?.close();
  await hub?.stop();
});

const candidate = (name) => hub.ask("POST", "/candidates", { full_name: name, email: `${Math.random()}@example.org` });
const endpoint = (more) => hub.ask("POST", "/endpoints", { url: receiver.url, dialect: "standard", ...more });
const delivery = async (query) =>
  until("there is a delivery", async () => (await hub.ask("GET", `/deliveries?limit=1&${query}`)).items[0]);

test("one that failed says why, and is tried again and called off by a click", async () => {
  receiver.status = 500;
  const { id } = await endpoint({ description: "Acme" });
  await candidate("Ada Lovelace");
  const failing = await until("it was tried", async () => {
    const found = await delivery(`endpoint=${id}`);
    return found.attempts > 0 && found;
  });
  const page = await signedIn(browser, hub);
  await page.goto(`${hub.url}/board/deliveries`);
  await page.getByLabel("State").selectOption("Owed");
  await page.waitForURL(/state=pending/);
  await page.getByLabel("What").selectOption("job.created");
  await page.getByRole("heading", { name: "No such delivery" }).waitFor();
  await page.getByLabel("What").selectOption("candidate.created");
  await page.waitForURL(/type=candidate\.created/);
  await page.getByText("From when until when").click();
  await page.getByLabel("Until (UTC)").fill("2020-01-01T00:00:00");
  await page.getByRole("button", { name: "Show" }).click();
  await page.getByRole("heading", { name: "No such delivery" }).waitFor();
  await page.getByLabel("Until (UTC)").fill("");
  await page.getByLabel("Since (UTC)").fill("2020-01-01T00:00:00");
  await page.getByRole("button", { name: "Show" }).click();
  await page.waitForURL(/since=2020/);
  await page.locator("[data-row]").waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.waitForURL(`${hub.url}/board/deliveries/${failing.id}`);
  assert.match(await page.locator("main").innerText(), /New candidate[\s\S]*owed[\s\S]*Ada Lovelace[\s\S]*500/);
  assert.ok(await page.getByText("<b>not today</b>").isVisible(), "what they answered is shown as it is");
  receiver.status = 200;
  await page.getByRole("button", { name: "Try now" }).click();
  await page.getByRole("status").getByText("It is owed again").waitFor();
  await until("it was told", async () => (await hub.ask("GET", `/deliveries/${failing.id}`)).state === "delivered");
  receiver.status = 500;
  await candidate("Grace Hopper");
  const second = await delivery(`endpoint=${id}&state=pending`);
  await page.goto(`${hub.url}/board/deliveries/${second.id}`);
  await page.getByRole("button", { name: "Call off" }).click();
  await page.getByRole("status").getByText("It is called off").waitFor();
  assert.equal((await hub.ask("GET", `/deliveries/${second.id}`)).state, "cancelled");
  await hub.ask("DELETE", `/endpoints/${id}`);
  nothingWentWrong(page);
});

test("what was sent is shown as it was sent, in other words, and as a command, with nothing secret in it", async () => {
  receiver.status = 200;
  const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const { id } = await endpoint({ dialect: "hirehive", credentials: { secret } });
  await hub.ask("POST", "/jobs", { title: "Stage Manager" });
  const told = await delivery(`endpoint=${id}&state=delivered`);
  const page = await signedIn(browser, hub);
  await page.goto(`${hub.url}/board/deliveries/${told.id}`);
  const sent = receiver.heard.at(-1).body;
  assert.equal(await page.locator("#raw").textContent(), sent);
  const curl = await page.locator("#curl").textContent();
  assert.match(curl, /^curl -X POST 'http:\/\/127\.0\.0\.1:\d+\/hook'/);
  assert.ok(curl.includes(`--data-binary '${sent}'`));
  assert.ok(!(await page.content()).includes(secret));
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.getByRole("button", { name: "Copy as curl" }).click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), curl);
  await page.getByLabel("In whose words").selectOption("CloudEvents");
  await page.getByText("how it would read in CloudEvents").waitFor();
  assert.equal(JSON.parse(await page.locator("#raw").textContent()).specversion, "1.0");
  await page.getByLabel("In whose words").selectOption("LaunchPad");
  await page.getByText("no word for it").waitFor();
  await hub.ask("DELETE", `/endpoints/${id}`);
  nothingWentWrong(page);
});

test(`one with ${ATTEMPTS} attempts is looked over as easily as one with two`, async () => {
  receiver.status = 200;
  const { id } = await endpoint({});
  await candidate("Dorothy Vaughan");
  const told = await delivery(`endpoint=${id}`);
  const is = async (state, attempts) => {
    const now = await hub.ask("GET", `/deliveries/${told.id}`);
    return now.state === state && now.attempts >= attempts;
  };
  for (let attempt = 1; attempt < ATTEMPTS; attempt += 1) {
    await until("it was told", () => is("delivered", attempt));
    await hub.ask("POST", `/deliveries/${told.id}/retry`, {});
  }
  await until("it was told", () => is("delivered", ATTEMPTS));
  const page = await signedIn(browser, hub);
  await page.goto(`${hub.url}/board/deliveries/${told.id}`);
  assert.equal(await page.locator("[data-row]").count(), 25);
  await page.getByRole("link", { name: "975 earlier ones" }).click();
  await page.getByRole("row", { name: /^1 / }).getByRole("link").click();
  await page.getByText("to attempt 1", { exact: true }).waitFor();
  nothingWentWrong(page);
});

test("without scripts everything is there, and can be done", async () => {
  const { id } = await endpoint({ description: "No scripts" });
  await candidate("Katherine Johnson");
  const told = await delivery(`endpoint=${id}&state=delivered`);
  const page = await signedIn(browser, hub, { javaScriptEnabled: false });
  await page.locator("#rows").getByText("Katherine Johnson").waitFor();
  await page.goto(`${hub.url}/board/deliveries`);
  await page.locator("select[name=endpoint]").selectOption("No scripts");
  await page.getByRole("button", { name: "Show" }).click();
  await page.getByRole("link", { name: "told" }).click();
  await page.waitForURL(`${hub.url}/board/deliveries/${told.id}`);
  await page.getByRole("button", { name: "Deliver again" }).click();
  await page.getByText("It is owed again").waitFor();
  await until("it was told once more", async () => (await hub.ask("GET", `/deliveries/${told.id}`)).attempts === 2);
});

test("a host link is hidden until it is asked for, which is logged", async () => {
  receiver.status = 200;
  const login = ["--username", "u", "--password", "p"];
  const credentials = { username: "u", password: "p" };
  const source = await hub.ask("POST", "/sources", { platform: "launchpad", credentials });
  const { id } = await endpoint({ dialect: "launchpad" });
  await hub.simulate("launchpad", source.url, login, "--count", "1", "--seed", "7");
  const told = await delivery(`endpoint=${id}&type=interview.meeting.ready`);
  const page = await signedIn(browser, hub);
  await page.goto(`${hub.url}/board/deliveries/${told.id}`);
  assert.ok(!(await page.content()).includes("zak="));
  await page.getByRole("button", { name: "Show host links" }).click();
  await page.getByText("Host links are shown").waitFor();
  assert.match(await page.locator("#raw").textContent(), /zak=/);
  assert.ok(!page.url().includes("zak="));
  const logged = await until("it is logged", () => hub.log.find((line) => line.includes("host links")));
  assert.ok(logged.includes(told.id) && logged.includes("key_") && !logged.includes("zak="), logged);
  await page.getByRole("link", { name: "Hide them" }).click();
  await page.getByRole("button", { name: "Show host links" }).waitFor();
  nothingWentWrong(page);
});

test("whoever is offline is told that what is shown may be old", async () => {
  const page = await signedIn(browser, hub);
  await page.goto(`${hub.url}/board/deliveries`);
  await page.context().setOffline(true);
  await page.getByRole("status").getByText("You are offline").waitFor();
  await page.context().setOffline(false);
  await page.getByRole("status").getByText("You are offline").waitFor({ state: "detached" });
});

test("a page that is not there says so, and leads back", async () => {
  const page = await signedIn(browser, hub);
  for (const where of ["/board/nowhere", "/board/deliveries/dlv_0000000000000", "/board/deliveries/%3Cscript%3E"]) {
    const answer = await page.goto(`${hub.url}${where}`);
    assert.equal(answer.status(), 404, where);
    await page.getByRole("link", { name: "To the board" }).waitFor();
  }
  await open(browser, hub);
});
