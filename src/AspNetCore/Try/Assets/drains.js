// Drains of this node as they go on: the event stream tells each second how far they are.

import { call, items } from "/try/admin.js";

const Kept = 5; // of those that are over, so that the result can be read
const rows = new Map();

// A rolling drain that was cancelled lets the node under way serve again first.
const isOver = drain => drain.state === "completed" || (drain.state === "cancelled" && (!drain.rolling || drain.endedAt));
const outcomes = ["clean", "aborted", "overdue", "moved", "left"];
let place = null;
let guard = null;

/** @param guarded makes of work that may fail one whose fault the page shows. */
export function begin(section, guarded) {
  place = section;
  guard = guarded;
}

/** What is planned or under way; what is over already says nothing to somebody who comes now. */
export async function load() {
  for (const drain of items(await call("GET", "drains")).filter(d => !isOver(d)).reverse()) show(drain);
}

export function show(drain) {
  const row = rows.get(drain.id) ?? add(drain.id);
  const { total } = drain.progress;
  const gone = outcomes.reduce((sum, name) => sum + drain.progress[name], 0);
  row.title.textContent = `${drain.rolling ? "rolling " : ""}${drain.ending} of ${Object.entries(drain.select).map(([name, value]) => `${name} ${value}`).join(", ")}${drain.keep == null ? "" : `, all but ${drain.keep}`}`;
  row.state.textContent = drain.state;
  row.state.dataset.state = isOver(drain) ? "closed" : "open";
  row.bar.max = Math.max(1, total);
  row.bar.value = drain.state === "completed" ? row.bar.max : gone;
  row.text.textContent = `${gone} of ${total} gone, ${drain.progress.closing} closing; ${outcomes.map(name => `${drain.progress[name]} ${name}`).join(", ")}`
    + (isOver(drain) ? "" : `; ${drain.plan.perSecond.toFixed(1)} a second until ${new Date(drain.plan.closesUntil).toLocaleTimeString()}`)
    + (drain.note ? ` (${drain.note})` : "")
    + (drain.missing ? `; not counted, because they do not answer: ${drain.missing.join(", ")}` : "");
  row.nodes.hidden = !drain.nodes;
  row.nodes.textContent = (drain.nodes ?? []).map(n => `${n.node} ${n.state}${n.note ? ` (${n.note})` : ""}`).join(", ");
  const orders = !drain.partOf; // the whole takes them
  row.pause.hidden = !orders || !["delaying", "running"].includes(drain.state);
  row.resume.hidden = !orders || drain.state !== "paused";
  row.cancel.hidden = !orders || isOver(drain) || drain.state === "cancelled";
  row.serve.hidden = !(orders && !drain.rolling && drain.state === "completed" && drain.refuseNew);
  place.hidden = false;
  if (isOver(drain)) forgetOld(drain.id);
}

function forgetOld(latest) {
  rows.get(latest).over = true;
  const old = [...rows].filter(([, row]) => row.over).slice(0, -Kept);
  for (const [id, row] of old) {
    row.box.remove();
    rows.delete(id);
  }
}

function add(id) {
  const box = document.createElement("li");
  box.innerHTML = "<div class=\"card-head\"><strong></strong><span class=\"pill\"></span></div><progress></progress><p class=\"hint\"></p><p class=\"nodes\" hidden></p><div class=\"inline\"></div>";
  const [head, bar, text, nodes, buttons] = box.children;
  const [title, state] = head.children;
  bar.setAttribute("aria-label", `Progress of drain ${id}`);
  const order = (label, work) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: label, hidden: true });
    button.addEventListener("click", guard(work));
    buttons.append(button);
    return button;
  };
  const row = {
    box, title, state, bar, text, nodes, over: false,
    pause: order("Pause", async () => show(await call("POST", `drains/${id}:pause`))),
    resume: order("Resume", async () => show(await call("POST", `drains/${id}:resume`))),
    cancel: order("Cancel", async () => show(await call("POST", `drains/${id}:cancel`))),
    serve: order("Let the node serve again", async () => {
      await call("POST", "nodes/self:serve");
      row.serve.hidden = true;
    }),
  };
  place.querySelector("ol").prepend(box);
  rows.set(id, row);
  return row;
}
