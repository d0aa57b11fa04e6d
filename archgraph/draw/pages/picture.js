"use strict";

// Pan, zoom, names and highlights for the one picture on this page.
const picture = document.querySelector("main > svg");
const said = document.querySelector("output");
const whole = picture.viewBox.baseVal;
const page = { x: whole.x, y: whole.y, width: whole.width, height: whole.height };
const LARGEST = 4;
const SMALLEST = 1 / 40;

function show(x, y, width) {
  const fitted = Math.min(Math.max(width, page.width * SMALLEST), page.width * LARGEST);
  const height = fitted * page.height / page.width;
  picture.setAttribute("viewBox", [x, y, fitted, height].join(" "));
}

function reset() {
  show(page.x, page.y, page.width);
}

// A place on the screen in points of the picture.
function place(event) {
  const at = new DOMPoint(event.clientX, event.clientY);
  return at.matrixTransform(picture.getScreenCTM().inverse());
}

// Zoom about a fixed point, the middle where none is given.
function zoom(factor, about) {
  const { x, y, width, height } = picture.viewBox.baseVal;
  const fixed = about || { x: x + width / 2, y: y + height / 2 };
  const wanted = Math.min(Math.max(width * factor, page.width * SMALLEST), page.width * LARGEST);
  const real = wanted / width;
  show(fixed.x - (fixed.x - x) * real, fixed.y - (fixed.y - y) * real, wanted);
}

function move(across, down) {
  const { x, y, width, height } = picture.viewBox.baseVal;
  show(x + across * width, y + down * height, width);
}

const groups = [...picture.querySelectorAll(":scope > g")];
const wires = groups.filter((group) => group.dataset.kind === "wire").map((group) => {
  const line = group.querySelector("polyline");
  return { group, from: line.dataset.from, to: line.dataset.to };
});
const things = groups.filter((group) => !["wire", "title", "legend"].includes(group.dataset.kind));

// Whether a part is the thing of an id or lies inside it.
function owns(id, part) {
  return part === id || part.startsWith(id + ".");
}

function pick(thing) {
  const again = thing && thing.getAttribute("aria-pressed") === "true";
  const lit = new Set();
  if (thing && !again) {
    lit.add(thing);
    const touching = wires.filter(({ from, to }) => owns(thing.id, from) || owns(thing.id, to));
    for (const { group, from, to } of touching) {
      lit.add(group);
      things.filter((other) => other.id === from || other.id === to).forEach((other) => lit.add(other));
    }
    things.filter((other) => owns(thing.id, other.id)).forEach((other) => lit.add(other));
  }
  picture.classList.toggle("picked", lit.size > 0);
  groups.forEach((group) => group.classList.toggle("on", lit.has(group)));
  things.forEach((other) => other.setAttribute("aria-pressed", String(other === thing && !again)));
}

function tell(thing) {
  said.textContent = thing ? thing.getAttribute("aria-label") : "";
}

picture.setAttribute("role", "group");
things.forEach((thing) => {
  thing.setAttribute("tabindex", "0");
  thing.setAttribute("role", "button");
  thing.setAttribute("aria-pressed", "false");
  thing.addEventListener("focus", () => tell(thing));
  thing.addEventListener("blur", () => tell(null));
  thing.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      pick(thing);
    }
  });
});
groups.forEach((group) => {
  group.addEventListener("pointerenter", () => tell(group));
  group.addEventListener("pointerleave", () => tell(null));
});

let held = null;
picture.addEventListener("pointerdown", (event) => {
  held = { start: place(event), x: event.clientX, y: event.clientY, moved: false };
});
picture.addEventListener("pointermove", (event) => {
  if (!held || !event.buttons) {
    return;
  }
  held.moved = held.moved || Math.hypot(event.clientX - held.x, event.clientY - held.y) > 4;
  if (held.moved) {
    picture.setPointerCapture(event.pointerId);
    picture.classList.add("dragged");
    const now = place(event);
    const { x, y, width } = picture.viewBox.baseVal;
    show(x + held.start.x - now.x, y + held.start.y - now.y, width);
  }
});
picture.addEventListener("pointerup", () => picture.classList.remove("dragged"));
picture.addEventListener("click", (event) => {
  const dragged = held && held.moved;
  held = null;
  if (!dragged) {
    const thing = event.target.closest("g[tabindex]");
    pick(thing);
  }
});
picture.addEventListener("wheel", (event) => {
  event.preventDefault();
  zoom(Math.exp(event.deltaY / 500), place(event));
}, { passive: false });

const keys = {
  "+": () => zoom(0.8),
  "=": () => zoom(0.8),
  "-": () => zoom(1.25),
  "0": reset,
  ArrowLeft: () => move(-0.1, 0),
  ArrowRight: () => move(0.1, 0),
  ArrowUp: () => move(0, -0.1),
  ArrowDown: () => move(0, 0.1),
  Escape: () => pick(null),
};
document.addEventListener("keydown", (event) => {
  const action = keys[event.key];
  if (action && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    action();
  }
});
document.getElementById("closer--").addEventListener("click", () => zoom(0.8));
document.getElementById("further--").addEventListener("click", () => zoom(1.25));
document.getElementById("whole--").addEventListener("click", reset);
