// Counts on the form of a handout how many answers are ticked, and of how many at most.
const said = document.querySelector("[data-chosen]");
function count() {
  const chosen = document.querySelectorAll("input[name=a]:checked").length;
  said.value = said.dataset.chosen.replace("{count}", chosen).replace("{most}", said.dataset.most);
  said.classList.toggle("over", chosen > Number(said.dataset.most));
}
said?.form.addEventListener("change", count);
addEventListener("pageshow", () => said && count());
