// The time that is left, by the bot's own clock.
import { every } from "./page.js";

const met = new WeakMap();

const words = (seconds) => {
  if (seconds <= 0) return "time is up";
  const minutes = Math.floor(seconds / 60);
  return `${minutes}:${String(Math.floor(seconds % 60)).padStart(2, "0")} left`;
};

export const count = () => {
  for (const one of every("[data-due]")) {
    if (!met.has(one)) met.set(one, Date.now());
    const { due, now, rate } = one.dataset;
    const passed = (Date.now() - met.get(one)) * Number(rate);
    const seconds = (Date.parse(due) - Date.parse(now) - passed) / 1000;
    if (seconds < 7200) one.textContent = words(seconds);
  }
};
