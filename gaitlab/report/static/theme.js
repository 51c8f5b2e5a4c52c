// Colours come from the style sheet, so that charts and drawings follow light, dark and paper.
"use strict";
const gaitlab = {};
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const listeners = [];
  gaitlab.point = document.documentElement.dataset.point || "."; // the decimal mark of the page's language
  gaitlab.colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  // Replace "@name" by the colour of that name, in a copy of any JSON.
  gaitlab.coloured = (value) => {
    if (typeof value === "string") return value.startsWith("@") ? gaitlab.colour(value.slice(1)) : value;
    if (Array.isArray(value)) return value.map(gaitlab.coloured);
    if (value && typeof value === "object")
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, gaitlab.coloured(inner)]));
    return value;
  };
  gaitlab.onTheme = (listener) => listeners.push(listener);
  const tell = () => listeners.forEach((listener) => listener());
  dark.addEventListener("change", tell);
  matchMedia("print").addEventListener("change", tell);
  // Who prints the page says whether there is paper for all of the glossary, or for what the first page names.
  if (location.hash === "#whole-glossary") document.documentElement.classList.add("whole-glossary");
  gaitlab.data = (id) => {
    const element = document.getElementById(id);
    return element ? JSON.parse(element.textContent) : null;
  };
})();
