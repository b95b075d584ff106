// Tabs: which sheet is open, and on which others something new stands unread.
import { at, elsewhere, every, find, words } from "./page.js";

const unread = new Map();
let open = find("[data-room]").dataset.open;

export const isOpen = (key) => key === open;

const sheetOf = (key) => find(`[data-sheet="${CSS.escape(key)}"]`);

export const tabOf = (key) => find(`[data-tab="${CSS.escape(key)}"]`);

export const seen = (key) => {
  const sheet = sheetOf(key);
  return sheet !== null && sheet.offsetParent !== null;
};

export const markTabs = () => {
  for (const tab of every("[data-tab]")) {
    const key = tab.dataset.tab;
    if (isOpen(key)) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
    tab.classList.toggle("in-view", sheetOf(key) !== null);
    if (seen(key)) unread.delete(key);
    const badge = find(".n", tab);
    badge.hidden = !unread.has(key);
    badge.textContent = unread.has(key) ? ` ${words("unread", { count: unread.get(key) })}` : "";
  }
};

export const markUnread = (keys) => {
  for (const key of keys) unread.set(key, (unread.get(key) || 0) + 1);
  markTabs();
};

export const showTab = () => {
  const tab = tabOf(open);
  const list = tab?.closest("ul");
  if (list) list.scrollLeft += tab.getBoundingClientRect().left - list.getBoundingClientRect().left - 48;
};

export const turnTo = (key) => {
  open = key;
  for (const sheet of every("[data-sheet]")) sheet.classList.toggle("open", sheet.dataset.sheet === key);
  history.replaceState(null, "", `${at}?thread=${key}`);
  markTabs();
  showTab();
};

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-tab], [data-answer]");
  const key = link?.dataset.tab || link?.dataset.answer;
  if (!key || elsewhere(event) || !sheetOf(key)) return;
  event.preventDefault();
  turnTo(key);
  if (link.dataset.answer) document.getElementById(`w-${key}`)?.focus();
});
