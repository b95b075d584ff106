// The room on this page, and how what stands on it is found, made and replaced.
export const at = document.querySelector("[data-room]").dataset.room;

export const find = (what, where = document) => where.querySelector(what);
export const every = (what, where = document) => [...where.querySelectorAll(what)];

// Clicks that ask for another window or tab are the browser's.
export const elsewhere = (event) => event.ctrlKey || event.metaKey;

export const parsed = (html) => {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return [...holder.content.children];
};

// A sentence in the page's language, with what is filled in.
export const words = (name, values = {}) =>
  find("[data-room]").dataset[name].replace(/\{(\w+)\}/g, (hole, key) => values[key] ?? hole);

export const say = (text) => {
  find("[data-line]").textContent = text;
};

// Puts something new in the place of something old, and leaves open and focused what was.
export const replace = (old, fresh) => {
  const held = old.contains(document.activeElement) ? document.activeElement : null;
  const opened = every("details", old).map((one) => one.open);
  old.replaceWith(fresh);
  every("details", fresh).forEach((one, index) => {
    if (opened[index] !== undefined) one.open = opened[index];
  });
  if (!held) return;
  const like = every("a, button, summary", fresh).find((one) => one.textContent === held.textContent);
  (like || find("a, button, summary", fresh))?.focus({ preventScroll: true });
};
