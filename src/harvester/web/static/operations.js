// Keeps the figures of a page fresh, and moves nothing: texts change where they stand. Where a row has come or gone
// the line above says so, and the reader decides when to see it. The page works without this file.

const SECONDS = 10;
const note = document.querySelector("#live-note");
let asked = false;

const outline = (element) =>
  [...element.querySelectorAll("*")].map((each) => `${each.localName} ${each.getAttribute("class") ?? ""}`).join("\n");

function* texts(element) {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) yield walker.currentNode;
}

function refresh(shown, fresh) {
  const [old, now] = [[...texts(shown)], [...texts(fresh)]];
  if (outline(shown) !== outline(fresh) || old.length !== now.length) return false;
  old.forEach((text, index) => {
    if (text.data !== now[index].data) text.data = now[index].data;
  });
  const [times, newer] = [shown.querySelectorAll("time"), fresh.querySelectorAll("time")];
  times.forEach((time, index) => { time.dateTime = newer[index].dateTime; });
  return true;
}

async function look() {
  if (asked || document.hidden) return;
  asked = true;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" }, redirect: "error" });
    if (!answer.ok) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const stale = [...document.querySelectorAll("[data-live]")].filter((shown) => {
      const fresh = page.querySelector(`[data-live="${shown.dataset.live}"]`);
      return !fresh || !refresh(shown, fresh);
    });
    say(stale.length ? "Rows have come or gone: load the page again to see them." : `Figures follow every ${SECONDS} seconds.`);
  } catch {
    say("The figures could not be read; the next try follows.");
  } finally {
    asked = false;
  }
}

function say(words) {
  if (note.textContent.trim() !== words) note.textContent = words;
}

say(`Figures follow every ${SECONDS} seconds.`);
setInterval(look, SECONDS * 1000);
document.addEventListener("visibilitychange", look);
