"use strict";
(() => {
  const frame = document.querySelector(".pin-map");
  if (!frame) return;
  const svg = frame.querySelector("svg");
  const latitude = document.getElementById("id_latitude");
  const longitude = document.getElementById("id_longitude");
  const said = document.querySelector("[data-said]");
  const help = document.querySelector(".pin-help");
  const { left, top, zoom } = Object.fromEntries(
    Object.entries(frame.dataset).map(([name, value]) => [name, Number(value)]),
  );
  const box = svg.viewBox.baseVal;
  const world = 256 * 2 ** zoom;
  const STEP = 4;
  const STEPS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };
  let pin = svg.querySelector("circle:not(.map-spot)");
  const at = pin
    ? { x: pin.cx.baseVal.value, y: pin.cy.baseVal.value }
    : { x: box.width / 2, y: box.height / 2 };

  // Web Mercator backwards, as services/map.py has it forwards.
  const put = (x, y) => {
    at.x = Math.min(Math.max(x, 0), box.width);
    at.y = Math.min(Math.max(y, 0), box.height);
    if (!pin) {
      pin = document.createElementNS(svg.namespaceURI, "circle");
      pin.setAttribute("r", 12);
      svg.append(pin);
    }
    pin.setAttribute("cx", at.x);
    pin.setAttribute("cy", at.y);
    const north = Math.PI * (1 - (2 * (top + at.y)) / world);
    latitude.value = ((Math.atan(Math.sinh(north)) * 180) / Math.PI).toFixed(6);
    longitude.value = (((left + at.x) / world) * 360 - 180).toFixed(6);
    said.textContent = `${said.dataset.said} ${latitude.value}, ${longitude.value}`;
  };

  svg.addEventListener("click", (event) => {
    const seen = svg.getBoundingClientRect();
    put(
      ((event.clientX - seen.left) / seen.width) * box.width,
      ((event.clientY - seen.top) / seen.height) * box.height,
    );
  });

  help.hidden = false;
  help.querySelector("button").addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    put(at.x + step[0], at.y + step[1]);
  });
})();
