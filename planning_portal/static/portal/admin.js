/* The fieldsets of the four languages as tabs. Without this script they stand under each other. */
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const panels = [...document.querySelectorAll("fieldset.language-tab")].map((fieldset) => {
    const panel = document.createElement("div");
    fieldset.before(panel);
    panel.append(fieldset);
    return panel;
  });
  if (panels.length < 2) return;
  const list = document.createElement("div");
  list.className = "language-tabs";
  list.setAttribute("role", "tablist");
  const tabs = panels.map((panel, index) => {
    const heading = panel.querySelector("h2");
    const tab = document.createElement("button");
    panel.id = panel.id || `language-${index}`;
    tab.id = `${panel.id}-tab`;
    tab.type = "button";
    tab.textContent = heading.textContent;
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", panel.id);
    if (panel.querySelector(".errors, .errorlist")) tab.classList.add("wrong");
    else if ([...panel.querySelectorAll("input, textarea")].some((field) => !field.value.trim())) tab.classList.add("incomplete");
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", tab.id);
    heading.hidden = true;
    list.append(tab);
    return tab;
  });
  const show = (chosen, focus) => tabs.forEach((tab, index) => {
    tab.setAttribute("aria-selected", index === chosen);
    tab.tabIndex = index === chosen ? 0 : -1;
    panels[index].hidden = index !== chosen;
    if (index === chosen && focus) tab.focus();
  });
  tabs.forEach((tab, index) => {
    tab.addEventListener("click", () => show(index));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) show((index + step + tabs.length) % tabs.length, true);
    });
  });
  panels[0].before(list);
  const reader = document.documentElement.lang;
  const wrong = tabs.findIndex((tab) => tab.classList.contains("wrong"));
  const own = panels.findIndex((panel) => panel.querySelector(`[lang="${reader}"]`));
  show(wrong >= 0 ? wrong : Math.max(0, own));
});
