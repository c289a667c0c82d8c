// Runs before the page is painted, so a theme chosen by hand never flashes.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  try {
    const theme = localStorage.getItem("theme");
    if (theme) root.dataset.theme = theme;
  } catch { /* storage may be closed; the system's theme then stands */ }
})();
