// Lists that drop down close when one turns elsewhere.
import { every, find } from "./page.js";

document.addEventListener("click", (event) => {
  for (const drop of every("details.drop[open]")) if (!drop.contains(event.target)) drop.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const drop of every("details.drop[open]")) {
    drop.open = false;
    find("summary", drop).focus();
  }
});
