"use strict";
// Helps while a listing is written down; the form works without it.
(() => {
  const tools = document.getElementById("listing-form-tools");
  if (!tools) return;
  const words = tools.dataset;
  const WAIT_MS = 400;
  const field = (id) => document.getElementById(id);
  const valueOf = (id) => field(id)?.value ?? "";
  const token = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";

  const ask = async (address, given) => {
    try {
      const answer = await fetch(address, {
        method: "POST",
        headers: { "X-CSRFToken": token() },
        body: new URLSearchParams(given),
      });
      return await answer.json();
    } catch {
      return { error: words.failed };
    }
  };

  const make = (tag, text, more = {}) =>
    Object.assign(document.createElement(tag), { textContent: text }, more);

  const below = (input) => {
    const box = make("div", "", { className: "form-help" });
    box.setAttribute("aria-live", "polite");
    input.after(box);
    return box;
  };

  const list = (lines) => {
    const found = make("ul", "");
    found.append(...lines);
    return found;
  };

  // Waits until typing rests, and shows only the answer to what was typed last.
  const whenResting = (inputs, act) => {
    let timer;
    let turn = 0;
    const later = () => {
      clearTimeout(timer);
      const mine = ++turn;
      timer = setTimeout(() => act(() => mine === turn), WAIT_MS);
    };
    inputs.forEach((input) => input.addEventListener("input", later));
  };

  const hours = field("id_opening_hours");
  if (hours && words.hoursUrl) {
    const box = below(hours);
    const tell = async (isLast) => {
      const said = await ask(words.hoursUrl, { hours: hours.value });
      if (!isLast()) return;
      const parts = [said.error, said.summary].filter(Boolean).map((text) => make("p", text));
      const days = (said.days ?? []).map(([day, times]) => make("li", `${day}: ${times}`));
      box.replaceChildren(...parts, ...(days.length ? [list(days)] : []));
    };
    whenResting([hours], tell);
    if (hours.value) tell(() => true);
  }

  const name = field("id_official_name");
  if (name && words.duplicatesUrl) {
    const box = below(name);
    const given = ["id_official_name", "id_phones-0-number", "id_website"].map(field).filter(Boolean);
    whenResting(given, async (isLast) => {
      const { found = [] } = await ask(words.duplicatesUrl, {
        name: name.value,
        phone: valueOf("id_phones-0-number"),
        website: valueOf("id_website"),
        service: words.service ?? "",
      });
      if (!isLast()) return;
      const lines = found.map((one) => {
        const line = make("li", "");
        line.append(make("a", one.name, { href: one.address }), ` ${one.organization} · ${one.why}`);
        return line;
      });
      box.replaceChildren(...(lines.length ? [make("p", words.alike), list(lines)] : []));
    });
  }

  // For each place on the form that is kept from nobody but by its own fields.
  const lookUpFor = (street) => {
    const prefix = street.id.slice(0, -"street".length);
    const part = (end) => field(prefix + end);
    if (!part("latitude") || !part("longitude")) return;
    const button = make("button", words.lookUp, { type: "button", className: "form-help-button" });
    const box = below(street);
    street.after(button);
    const take = (one) => {
      part("latitude").value = one.latitude;
      part("longitude").value = one.longitude;
      box.replaceChildren(make("p", one.label));
    };
    button.addEventListener("click", async () => {
      box.replaceChildren(make("p", words.asking));
      const said = await ask(words.geocodeUrl, {
        address: [street.value, valueOf(`${prefix}postal_code`), valueOf(`${prefix}town`)].join(" ").trim(),
        service: words.service ?? "",
        confidential: field("id_confidential")?.checked || part("confidential")?.checked ? "on" : "",
        visibility: valueOf(`${prefix}visibility`),
      });
      if (said.error) return box.replaceChildren(make("p", said.error));
      const choices = said.found.map((one) => {
        const choice = make("button", one.label, { type: "button", className: "form-help-button" });
        choice.addEventListener("click", () => take(one));
        const line = make("li", "");
        line.append(choice);
        return line;
      });
      box.replaceChildren(make("p", words.choose), list(choices));
    });
  };
  if (words.geocodeUrl) document.querySelectorAll("[id$='street']").forEach(lookUpFor);
})();
