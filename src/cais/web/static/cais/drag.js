// Rows that change places: dropped on another row, a row's own form is sent with the place of that one. Without script,
// and with keyboard or finger, the form's buttons do the same.

(() => {
  "use strict";

  let dragged = null;

  const rowOf = (event) => event.target.closest?.("[data-drag] > tr");
  const isPlace = (row) => row && dragged && row !== dragged && row.parentNode === dragged.parentNode;

  document.addEventListener("dragstart", (event) => {
    dragged = rowOf(event);
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    dragged.classList.add("is-dragged");
  });

  document.addEventListener("dragover", (event) => {
    const row = rowOf(event);
    document.querySelectorAll("tr.is-over").forEach((other) => other.classList.toggle("is-over", other === row));
    if (!isPlace(row)) return;
    event.preventDefault();
    row.classList.add("is-over");
  });

  document.addEventListener("dragend", () => {
    document.querySelectorAll("tr.is-over, tr.is-dragged").forEach((row) => row.classList.remove("is-over", "is-dragged"));
    dragged = null;
  });

  document.addEventListener("drop", (event) => {
    const row = rowOf(event);
    if (!isPlace(row)) return;
    event.preventDefault();
    const place = document.createElement("input");
    place.type = "hidden";
    place.name = "lugar";
    place.value = String([...row.parentNode.children].indexOf(row) + 1);
    const form = dragged.querySelector("form");
    form.append(place);
    form.requestSubmit();
  });
})();
