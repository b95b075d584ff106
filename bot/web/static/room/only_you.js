// What the bot tells one person alone, above the talk.
import { every, find } from "./page.js";

// A long answer comes in parts, which stand together; any other one takes their place.
export const tell = (item) => {
  const place = find("[data-only]");
  const { reply, m } = item.dataset;
  for (const one of [...place.children]) {
    if (!reply || one.dataset.reply !== reply || one.dataset.m === m) one.remove();
  }
  const before = [...place.children].reverse().find((one) => Number(one.dataset.m) < Number(m));
  if (before) before.after(item);
  else place.prepend(item);
};

export const warn = (text) => {
  const item = document.createElement("div");
  const line = document.createElement("p");
  item.className = "note warn";
  line.textContent = text;
  item.append(line);
  tell(item);
};

// What did not go through before went through now.
export const calm = () => {
  for (const one of every("[data-only] .warn")) one.remove();
};

document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-away]")) return;
  event.preventDefault();
  find("[data-only]").replaceChildren();
});
