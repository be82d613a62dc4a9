// The preview follows what is filled in, and a replay that is under way what becomes of it.
import { localise } from "./board.js";

const PAUSE = 250;
const LOOK = 1000;

const form = document.querySelector("form[data-preview]");
const preview = document.getElementById("preview");
let waiting;
let asked = 0;

async function show() {
  const mine = ++asked;
  preview.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.dataset.preview, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    const html = await answer.text();
    // Only the answer to what is filled in now is shown.
    if (mine === asked && answer.ok && !answer.redirected) preview.innerHTML = html;
  } catch {
    // What was shown before stays.
  }
  if (mine === asked) preview.removeAttribute("aria-busy");
}

function later() {
  clearTimeout(waiting);
  waiting = setTimeout(show, PAUSE);
}

if (form && preview) {
  form.addEventListener("input", later);
  for (const button of form.querySelectorAll("[data-previews]")) button.hidden = true;
}

const replays = document.getElementById("replays");

async function look() {
  try {
    const answer = await fetch(replays.dataset.from);
    // Who has been signed out follows nothing any more.
    if (answer.redirected) return;
    if (answer.ok) {
      const held = replays.contains(document.activeElement);
      replays.innerHTML = await answer.text();
      localise(replays);
      if (held) replays.querySelector("button")?.focus();
    }
  } catch {
    // It is asked again.
  }
  follow();
}

function follow() {
  if (replays?.querySelector("[data-running]")) setTimeout(look, LOOK);
}

follow();
