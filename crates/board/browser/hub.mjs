// The real program on a store of its own, its API, and somebody to be told.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const target = process.env.CARGO_TARGET_DIR ?? path.join(root, "target");
const program = process.env.CALLBOARD_PROGRAM ?? path.join(target, "debug", "callboard");
const KEY = "cbk_of_the_browser_tests";

// A hub that runs until `stop`.
export class Hub {
  static async start(environment = {}) {
    const data = await mkdtemp(path.join(tmpdir(), "callboard-board-"));
    const hub = new Hub();
    hub.data = data;
    hub.key = KEY;
    hub.environment = environment;
    await hub.serve("127.0.0.1:0");
    return hub;
  }

  async serve(listen) {
    const args = ["serve", "--listen", listen, "--data", this.data, "--allow-http", "--allow-network", "127.0.0.0/8"];
    const environment = { ...process.env, ...this.environment, CALLBOARD_ADMIN_KEY: KEY, RUST_LOG: "info" };
    this.process = spawn(program, args, { env: environment });
    this.log = [];
    createInterface({ input: this.process.stderr }).on("line", (line) => this.log.push(line));
    for await (const line of createInterface({ input: this.process.stdout })) {
      const found = line.match(/listening on (\S+)/);
      if (found) {
        this.url = found[1];
        return;
      }
    }
    throw new Error(`the hub did not start:\n${this.log.join("\n")}`);
  }

  // Stops it, and starts it again where it was.
  async pauseWhile(deed) {
    await this.end();
    await deed();
    await this.serve(new URL(this.url).host);
  }

  async end() {
    this.process.kill("SIGTERM");
    await once(this.process, "exit");
  }

  async stop() {
    await this.end();
    await rm(this.data, { recursive: true, force: true });
  }

  // Asks the API; what is not a success is an error.
  async ask(method, where, body) {
    const response = await fetch(`${this.url}/v1${where}`, {
      method,
      headers: { authorization: `Bearer ${this.key}`, "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${where}: ${response.status} ${text}`);
    return text === "" ? null : JSON.parse(text);
  }

  // Acts as a platform: whole interviews, signed its way.
  async simulate(platform, url, credentials, ...more) {
    const args = ["simulate", platform, "--to", url, ...credentials, ...more];
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
    const said = [];
    child.stdout.on("data", (piece) => said.push(piece));
    const [code] = await once(child, "exit");
    if (code !== 0) throw new Error(`simulate ${platform} ended with ${code}: ${said.join("")}`);
  }
}

// Until something is so.
export async function until(what, is, patience = 20_000) {
  const end = Date.now() + patience;
  for (;;) {
    const found = await is();
    if (found) return found;
    if (Date.now() > end) throw new Error(`gave up waiting until ${what}`);
    await new Promise((again) => setTimeout(again, 20));
  }
}

// Somebody who is told, and who answers what they are asked to.
export class Receiver {
  static async open() {
    const receiver = new Receiver();
    receiver.status = 200;
    receiver.heard = [];
    receiver.server = createServer((request, response) => {
      const pieces = [];
      request.on("data", (piece) => pieces.push(piece));
      request.on("end", () => {
        receiver.heard.push({ headers: request.headers, body: Buffer.concat(pieces).toString() });
        response.writeHead(receiver.status, { "content-type": "text/plain" });
        response.end(receiver.status === 200 ? "" : "<b>not today</b>");
      });
    });
    receiver.server.listen(0, "127.0.0.1");
    await once(receiver.server, "listening");
    receiver.url = `http://127.0.0.1:${receiver.server.address().port}/hook`;
    return receiver;
  }

  close() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

// A little of everything: four platforms, six who are told in six dialects, and one that cannot be reached.
export async function furnish(hub) {
  const accounts = [
    ["skype", "Engineering interviews", { api_key: "k", api_secret: "s-12345678" }, ["--api-key", "k", "--api-secret", "s-12345678"]],
    ["hirehive", "Careers", { secret: SECRET }, ["--secret", SECRET]],
    ["launchpad", "LaunchPad", { username: "u", password: "p" }, ["--username", "u", "--password", "p"]],
    ["viasto", "Video interviews", undefined, []],
  ];
  const receiver = await Receiver.open();
  const endpoints = {};
  for (const dialect of ["standard", "cloudevents", "launchpad", "hirehive", "viasto", "skype"]) {
    const form = { url: receiver.url, dialect, description: `partner in ${dialect}` };
    if (dialect === "skype") form.credentials = { api_key: "k", api_secret: "s-12345678" };
    endpoints[dialect] = (await hub.ask("POST", "/endpoints", form)).id;
  }
  const down = { url: "http://127.0.0.1:9/nobody", dialect: "standard", description: "one that is down" };
  endpoints.down = (await hub.ask("POST", "/endpoints", down)).id;
  const sources = {};
  for (const [platform, name, credentials, flags] of accounts) {
    const source = await hub.ask("POST", "/sources", { platform, name, credentials });
    sources[platform] = source;
    await hub.simulate(platform, source.url, flags, "--count", "3", "--seed", "7");
    await hub.simulate(platform, source.url, flags, "--count", "1", "--seed", "8", "--forge");
  }
  return { receiver, endpoints, sources };
}

export const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
