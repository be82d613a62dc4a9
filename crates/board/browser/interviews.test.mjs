import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, nothingWentWrong, signedIn } from "./browser.mjs";
import { Hub, furnish } from "./hub.mjs";

let browser, hub, furniture;
before(async () => {
  [browser, hub] = await Promise.all([launch(), Hub.start()]);
  furniture = await furnish(hub);
});
after(async () => {
  await browser?.close();
  furniture?.receiver.close();
  await hub?.stop();
});

// An interview that came to its end at HireHive, and whoever it was with.
async function assessed() {
  const [event] = (await hub.ask("GET", "/events?type=interview.assessed&limit=1")).items;
  return event.event.data;
}

const called = (person) => person.full_name ?? `${person.first_name} ${person.last_name}`;

test("an interview is found by name, by e-mail and by code, and no name stands in an address", async () => {
  const { candidate, interview } = await assessed();
  const page = await signedIn(browser, hub);
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  const code = Object.values(interview.external_ids)[0];
  for (const text of [called(candidate).slice(1, -1).toUpperCase(), candidate.email, code, interview.id]) {
    await page.goto(`${hub.url}/board/interviews`);
    await page.keyboard.press("/");
    await page.keyboard.type(text);
    await page.keyboard.press("Enter");
    const alone = `${hub.url}/board/interviews/${interview.id}`;
    await Promise.race([page.getByText("What was found for").waitFor(), page.waitForURL(alone)]);
    if (page.url() !== alone) await page.locator(`a[href="/board/interviews/${interview.id}"]`).first().waitFor();
  }
  assert.deepEqual(asked.filter((url) => decodeURIComponent(url).includes(candidate.email)), []);
  await page.goto(`${hub.url}/board/interviews`);
  await page.keyboard.press("/");
  await page.keyboard.type("nobody is called that");
  await page.keyboard.press("Enter");
  await page.getByText("Nothing is called").waitFor();
  nothingWentWrong(page);
});

test("one interview is its way, what happened, what reviewers said, and what everybody was told", async () => {
  const { candidate, interview } = await assessed();
  const page = await signedIn(browser, hub);
  await page.goto(`${hub.url}/board/interviews/${interview.id}`);
  assert.equal(await page.getByRole("heading", { level: 1 }).textContent(), called(candidate));
  assert.equal(await page.locator(".track .here b").textContent(), "Feedback completed");
  const timeline = await hub.ask("GET", `/interviews/${interview.id}/timeline`);
  assert.equal(await page.locator(".axis [data-row]").count(), timeline.items.length);
  const told = timeline.items.flatMap((it) => it.deliveries);
  assert.equal(await page.locator(".marks .dot").count(), told.length);
  const assessment = await hub.ask("GET", `/interviews/${interview.id}/assessment`);
  for (const { reviewer, score } of assessment.reviewers) {
    const who = reviewer.name ?? reviewer.email;
    await page.getByRole("row", { name: new RegExp(`${who} ${score}`) }).waitFor();
  }
  await page.getByRole("combobox", { name: "Endpoint" }).selectOption({ label: "partner in hirehive (HireHive)" });
  await page.waitForURL(/told=/);
  const said = await page.locator("details pre").first().textContent();
  assert.match(JSON.parse(said).type, /^(interview|feedback)\./);
  nothingWentWrong(page);
});
