// The tabs of the ranked list; without scripts the first one stays in view.
document.querySelectorAll(".ranking .tabs button").forEach(function (button) {
  button.addEventListener("click", function () {
    button.parentNode.querySelectorAll("button").forEach(function (other) {
      var chosen = other === button;
      other.className = chosen ? "on" : "";
      document.getElementById(other.dataset.panel).style.display = chosen ? "block" : "none";
    });
  });
});
