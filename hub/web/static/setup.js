// What sharpens the pages on which rows are edited; every one of them works without it.
"use strict";

// A long list of accounts is typed into: any word of a name finds it. The server knows the words as well as the value.
(() => {
  const LONG = 12;
  const lists = new Map();
  const listOf = (select) => {
    const words = [...select.options].filter((option) => option.value).map((option) => option.text);
    const key = words.toSorted().join("\n");
    if (!lists.has(key)) {
      const list = document.createElement("datalist");
      list.id = `typed-${lists.size}`;
      for (const text of words) list.append(new Option(text, text));
      document.body.append(list);
      lists.set(key, list.id);
    }
    return lists.get(key);
  };
  for (const select of document.querySelectorAll("select[data-typed]")) {
    if (select.options.length <= LONG || select.querySelector("[data-kept]")) continue;
    const input = document.createElement("input");
    for (const name of ["id", "name", "aria-label", "aria-invalid", "aria-describedby"]) {
      if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
    }
    input.setAttribute("list", listOf(select));
    input.autocomplete = "off";
    input.placeholder = select.options[0].text;
    const chosen = select.selectedOptions[0];
    input.value = chosen && chosen.value ? chosen.text : "";
    select.replaceWith(input);
  }
})();

// How much is not saved yet, beside the button that saves it.
(() => {
  for (const form of document.querySelectorAll("form[data-edits]")) {
    const said = form.querySelector(".actions > p");
    if (!said) continue;
    const usual = said.textContent;
    const fields = [...form.elements].filter((field) => field.name && field.type !== "hidden");
    const held = (field) => (field.type === "checkbox" ? String(field.checked) : field.value);
    const before = new Map(fields.map((field) => [field, held(field)]));
    said.setAttribute("role", "status");
    form.addEventListener("input", () => {
      const changed = fields.filter((field) => held(field) !== before.get(field)).length;
      said.textContent = changed ? `${changed} ${changed === 1 ? "change is" : "changes are"} not saved yet.` : usual;
    });
  }
})();
