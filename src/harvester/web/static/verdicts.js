// Verdicts by one key. Every form works without this file: a key presses the button that stands on the page.

/** The keys, for whatever lists them: [key, what it does]. */
export const KEYS = [
  ["m", "Malicious: the domain, or the ticked ones"],
  ["s", "Suspicious"],
  ["b", "Benign"],
  ["i", "Ignore: out of every list"],
  ["u", "Undo what was just done"],
];

const FIELD = "input:not([type=checkbox]), textarea, select, [contenteditable]";
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

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.defaultPrevented) return;
  if (event.target.closest(FIELD) || document.querySelector("dialog[open]")) return;
  if (!KEYS.some(([key]) => key === event.key)) return;
  const button = document.querySelector(`button[data-key="${event.key}"]`);
  if (!button) {
    if (region && event.key === "u") announce("Nothing was just done that could be undone.");
    return;
  }
  event.preventDefault();
  if (!hasTarget(button.form)) {
    announce("Tick a domain, or go to its row, first.");
    return;
  }
  announce(`${button.textContent.trim()} …`);
  button.form.requestSubmit(button);
});

// A region tells only what changes in it after the page has come.
const told = document.querySelector("#told p");
if (told) setTimeout(() => announce(`${told.textContent.trim()} ${document.querySelector("#told button") ? "Press u to undo." : ""}`), 250);
