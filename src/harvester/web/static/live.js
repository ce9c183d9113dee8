// Says that there is something new, in a place that is kept free for it: no row moves while somebody reads.

const EVERY = 30_000;
const KEYS = ["id", "comment_id", "video_id", "domain_name"];
const chip = document.querySelector("[data-live][data-noun]");

/** What a page holds that can be new: the keys of its rows, or the total of the figure that the page counts. */
function held(page) {
  if (page.rows) return new Set(page.rows.map((row) => row[KEYS.find((key) => row[key])]));
  return page.figures.find((figure) => figure.name === chip.dataset.noun).total;
}

function countNew(now, before) {
  return typeof now === "number" ? Math.max(0, now - before) : [...now].filter((key) => !before.has(key)).length;
}

function say(text, offer) {
  const link = document.createElement("a");
  link.href = location.href;
  link.textContent = `${text} – ${offer}`;
  chip.replaceChildren(link);
}

if (chip) {
  let tag = null;
  let before = null;

  const look = async () => {
    if (document.hidden) return;
    try {
      const headers = tag ? { "If-None-Match": tag } : {};
      const answer = await fetch(chip.dataset.live, { headers, cache: "no-store" });
      if (answer.status === 304) return;
      if (!answer.ok) throw new Error(`the dashboard answered ${answer.status}`);
      tag = answer.headers.get("ETag");
      const now = held(await answer.json());
      const count = before === null ? 0 : countNew(now, before);
      before ??= now;
      const noun = chip.dataset.noun.replace(/s$/, count === 1 ? "" : "s");
      if (count) say(`${count.toLocaleString("en")} new ${noun}`, "refresh");
      else chip.replaceChildren();
    } catch (error) {
      say(error instanceof TypeError ? "The dashboard does not answer" : `No news: ${error.message}`, "try again");
    }
  };

  look();
  setInterval(look, EVERY);
  document.addEventListener("visibilitychange", look);
}
