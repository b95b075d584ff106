// A link to something said shows it where it stands already; else it loads the page on which it does.
import { elsewhere } from "./page.js";
import { seen, turnTo } from "./tabs.js";

document.addEventListener("click", (event) => {
  const link = event.target.closest?.(".to a, .said-in");
  if (!link || elsewhere(event)) return;
  const id = link.hash.slice(1);
  const there = [id, id.replace("m", "q")].map((one) => document.getElementById(one)).filter(Boolean);
  const shown = there.find((one) => one.offsetParent !== null) || there[0];
  if (!shown) return;
  event.preventDefault();
  const key = shown.closest("[data-sheet]").dataset.sheet;
  if (!seen(key)) turnTo(key);
  location.replace(`#${shown.id}`);
  shown.scrollIntoView({ block: "center" });
});
