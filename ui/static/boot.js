// Runs before the first paint: tells the styles that scripts work and which theme and size of type the reader chose.
(function () {
  var root = document.documentElement;
  root.classList.add("js");
  try {
    var theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    if (localStorage.getItem("type") === "large") root.dataset.type = "large";
  } catch (error) {
    // Storage may be closed to this site; the system's theme then stands.
  }
})();
