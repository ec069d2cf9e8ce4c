// The list of frames and events.

const list = document.getElementById("log");
const count = document.getElementById("log-count");
const most = 500;
const shown = 4096;
const arrows = { in: "↓", out: "↑", event: "•" };
let total = 0;

const two = n => String(n).padStart(2, "0");
export const clock = d => `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}.${String(d.getMilliseconds()).padStart(3, "0")}`;

export function bytes(n) {
  if (n < 1024) return `${n} B`;
  return n < 1048576 ? `${(n / 1024).toFixed(1)} KiB` : `${(n / 1048576).toFixed(2)} MiB`;
}

export const hex = buffer => Array.from(new Uint8Array(buffer), b => b.toString(16).padStart(2, "0")).join(" ");

function cell(row, name, text, tag = "span") {
  const element = row.appendChild(document.createElement(tag));
  element.className = name;
  element.textContent = text;
}

// A screen reader gets a sentence; the arrow and the columns are for eyes.
const spoken = { in: "received", out: "sent", event: "event" };

function add(way, kind, size, what) {
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 30;
  const row = document.createElement("li");
  row.dataset.way = way;
  row.dataset.kind = kind;
  cell(row, "time", clock(new Date()), "time");
  cell(row, "way", arrows[way]);
  row.querySelector(".way").title = spoken[way];
  cell(row, "kind", kind);
  cell(row, "size", size === null ? "" : bytes(size));
  cell(row, "what", what);
  list.append(row);
  if (list.childElementCount > most) list.firstElementChild.remove();
  total++;
  count.textContent = total > most ? `${total}, the last ${most} shown` : `${total}`;
  if (atEnd) list.scrollTop = list.scrollHeight;
}

const cut = (text, of) => text.length <= shown ? text : `${text.slice(0, shown)} … (${bytes(of)} in all)`;

export const event = (kind, what) => add("event", kind, null, what);

export function text(way, value) {
  const size = new TextEncoder().encode(value).length;
  add(way, "text", size, cut(value, size));
}

export function binary(way, buffer) {
  const size = buffer.byteLength;
  add(way, "binary", size, cut(hex(buffer.slice(0, shown / 2)), size) + (size > shown / 2 ? " …" : ""));
}

export function clear() {
  list.replaceChildren();
  total = 0;
  count.textContent = "";
}
