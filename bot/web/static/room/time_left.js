// The time that is left, or until a chat begins, by the bot's own clock.
import { every, words } from "./page.js";

const met = new WeakMap();

const left = (seconds, begins) => {
  if (seconds <= 0) return words(begins ? "begun" : "up");
  const minutes = Math.floor(seconds / 60);
  return words(begins ? "begins" : "left", { time: `${minutes}:${String(Math.floor(seconds % 60)).padStart(2, "0")}` });
};

export const count = () => {
  for (const one of every("[data-due]")) {
    if (!met.has(one)) met.set(one, Date.now());
    const { due, now, rate, begins } = one.dataset;
    const passed = (Date.now() - met.get(one)) * Number(rate);
    const seconds = (Date.parse(due) - Date.parse(now) - passed) / 1000;
    if (seconds < 7200) one.textContent = left(seconds, begins !== undefined);
  }
};
