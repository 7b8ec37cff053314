// What pages can do better with a script; all of them work without.
"use strict";

// Names that fit, while somebody types. Of several values with bars between, the last is completed.
for (const input of document.querySelectorAll("input[data-suggest]")) {
  const list = document.createElement("datalist");
  list.id = input.id + "-list";
  input.after(list);
  input.setAttribute("list", list.id);
  let waiting;
  let asked = 0;
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const before = input.value.lastIndexOf("|") + 1;
      const typed = input.value.slice(before).trim();
      if (!typed) return;
      const own = ++asked;
      try {
        const answer = await fetch(input.dataset.suggest + "?q=" + encodeURIComponent(typed));
        if (!answer.ok || own !== asked) return;
        const found = await answer.json();
        list.replaceChildren(...found.map(([key, name]) => {
          const option = document.createElement("option");
          option.value = input.value.slice(0, before) + key;
          option.label = name;
          return option;
        }));
      } catch {
        // Without a connection the key can still be typed.
      }
    }, 150);
  });
}

// Nothing that was typed is lost by leaving the page.
for (const form of document.querySelectorAll("form.stack[method=post]")) {
  let changed = false;
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", (event) => {
    changed = false;
    // A second press of the button sends nothing twice.
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
  addEventListener("pageshow", () => { delete form.dataset.sent; });
  addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
}
