// Every page as a person sees it: light, dark and on a phone; nothing on it shuts anybody out, and nothing is large.
import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { after, before, test } from "node:test";
import { launch, nothingWentWrong, open, signedIn } from "./browser.mjs";
import { Hub, furnish } from "./hub.mjs";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PICTURES = process.env.CALLBOARD_PICTURES ?? new URL("pictures", import.meta.url).pathname;
const FIRST_LOAD_BYTES = 150_000;
const DESK = { width: 1280, height: 800 };
const LOOKS = {
  light: { colorScheme: "light", viewport: DESK },
  dark: { colorScheme: "dark", viewport: DESK },
  phone: { colorScheme: "light", viewport: { width: 390, height: 800 } },
};

let browser, hub, furniture, pages;
before(async () => {
  [browser, hub] = await Promise.all([launch(), Hub.start()]);
  furniture = await furnish(hub);
  await mkdir(PICTURES, { recursive: true });
  const first = async (where) => (await hub.ask("GET", where)).items[0];
  const interview = (await first("/events?type=interview.assessed&limit=1")).event.data.interview.id;
  const { endpoints, sources } = furniture;
  pages = {
    live: "",
    interviews: "/interviews",
    interview: `/interviews/${interview}?told=${endpoints.hirehive}`,
    deliveries: "/deliveries",
    delivery: `/deliveries/${(await first(`/deliveries?endpoint=${endpoints.skype}&state=delivered&limit=1`)).id}`,
    owed: `/deliveries/${(await first(`/deliveries?endpoint=${endpoints.down}&state=pending&limit=1`)).id}`,
    endpoints: "/endpoints",
    endpoint: `/endpoints/${endpoints.standard}`,
    failing: `/endpoints/${endpoints.down}`,
    "new-endpoint": "/endpoints/new",
    "edit-endpoint": `/endpoints/${endpoints.skype}/edit`,
    sources: "/sources",
    source: `/sources/${sources.hirehive.id}`,
    "new-source": "/sources/new",
    "rotate-source": `/sources/${sources.skype.id}/rotate`,
    "remove-source": `/sources/${sources.skype.id}/remove`,
    "rotate-endpoint": `/endpoints/${endpoints.skype}/rotate`,
    "remove-endpoint": `/endpoints/${endpoints.skype}/remove`,
    "new-skype": "/sources/new?platform=skype",
    receipt: `/receipts/${(await first("/receipts?limit=1")).id}`,
    translate: "/translate",
    settings: "/settings",
    nowhere: "/nowhere",
  };
});
after(async () => {
  await browser?.close();
  furniture?.receiver.close();
  await hub?.stop();
});

async function faults(page) {
  const found = await page.evaluate(() => window.axe.run());
  return found.violations
    .filter((it) => ["serious", "critical"].includes(it.impact))
    .map((it) => `${it.id}: ${it.nodes[0].html}`);
}

for (const [look, options] of Object.entries(LOOKS)) {
  test(`every page shuts nobody out, ${look}`, async () => {
    const page = await signedIn(browser, hub, { ...options, bypassCSP: true });
    for (const [name, where] of Object.entries(pages)) {
      const answer = await page.goto(`${hub.url}/board${where}`);
      assert.equal(answer.status(), name === "nowhere" ? 404 : 200, name);
      await page.locator("h1").waitFor();
      await page.evaluate(AXE);
      assert.deepEqual(await faults(page), [], name);
      const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(beyond <= 0, `${name} is wider than its window by ${beyond}`);
      await page.screenshot({ path: path.join(PICTURES, `${name}-${look}.png`) });
    }
    page.trouble = page.trouble.filter((it) => !it.includes("404"));
    nothingWentWrong(page);
  });
}

test("signing in shuts nobody out either, and so does a board with nothing on it", async () => {
  const empty = await Hub.start();
  const page = await open(browser, empty, { ...LOOKS.light, bypassCSP: true });
  await page.goto(`${empty.url}/board`);
  await page.evaluate(AXE);
  assert.deepEqual(await faults(page), []);
  await page.screenshot({ path: path.join(PICTURES, "sign-in.png") });
  await page.fill("#key", empty.key);
  await page.keyboard.press("Enter");
  await page.waitForURL(`${empty.url}/board`);
  for (const where of ["", "/interviews", "/deliveries", "/endpoints", "/sources", "/translate", "/settings"]) {
    await page.goto(`${empty.url}/board${where}`);
    await page.evaluate(AXE);
    assert.deepEqual(await faults(page), [], where);
    await page.screenshot({ path: path.join(PICTURES, `empty${where.replace("/", "-")}.png`) });
  }
  await empty.stop();
});

test(`the first load is below ${FIRST_LOAD_BYTES} bytes in all`, async (t) => {
  const page = await signedIn(browser, hub);
  for (const [name, where] of Object.entries(pages)) {
    const context = await browser.newContext({ storageState: await page.context().storageState() });
    const fresh = await context.newPage();
    const answers = [];
    fresh.on("response", (response) => answers.push(response));
    await fresh.goto(`${hub.url}/board${where}`, { waitUntil: "load" });
    const whole = answers.filter((it) => !it.headers()["content-type"]?.startsWith("text/event-stream"));
    const sizes = await Promise.all(whole.map(async (it) => (await it.body().catch(() => "")).length));
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    t.diagnostic(`${name}: ${bytes} bytes`);
    assert.ok(bytes < FIRST_LOAD_BYTES, `${name}: ${bytes}`);
    await context.close();
  }
});
