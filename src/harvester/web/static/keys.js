// The keyboard: what each key does, and the help that lists them. Another module adds its own by `register`.

const keys = new Map();
const OFF = "keys-off";
/** Keys that may be held down. */
const WALK = new Set(["j", "k"]);

/** Bind a key to a deed; `what` is what the help says of it. The deed gets the row that is in focus, or null. */
export function register(key, what, deed) {
  keys.set(key, { what, deed });
}

/** The rows of the page that can be walked through: of tables of records, and pieces of evidence. */
export function rows() {
  return [...document.querySelectorAll("main table:not(.numbers) > tbody > tr, main .evidence > li")].filter(
    (row) => row.getClientRects().length,
  );
}

/** The row that holds the focus, or null. */
export function current() {
  return document.activeElement?.closest("main tbody > tr, main .evidence > li") ?? null;
}

function step(by) {
  const all = rows();
  const at = all.indexOf(current());
  const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)];
  if (!next) return;
  next.tabIndex = -1;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function search() {
  const field = document.querySelector("#q");
  field?.focus();
  field?.select();
}

function made(name, text, inside = {}) {
  const element = Object.assign(document.createElement(name), inside);
  element.append(text);
  return element;
}

function help() {
  let dialog = document.querySelector("#keys");
  if (!dialog) {
    dialog = made("dialog", "", { id: "keys" });
    dialog.setAttribute("aria-labelledby", "keys-title");
    document.body.append(dialog);
  }
  const table = made("table", made("caption", "Keys of this page", { className: "unseen-label" }));
  const head = table.createTHead().insertRow();
  for (const name of ["Key", "What it does"]) head.append(made("th", name, { scope: "col" }));
  const body = table.createTBody();
  for (const [key, { what }] of [...keys, ["Esc", { what: "Close this help" }]]) {
    const row = body.insertRow();
    row.append(made("th", made("kbd", key), { scope: "row" }), made("td", what));
  }
  // WCAG 2.2, 2.1.4: who dictates or hits keys by chance can turn single keys off.
  const tick = made("input", "", { type: "checkbox", id: "keys-on", checked: !localStorage.getItem(OFF) });
  tick.addEventListener("change", () => (tick.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1")));
  const choice = made("p", tick, { className: "field tick" });
  choice.append(made("label", "Single keys act", { htmlFor: "keys-on" }));
  const close = made("button", "Close", { type: "button" });
  close.addEventListener("click", () => dialog.close());
  dialog.replaceChildren(made("h2", "Keys", { id: "keys-title" }), table, choice, close);
  dialog.showModal();
}

register("/", "Go to the search", search);
register("j", "Next row", () => step(1));
register("k", "Row before", () => step(-1));
register("Enter", "Open the row", (row) => row?.querySelector("a[href]")?.click());
register("?", "Show this help", help);

document.addEventListener("keydown", (event) => {
  const bound = keys.get(event.key);
  const busy = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable], dialog");
  if (!bound || busy || event.ctrlKey || event.metaKey || event.altKey) return;
  // Enter belongs to links and buttons, unless a row itself is in focus.
  if (event.key === "Enter" ? event.target !== current() : localStorage.getItem(OFF)) return;
  event.preventDefault();
  if (!event.repeat || WALK.has(event.key)) bound.deed(current());
});

const button = made("button", "Keys", { type: "button", className: "keys" });
button.addEventListener("click", help);
document.querySelector("body > footer p")?.append(" ", button);
