// What arrives while the page is open, and what is done with it.
import { at, find, say, words } from "./page.js";
import { putAll, takeAway } from "./sheets.js";
import { renew } from "./top.js";

let last = find("[data-room]").dataset.last;

export const listen = () => {
  const source = new EventSource(`${at}events?after=${last}`);
  const on = (name, act) =>
    source.addEventListener(name, (event) => {
      if (event.lastEventId) last = event.lastEventId;
      act(event.data);
    });
  on("said", (html) => putAll(html));
  on("edited", (html) => putAll(html, false));
  on("deleted", takeAway);
  on("state", renew);
  on("reload", () => location.reload());
  on("bye", () => {
    source.close();
    say(words("out"));
  });
  const line = find("[data-line]");
  source.onopen = () => {
    line.classList.remove("lost");
    line.dataset.up = "";
  };
  source.onerror = () => {
    line.classList.add("lost");
    delete line.dataset.up;
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 5000);
  };
};
