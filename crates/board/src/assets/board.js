// What every page does beyond showing itself: times in the viewer's own zone, the keyboard, copying. Without it, all is there in
// UTC and by mouse.

const today = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const thisYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const ever = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

export function localise(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    const now = new Date();
    const format = at.toDateString() === now.toDateString() ? today : at.getFullYear() === now.getFullYear() ? thisYear : ever;
    time.title = `${time.dateTime} (UTC)`;
    time.textContent = format.format(at);
  }
}

// What was today is not any more after midnight.
let day = new Date().toDateString();
setInterval(() => {
  const now = new Date().toDateString();
  if (now === day) return;
  day = now;
  localise(document);
}, 10_000);

const rows = () => [...document.querySelectorAll("[data-row]")];

function step(by) {
  const all = rows();
  if (all.length === 0) return;
  const here = all.findIndex((row) => row.classList.contains("here"));
  const next = all[here < 0 ? 0 : Math.min(Math.max(here + by, 0), all.length - 1)];
  for (const row of all) row.classList.toggle("here", row === next);
  (next.querySelector("a") ?? next).focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

const places = { l: "", i: "/interviews", d: "/deliveries", e: "/endpoints", s: "/sources", t: "/translate", o: "/settings" };
let going = false;

const deeds = {
  "/": () => document.querySelector("[data-search], .filters input, .filters select")?.focus(),
  j: () => step(1),
  k: () => step(-1),
  p: () => document.getElementById("pause")?.click(),
  "?": () => document.getElementById("keys")?.showModal(),
  g: () => {
    going = true;
    setTimeout(() => (going = false), 1500);
  },
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "Escape" && typing) typing.blur();
  if (typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const place = going && event.key in places ? places[event.key] : undefined;
  going = false;
  if (place !== undefined) {
    event.preventDefault();
    location.assign(`/board${place}`);
  } else if (event.key in deeds) {
    event.preventDefault();
    deeds[event.key]();
  }
});

document.addEventListener("click", async (event) => {
  const copies = event.target.closest("[data-copies]");
  if (copies) {
    const from = document.getElementById(copies.dataset.copies);
    const before = copies.textContent;
    try {
      await navigator.clipboard.writeText(from.value ?? from.textContent);
      copies.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(from);
      copies.textContent = "Press Ctrl+C";
    }
    setTimeout(() => (copies.textContent = before), 1500);
  }
  const shows = event.target.closest("[data-shows]");
  if (shows) document.getElementById(shows.dataset.shows)?.showModal();
});

// What cannot be undone is asked about first.
document.addEventListener("submit", (event) => {
  const asks = event.submitter?.dataset.asks;
  if (asks && !confirm(asks)) event.preventDefault();
});

// Whoever signs out on one page leaves all others too.
const leave = document.querySelector("form[action='/board/sign-out']");
if (leave) {
  const others = new BroadcastChannel("callboard: signed out");
  leave.addEventListener("submit", () => others.postMessage(true));
  others.addEventListener("message", () => location.assign("/board/sign-in"));
}

// A filter that is chosen is applied at once.
for (const form of document.querySelectorAll("form.filters")) {
  for (const button of form.querySelectorAll("[data-submits]")) button.hidden = true;
  form.addEventListener("change", (event) => event.target.matches("select") && form.requestSubmit());
}

for (const hidden of document.querySelectorAll("button[data-shows][hidden], button[data-copies][hidden]")) hidden.hidden = false;
localise(document);

// Whoever has no network is told that what is shown may be old.
const away = document.createElement("p");
away.className = "notice bad";
away.setAttribute("role", "status");
away.textContent = "You are offline. What is shown here may have changed meanwhile.";
const say = () => (navigator.onLine ? away.remove() : document.getElementById("main")?.prepend(away));
addEventListener("offline", say);
addEventListener("online", say);
say();

// On a narrow screen the pages' names scroll.
document.querySelector("nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
