"use strict";

// Pan, zoom, names, ways and depths for the pictures on this page, of which one shows at a time.
const LARGEST = 4;
const SMALLEST = 1 / 40;
const AROUND = 1.25;
const said = document.querySelector("output");

// What is known of each thing, by its name.
const facts = new Map();
document.querySelectorAll("#facts-- > dt").forEach((term) => {
  facts.set(term.textContent, term.nextElementSibling.textContent);
});

const levels = [...document.querySelectorAll("main > svg")].map((picture) => {
  const prefix = picture.dataset.prefix || "";
  const groups = [...picture.querySelectorAll(":scope > g")];
  const { x, y, width, height } = picture.viewBox.baseVal;
  const named = (group) => group.id.slice(prefix.length);
  const wires = groups.filter((group) => group.dataset.kind === "wire").map((group) => {
    const line = group.querySelector("polyline");
    const hit = line.cloneNode();
    hit.removeAttribute("id");
    hit.setAttribute("class", "hit");
    group.prepend(hit);
    return { group, from: line.dataset.from, to: line.dataset.to };
  });
  // What touches is joined as well, with no wire to light up.
  (picture.dataset.touching || "").split(" ").filter(Boolean).forEach((pair) => {
    const [from, to] = pair.split(">");
    wires.push({ group: null, from, to });
  });
  const texts = ["wire", "title", "legend", "equation", "axes", "value"];
  const things = groups.filter((group) => !texts.includes(group.dataset.kind));
  return { picture, groups, wires, things, named, page: { x, y, width, height } };
});
let current = 0;

function show(x, y, width) {
  const { picture, page } = levels[current];
  const fitted = Math.min(Math.max(width, page.width * SMALLEST), page.width * LARGEST);
  const height = fitted * page.height / page.width;
  picture.setAttribute("viewBox", [x, y, fitted, height].join(" "));
}

function reset() {
  const { page } = levels[current];
  show(page.x, page.y, page.width);
}

function view() {
  return levels[current].picture.viewBox.baseVal;
}

// A place on the screen in points of the picture.
function place(event) {
  const at = new DOMPoint(event.clientX, event.clientY);
  return at.matrixTransform(levels[current].picture.getScreenCTM().inverse());
}

// Zoom about a fixed point, the middle where none is given.
function zoom(factor, about) {
  const { x, y, width, height } = view();
  const { page } = levels[current];
  const fixed = about || { x: x + width / 2, y: y + height / 2 };
  const wanted = Math.min(Math.max(width * factor, page.width * SMALLEST), page.width * LARGEST);
  const real = wanted / width;
  show(fixed.x - (fixed.x - x) * real, fixed.y - (fixed.y - y) * real, wanted);
}

function move(across, down) {
  const { x, y, width, height } = view();
  show(x + across * width, y + down * height, width);
}

// Look at one thing with some room about it.
function approach(thing) {
  const { page } = levels[current];
  const box = thing.getBBox();
  const width = AROUND * Math.max(box.width, box.height * page.width / page.height);
  const height = width * page.height / page.width;
  show(box.x + box.width / 2 - width / 2, box.y + box.height / 2 - height / 2, width);
}

// Whether a part is the thing of an id or lies inside it.
function owns(id, part) {
  return part === id || part.startsWith(id + ".") || part.startsWith(id + "--");
}

// All wires on ways that lead to a thing or away from it, by what is inside it too.
function ways({ wires }, id) {
  const found = new Set();
  for (const [near, far] of [["from", "to"], ["to", "from"]]) {
    const seen = new Set();
    let edge = wires.filter((wire) => owns(id, wire[near]));
    while (edge.length) {
      edge.forEach((wire) => found.add(wire));
      const fresh = edge.map((wire) => wire[far]).filter((part) => !seen.has(part));
      fresh.forEach((part) => seen.add(part));
      edge = wires.filter((wire) => fresh.includes(wire[near]) && !found.has(wire));
    }
  }
  return found;
}

function pick(thing) {
  const level = levels[current];
  const { picture, groups, things, named } = level;
  const again = thing && thing.getAttribute("aria-pressed") === "true";
  const lit = new Set();
  if (thing && !again) {
    const ends = new Set([named(thing)]);
    for (const { group, from, to } of ways(level, named(thing))) {
      if (group) {
        lit.add(group);
      }
      ends.add(from).add(to);
    }
    const parts = [...ends];
    const touched = (id) => owns(named(thing), id) || parts.some((part) => part === id || owns(id, part));
    things.filter((other) => touched(named(other))).forEach((other) => lit.add(other));
  }
  picture.classList.toggle("picked", lit.size > 0);
  groups.forEach((group) => group.classList.toggle("on", lit.has(group)));
  things.forEach((other) => other.setAttribute("aria-pressed", String(other === thing && !again)));
}

// Whose facts are those of a part: a delay passes on what comes to it, and an only operation is its module.
function source(part, wires) {
  if (part.startsWith("delay--")) {
    const before = wires.find(({ to }) => to === part);
    return before ? source(before.from, wires) : part;
  }
  return part.replace(/--op$/, "");
}

function tell(group) {
  if (!group) {
    said.textContent = "";
    return;
  }
  const { named, wires } = levels[current];
  const wire = wires.find((each) => each.group === group);
  const known = facts.get(source(wire ? wire.from : named(group), wires));
  said.textContent = [group.getAttribute("aria-label"), known].filter(Boolean).join("\n");
}

// The thing that an event is about: a wire lies over the module that it runs in.
function thingAt(event) {
  const met = [event.target, ...document.elementsFromPoint(event.clientX, event.clientY)];
  return met.map((each) => each.closest("g[tabindex]")).find(Boolean) || null;
}

// Show another depth; where something is looked at, its inside or the part it lies in.
function descend(steps, thing) {
  const next = current + steps;
  if (next < 0 || next >= levels.length) {
    return;
  }
  const name = thing ? levels[current].named(thing) : "";
  pick(null);
  tell(null);
  current = next;
  levels.forEach(({ picture }, index) => picture.toggleAttribute("hidden", index !== current));
  const { things, named } = levels[current];
  const same = things.filter((other) => owns(named(other), name)).pop();
  reset();
  if (same) {
    same.focus();
    if (steps > 0) {
      approach(same);
    }
  }
  settle();
}

// What can be done at this depth.
function settle() {
  const deeper = document.getElementById("expand--");
  if (deeper) {
    deeper.disabled = current === levels.length - 1;
    document.getElementById("collapse--").disabled = current === 0;
  }
}

function focused() {
  const { things } = levels[current];
  return things.find((thing) => thing === document.activeElement) || null;
}

// Go on to the nearest thing that way, or move the page where nothing is looked at.
function go(across, down) {
  const from = focused();
  if (!from) {
    move(across * 0.1, down * 0.1);
    return;
  }
  const middle = (thing) => {
    const box = thing.getBBox();
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  };
  const start = middle(from);
  const reach = (thing) => {
    const at = middle(thing);
    const along = (at.x - start.x) * across + (at.y - start.y) * down;
    const aside = Math.abs((at.x - start.x) * down) + Math.abs((at.y - start.y) * across);
    return along > 1 ? along + 2 * aside : Infinity;
  };
  const ordered = levels[current].things
    .map((thing) => ({ thing, far: reach(thing) }))
    .filter(({ far }) => far < Infinity)
    .sort((one, other) => one.far - other.far);
  if (ordered.length) {
    ordered[0].thing.focus();
  }
}

let held = null;
levels.forEach(({ picture, groups, things }) => {
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
    group.addEventListener("pointerleave", () => tell(focused()));
  });
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
      const { x, y, width } = view();
      show(x + held.start.x - now.x, y + held.start.y - now.y, width);
    }
  });
  picture.addEventListener("pointerup", () => picture.classList.remove("dragged"));
  picture.addEventListener("click", (event) => {
    const dragged = held && held.moved;
    held = null;
    if (!dragged) {
      pick(thingAt(event));
    }
  });
  picture.addEventListener("dblclick", (event) => {
    event.preventDefault();
    const thing = thingAt(event);
    descend(thing ? 1 : -1, thing);
  });
  picture.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom(Math.exp(event.deltaY / 500), place(event));
  }, { passive: false });
});

const keys = {
  "+": () => zoom(0.8),
  "=": () => zoom(0.8),
  "-": () => zoom(1.25),
  "0": reset,
  "]": () => descend(1, focused()),
  "[": () => descend(-1, focused()),
  ArrowLeft: () => go(-1, 0),
  ArrowRight: () => go(1, 0),
  ArrowUp: () => go(0, -1),
  ArrowDown: () => go(0, 1),
  Escape: () => pick(null),
};
document.addEventListener("keydown", (event) => {
  const action = keys[event.key];
  if (action && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    action();
  }
});
const buttons = {
  "closer--": () => zoom(0.8),
  "further--": () => zoom(1.25),
  "whole--": reset,
  "expand--": () => descend(1, null),
  "collapse--": () => descend(-1, null),
};
Object.entries(buttons).forEach(([id, action]) => {
  const button = document.getElementById(id);
  if (button) {
    button.addEventListener("click", action);
  }
});
settle();
