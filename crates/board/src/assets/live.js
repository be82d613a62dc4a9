// Lines come in as they are drawn on the server: a new one goes to the top, of a known one what has changed is replaced.
import { localise } from "./board.js";

const KEPT = 100;
// How long it is waited before the hub is asked again, in milliseconds: longer each time.
const FIRST_PAUSE = 1_000;
const LAST_PAUSE = 30_000;
const SILENT = "The hub does not answer. Trying again …";
const rows = document.getElementById("rows");
const rate = document.getElementById("rate");
const answers = document.getElementById("answers");
const pause = document.getElementById("pause");
const waiting = new Map();
let paused = false;

function show(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const row = template.content.firstElementChild;
  if (!row) return;
  const known = document.getElementById(row.id);
  if (!known && paused) return wait(row.id, html);
  localise(row);
  if (known) return replace(known, row);
  document.getElementById("empty")?.remove();
  row.classList.add("new");
  // Ids sort by time.
  const below = [...rows.children].find((other) => other.id < row.id);
  rows.insertBefore(row, below ?? null);
  while (rows.children.length > KEPT) rows.lastElementChild.remove();
}

// Of what waits, too, only the newest would stay on the page.
function wait(id, html) {
  waiting.set(id, html);
  if (waiting.size > KEPT) waiting.delete([...waiting.keys()].reduce((oldest, it) => (it < oldest ? it : oldest)));
  pause.textContent = `Go on (${waiting.size})`;
}

const bare = (cell) => [...cell.classList].filter((name) => name !== "new").join(" ");

// Only what has changed catches the eye, and whoever stands on the line goes on standing there.
function replace(known, row) {
  [...row.cells].forEach((cell, at) => {
    const before = known.cells[at];
    if (!before || (bare(before) === cell.className && before.innerHTML === cell.innerHTML)) return;
    const [link, now] = [before.querySelector("a"), cell.querySelector("a")];
    if (link && now && link === document.activeElement) {
      for (const { name, value } of now.attributes) link.setAttribute(name, value);
      before.className = cell.className;
    } else {
      before.replaceWith(cell.cloneNode(true));
    }
    // Taken away and given again, so that it is seen again.
    void known.cells[at].offsetWidth;
    known.cells[at].classList.add("new");
  });
}

function setPaused(now) {
  paused = now;
  pause.setAttribute("aria-pressed", String(paused));
  pause.textContent = paused ? "Go on" : "Pause";
  if (!paused) {
    for (const html of waiting.values()) show(html);
    waiting.clear();
  }
}

let stream, again;
let patience = FIRST_PAUSE;

function listen() {
  stop();
  stream = new EventSource(rows.dataset.stream);
  stream.addEventListener("open", found);
  stream.addEventListener("row", (event) => show(event.data));
  stream.addEventListener("rate", (event) => (rate.textContent = event.data));
  stream.addEventListener("error", lost);
}

function stop() {
  clearTimeout(again);
  stream?.close();
  stream = undefined;
}

function found() {
  patience = FIRST_PAUSE;
  if (!rate.classList.contains("bad")) return;
  rate.classList.remove("bad");
  answers.textContent = "The hub answers again.";
}

function say(text) {
  rate.textContent = text;
  rate.classList.add("bad");
  if (answers.textContent !== text) answers.textContent = text;
}

async function lost() {
  stop();
  const why = await reason();
  if (why === undefined) return location.reload();
  // Somebody has looked away and back meanwhile.
  if (stream || document.hidden) return;
  say(why.says);
  again = setTimeout(listen, Math.max(patience, why.comeAgain));
  patience = Math.min(patience * 2, LAST_PAUSE);
}

// Why there is no stream, which an event source does not say; nothing if one has to sign in again.
async function reason() {
  const asking = new AbortController();
  const given = setTimeout(() => asking.abort(), LAST_PAUSE);
  try {
    const answer = await fetch(rows.dataset.stream, { signal: asking.signal });
    if (answer.redirected) return undefined;
    const isPlain = answer.headers.get("content-type")?.startsWith("text/plain");
    const says = isPlain ? await answer.text() : SILENT;
    return { says, comeAgain: 1_000 * Number(answer.headers.get("retry-after")) };
  } catch {
    return { says: SILENT, comeAgain: 0 };
  } finally {
    clearTimeout(given);
    asking.abort();
  }
}

// Of the few connections that a browser opens to one host, a page that nobody sees takes none.
document.addEventListener("visibilitychange", () => {
  patience = FIRST_PAUSE;
  if (document.hidden) stop();
  else listen();
});

rate.hidden = false;
rate.textContent = "listening …";
pause.hidden = false;
pause.addEventListener("click", () => setPaused(!paused));
if (!document.hidden) listen();
