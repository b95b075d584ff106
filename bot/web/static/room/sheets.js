// Sheets: what is said comes, changes and goes on every one on which it stands.
import { tell } from "./only_you.js";
import { at, every, find, parsed, replace } from "./page.js";
import { markUnread, seen } from "./tabs.js";

// Comments of a question's sheet stand below their answer; in the conversation everything stands in turn.
const rank = (list, one) => {
  const number = Number(one.dataset.m);
  return [(list.dataset.list !== "room" && Number(one.dataset.under)) || number, number];
};

const inTurn = (list, item) => {
  const [head, number] = rank(list, item);
  const before = (one) => {
    const [its, own] = rank(list, one);
    return its < head || (its === head && own < number);
  };
  const after = [...list.children].reverse().find((one) => one !== item && before(one));
  if (after) after.after(item);
  else list.prepend(item);
};

// A message as it stands on one sheet: nothing is called the same twice on a page.
const dressed = (item, key) => {
  const copy = item.cloneNode(true);
  copy.id = `${key !== "room" && item.dataset.home === "room" ? "q" : "m"}${item.dataset.m}`;
  const turned = (link) => link.getAttribute("href").replace(/thread=[^&#]*/, `thread=${key}`);
  for (const link of every("[data-stay]", copy)) link.setAttribute("href", turned(link));
  for (const link of every("[data-here]", copy)) link.setAttribute("href", `${at}?thread=${key}#${copy.id}`);
  return copy;
};

const lacks = (list, item) => {
  const { since, old } = list.dataset;
  return old === undefined && (since === undefined || Number(item.dataset.m) >= Number(since));
};

// Takes something away; who was at it stays in the same sheet.
const takeOut = (one) => {
  const log = one.contains(document.activeElement) ? one.closest(".log") : null;
  one.remove();
  log?.focus({ preventScroll: true });
};

const sayIfEmpty = (list) => {
  const none = find(".none", list.parentElement);
  if (none) none.hidden = list.children.length > 0;
};

const putIn = (list, item, fresh) => {
  const key = list.dataset.list;
  const old = find(`[data-m="${item.dataset.m}"]`, list);
  if (!item.dataset.sheets.split(" ").includes(key)) {
    if (old) takeOut(old);
  } else if (old || fresh || lacks(list, item)) {
    const copy = dressed(item, key);
    if (old) replace(old, copy);
    if (!old || old.dataset.under !== copy.dataset.under) inTurn(list, copy);
  }
  sayIfEmpty(list);
  return old !== null;
};

const put = (item, fresh) => {
  if (item.dataset.thread === "only") return tell(item);
  const known = every("[data-list]").map((list) => putIn(list, item, fresh));
  const keys = item.dataset.sheets.split(" ");
  if (!fresh || known.includes(true) || item.classList.contains("own") || keys.some(seen)) return;
  markUnread(keys);
};

export const putAll = (html, fresh = true) => {
  for (const item of parsed(html)) put(item, fresh);
};

// What one sent oneself: where the stream was quicker with it, what stands there is newer.
export const putSent = (html) => {
  const streams = find("[data-line][data-up]");
  for (const item of parsed(html)) {
    if (!(streams && find(`[data-list] [data-m="${CSS.escape(item.dataset.m)}"]`))) put(item, true);
  }
};

export const takeAway = (number) => {
  for (const one of every(`[data-m="${CSS.escape(number)}"]`)) {
    const list = one.parentElement;
    takeOut(one);
    sayIfEmpty(list);
  }
};
