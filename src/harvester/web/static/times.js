// How long ago a time was, with the absolute one on hover. The server writes the absolute time, which stays without us.

const UNITS = [
  [31_557_600, "y"],
  [2_629_800, "mo"],
  [86_400, "d"],
  [3_600, "h"],
  [60, "min"],
];

/** A difference in seconds in the greatest unit that fits: "3 h ago", "in 2 d", "just now". */
export function relative(seconds) {
  const [length, unit] = UNITS.find(([length]) => Math.abs(seconds) >= length) ?? [1, ""];
  if (!unit) return "just now";
  const count = Math.floor(Math.abs(seconds) / length);
  return seconds > 0 ? `${count} ${unit} ago` : `in ${count} ${unit}`;
}

function write() {
  // The head of a page says when its figures were counted: that stays exact.
  for (const time of document.querySelectorAll("main time[datetime]:not(.head time)")) {
    time.title ||= `${time.textContent} UTC`;
    const text = relative((Date.now() - Date.parse(time.dateTime)) / 1000);
    if (time.textContent !== text) time.textContent = text;
  }
}

write();
setInterval(write, 60_000);
