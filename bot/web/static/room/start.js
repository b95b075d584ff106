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
if (location.hash === "#write") find("#write textarea")?.focus();
if (window.EventSource) listen();
markTabs();
showTab();
count();
setInterval(count, 1000);
