// What stands above the talk: the bar with the question that is on, the tabs and the hosts' panel.
import { every, find, parsed, replace, say } from "./page.js";
import { isOpen, markTabs, showTab, tabOf, turnTo } from "./tabs.js";
import { count } from "./time_left.js";

// A sheet goes with its tab, as when a rehearsal is over; one in which somebody writes waits.
const leaveBehind = () => {
  for (const sheet of every("[data-sheet]")) {
    const key = sheet.dataset.sheet;
    const busy = find("textarea", sheet)?.value || sheet.contains(document.activeElement);
    if (busy || tabOf(key)) continue;
    sheet.remove();
    if (isOpen(key)) turnTo("room");
  }
};

export const renew = (html) => {
  const before = find("#bar .where b")?.textContent;
  for (const part of parsed(html)) {
    const old = find(`[data-part="${part.dataset.part}"]`);
    if (old) replace(old, part);
  }
  leaveBehind();
  markTabs();
  showTab();
  count();
  const now = find("#bar .where b")?.textContent;
  if (now && now !== before) say(`${now}: ${find("#bar h1").textContent}`);
};
