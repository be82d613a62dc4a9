import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, nothingWentWrong, signedIn } from "./browser.mjs";
import { Hub, Receiver, until } from "./hub.mjs";

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

test("an endpoint is made while one sees what it would be sent, and its secret is shown once", async () => {
  const page = await signedIn(browser, hub);
  await page.goto(`${hub.url}/board/endpoints`);
  await page.getByRole("link", { name: "Make the first one" }).click();
  await page.getByLabel("URL").fill(receiver.url);
  await page.getByLabel("What to call it").fill("Acme");
  await page.getByLabel("Interviews").check();
  await page.getByLabel("In whose words").selectOption("Skype Interviews");
  await page.locator("#event").selectOption("interview.stage.updated");
  await page.locator("#preview").getByText('"event": "State"').waitFor();
  await page.getByLabel("In whose words").selectOption("Standard Webhooks");
  await page.locator("#preview").getByText('"type": "interview.stage.updated"').waitFor();
  await page.getByRole("button", { name: "Make it" }).click();
  await page.getByText("shown now and never again").waitFor();
  const secret = await page.locator("#new-secret").textContent();
  assert.match(secret, /^whsec_/);
  assert.ok(!page.url().includes(secret));
  const [made] = (await hub.ask("GET", "/endpoints")).items;
  assert.deepEqual([made.url, made.description, made.events], [receiver.url, "Acme", ["interview.*"]]);
  await page.getByRole("link", { name: "I have copied it" }).click();
  await page.getByRole("heading", { name: "Acme" }).waitFor();
  assert.ok(!(await page.content()).includes(secret), "not again");
  await hub.ask("DELETE", `/endpoints/${made.id}`);
  nothingWentWrong(page);
});

test("what is refused is explained beside what was entered", async () => {
  const page = await signedIn(browser, hub);
  await page.goto(`${hub.url}/board/endpoints/new`);
  await page.getByLabel("URL").fill("https://169.254.169.254/latest/meta-data");
  await page.getByLabel("What to call it").fill("<script>window.pwned = 1</script>");
  await page.getByRole("button", { name: "Make it" }).click();
  await page.getByRole("alert").waitFor();
  assert.equal(await page.getByLabel("URL").inputValue(), "https://169.254.169.254/latest/meta-data");
  assert.equal(await page.getByLabel("What to call it").inputValue(), "<script>window.pwned = 1</script>");
  assert.equal(await page.evaluate(() => window.pwned), undefined);
  assert.deepEqual((await hub.ask("GET", "/endpoints")).items, []);
});

test("two who edit it at once do not undo each other's change", async () => {
  const { id } = await endpoint({ description: "Acme" });
  const [mine, theirs] = [await signedIn(browser, hub), await signedIn(browser, hub)];
  for (const page of [mine, theirs]) await page.goto(`${hub.url}/board/endpoints/${id}/edit`);
  await theirs.getByLabel("What to call it").fill("theirs");
  await theirs.getByRole("button", { name: "Save" }).click();
  await theirs.getByRole("heading", { name: "theirs" }).waitFor();
  await mine.getByLabel("What to call it").fill("mine");
  await mine.getByRole("button", { name: "Save" }).click();
  await mine.getByText("Somebody has changed it meanwhile").waitFor();
  assert.equal((await hub.ask("GET", `/endpoints/${id}`)).description, "theirs");
  await hub.ask("DELETE", `/endpoints/${id}`);
});

test("it is tested, switched off and on, given another secret, and removed, by click and by keyboard", async () => {
  const { id } = await endpoint({ description: "Acme" });
  const state = async () => (await hub.ask("GET", `/endpoints/${id}`)).state;
  const page = await signedIn(browser, hub);
  await page.goto(`${hub.url}/board/endpoints`);
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.waitForURL(`${hub.url}/board/endpoints/${id}`);
  const before = receiver.heard.length;
  await page.getByRole("button", { name: "Send a test" }).click();
  await page.getByRole("link", { name: "See what came of it" }).waitFor();
  await until("it is told", () => receiver.heard.slice(before).some((it) => it.body.includes("endpoint.test")));
  await page.locator("#disable").focus();
  await page.keyboard.press("Enter");
  await page.getByText("Disabled since").waitFor();
  assert.notEqual(await state(), "enabled");
  await page.getByRole("button", { name: "Enable" }).click();
  await page.getByRole("button", { name: "Disable" }).waitFor();
  assert.equal(await state(), "enabled");
  await page.getByRole("link", { name: "Rotate the secret" }).click();
  await page.getByRole("button", { name: "Rotate" }).click();
  await page.locator("#new-secret").waitFor();
  await page.reload();
  await page.getByText("This form has been sent before").waitFor();
  const told = receiver.heard.length;
  await candidate("Ada Lovelace");
  await until("it is told", () => receiver.heard.length > told);
  const signatures = receiver.heard.at(-1).headers["webhook-signature"].split(" ");
  assert.equal(signatures.length, 2, "both count until the overlap is over");
  await page.goto(`${hub.url}/board/endpoints/${id}`);
  await page.getByRole("link", { name: "Remove" }).click();
  await page.getByRole("button", { name: "Remove it" }).click();
  await page.waitForURL(/\/board\/endpoints(\?|$)/);
  assert.deepEqual((await hub.ask("GET", "/endpoints")).items, []);
  nothingWentWrong(page);
});

test("what was called off is told again, and the page follows how far that is", async () => {
  const { id } = await endpoint({ description: "Acme" });
  receiver.status = 500;
  await candidate("Grace Hopper");
  const owed = await until("it is owed", async () => (await hub.ask("GET", `/deliveries?endpoint=${id}`)).items[0]);
  await hub.ask("POST", `/deliveries/${owed.id}/cancel`, {});
  receiver.status = 200;
  const page = await signedIn(browser, hub);
  await page.goto(`${hub.url}/board/endpoints/${id}`);
  await page.getByRole("button", { name: "Tell again" }).click();
  await page.locator("#replays .state.delivered").first().waitFor();
  await until("it is told", async () => (await hub.ask("GET", `/deliveries/${owed.id}`)).state === "delivered");
  await hub.ask("DELETE", `/endpoints/${id}`);
  nothingWentWrong(page);
});
