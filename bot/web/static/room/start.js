// A room that keeps itself up to date. Without these scripts every form and link works just the same.
import "./drops.js";
import "./links.js";
import { every, find } from "./page.js";
import "./sending.js";
import { listen } from "./stream.js";
import { markTabs, showTab } from "./tabs.js";
import { count } from "./time_left.js";
import { fetchKept } from "./unsent.js";

every("[data-keep]").forEach(fetchKept);
const write = () => {
  if (document.activeElement === document.body) find("#write textarea")?.focus();
};
if (location.hash === "#write") {
  write();
  addEventListener("load", () => setTimeout(write)); // a browser that comes to the anchor late takes it away
}
if (window.EventSource) listen();
markTabs();
showTab();
count();
setInterval(count, 1000);
