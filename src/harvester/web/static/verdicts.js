// Verdicts by one key. Every form works without this file: a key presses the button that stands on the page.

import { register } from "./keys.js";

const KEYS = [
  ["m", "Malicious: the domain, or the ticked ones"],
  ["s", "Suspicious"],
  ["b", "Benign"],
  ["i", "Ignore: out of every list"],
  ["u", "Undo what was just done"],
];

const region = document.querySelector("#announced");

function announce(words) {
  if (region) region.textContent = words;
}

/** In the list a key means the ticked rows or, where none is ticked, the row in which the reader is. */
function hasTarget(form) {
  if (form.id !== "give-ticked") return true;
  const boxes = [...document.querySelectorAll('input[form="give-ticked"]')];
  if (boxes.some((box) => box.checked)) return true;
  const here = document.activeElement?.closest("tr")?.querySelector('input[form="give-ticked"]');
  if (here) here.checked = true;
  return Boolean(here);
}

function press(key) {
  const button = document.querySelector(`button[data-key="${key}"]`);
  if (!button) {
    announce("Nothing was just done that could be undone.");
  } else if (!hasTarget(button.form)) {
    announce("Tick a domain, or go to its row, first.");
  } else {
    announce(`${button.textContent.trim()} …`);
    button.form.requestSubmit(button);
  }
}

// Where nobody may judge, or there is nothing to be judged, the keys mean nothing.
if (document.querySelector("button[data-key]")) {
  for (const [key, what] of KEYS) register(key, what, () => press(key));
}

// A region tells only what changes in it after the page has come.
const told = document.querySelector("#told p");
if (told) setTimeout(() => announce(`${told.textContent.trim()} ${document.querySelector("#told button") ? "Press u to undo." : ""}`), 250);
