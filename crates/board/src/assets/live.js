// Lines come in as they are drawn on the server: a new one goes to the top, a known one is replaced where it is.
import { localise } from "./board.js";

const KEPT = 100;
const rows = document.getElementById("rows");
const rate = document.getElementById("rate");
const pause = document.getElementById("pause");
const waiting = new Map();
let paused = false;

function show(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const row = template.content.firstElementChild;
  if (!row) return;
  const known = document.getElementById(row.id);
  if (!known && paused) {
    waiting.set(row.id, html);
    pause.textContent = `Go on (${waiting.size})`;
    return;
  }
  localise(row);
  if (known) return replace(known, row);
  document.getElementById("empty")?.remove();
  row.classList.add("new");
  // Ids sort by time.
  const below = [...rows.children].find((other) => other.id < row.id);
  rows.insertBefore(row, below ?? null);
  while (rows.children.length > KEPT) rows.lastElementChild.remove();
}

// Only what has changed catches the eye, and whoever stands on the line goes on standing there.
function replace(known, row) {
  [...row.cells].forEach((cell, at) => {
    const before = known.cells[at];
    if (before && before.className.replace(" new", "") !== cell.className) {
      cell.classList.add("new");
      before.replaceWith(cell.cloneNode(true));
    }
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

const stream = new EventSource(rows.dataset.stream);
stream.addEventListener("row", (event) => show(event.data));
stream.addEventListener("rate", (event) => {
  rate.textContent = event.data;
  rate.className = "rate";
});
stream.addEventListener("error", () => {
  // It was answered, but not with a stream: one has to sign in again.
  if (stream.readyState === EventSource.CLOSED) return location.reload();
  rate.textContent = "The hub does not answer. Trying again …";
  rate.className = "rate bad";
});
rate.hidden = false;
rate.textContent = "listening …";
pause.hidden = false;
pause.addEventListener("click", () => setPaused(!paused));
