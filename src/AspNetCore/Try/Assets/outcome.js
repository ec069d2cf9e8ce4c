// Why a connection ended: as the browser saw it, by the catalogue, and as the server recorded it.

import { call, items } from "/try/admin.js";
import { clock } from "/try/log.js";
import { adviceOf, find, judge } from "/try/verdict.js";

const $ = id => document.getElementById(id);

// The button that provoked the ending is further down the page.
function reveal() {
  $("outcome").hidden = false;
  $("outcome").scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
}

function rows(id, pairs) {
  $(id).replaceChildren(...pairs.filter(([, value]) => value !== null && value !== undefined && value !== "").flatMap(([name, value]) => [
    Object.assign(document.createElement("dt"), { textContent: name }),
    Object.assign(document.createElement("dd"), { textContent: value }),
  ]));
}

function verdict(strong, rest) {
  $("verdict").replaceChildren(Object.assign(document.createElement("strong"), { textContent: strong }), rest ? ` ${rest}` : "");
}

export const duration = ms => ms < 1000 ? `${ms} ms` : ms < 60000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.floor(ms / 60000)} min ${Math.round(ms % 60000 / 1000)} s`;

/** @param refused the refusal that the event stream told of, when no session began. */
export function showEnding(c, event, refused) {
  const judged = judge(event.code, event.reason);
  rows("seen-browser", [["code", event.code], ["text", event.reason || "none"], ["clean", event.wasClean ? "yes, both sides sent a close frame" : "no"]]);
  guessed = null;
  if (refused) return showRefusal(refused);
  $("outcome-title").textContent = c.opened ? "Why it ended" : "Why it did not begin";
  if (!c.opened) {
    verdict("The handshake failed.", "A browser does not learn the status; look at the address, and whether this origin is allowed.");
    rows("seen-catalogue", []);
  } else {
    const { ending, details, candidates, note, sure } = judged;
    if (ending) verdict(ending.summary, adviceOf(ending));
    else verdict("The close frame alone does not say why.", note ?? "The text is a caller's own; the server's record tells the ending.");
    showCatalogue(ending, sure ? "the close text" : "the close code", details, candidates);
  }

  rows("seen-server", c.id ? [["", "asking …"]] : []);
  reveal();
}

let guessed = null;

function showCatalogue(ending, by, details = {}, candidates = []) {
  guessed = ending;
  rows("seen-catalogue", ending
    ? [
      ["ending", ending.id], ["category", ending.category], ["close code", ending.code ?? "none of ours"], ["reconnect", ending.reconnect],
      ...Object.entries(details), ["known by", by],
    ]
    : [["could be", candidates.map(e => e.id).join(", ") || "any ending"]]);
}

function showRefusal(refused) {
  $("outcome-title").textContent = "Why it did not begin";
  verdict(`Refused: ${refused.detail}`, "No session began, so there is no ending. A browser sees 1006 for every refusal; other clients see the status.");
  rows("seen-catalogue", []);
  rows("seen-server", [["refusal", refused.refusal], ["status", refused.status], ["address", refused.ip]]);
  reveal();
}

/** The record appears when the transport is gone, at the latest after Timers:CloseHandshake. */
export async function showServerView(id) {
  for (let i = 0; i < 40; i++) {
    const [record] = items(await call("GET", `endings?connection=${encodeURIComponent(id)}`));
    if (record) return show(record);
    await new Promise(done => setTimeout(done, 150 + 20 * i));
  }
  rows("seen-server", [["record", "not in the history (yet)"]]);
}

function show(record) {
  const ending = find(record.ending);
  rows("seen-server", [
    ["ending", record.ending], ["category", record.category], ["code", record.code ?? "none"], ["text", record.text || "none"], ["note", record.note],
    ["closing", record.outcome], ["after", duration(record.durationMs)], ["messages", `${record.messagesIn} in, ${record.messagesOut} out`], ["connection", record.connection],
  ]);
  // What the server knows wins over what could be guessed from the close frame.
  if (ending) {
    verdict(ending.summary, adviceOf(ending));
    if (ending.id !== guessed?.id) showCatalogue(ending, "the server's record");
  }
}

// ---- ended last on this hub ----

const most = 8;
const cells = r => [clock(new Date(r.endedAt)), r.ending, r.category, r.code ?? "none", r.text || "–", duration(r.durationMs), r.connection];

function row(record) {
  const line = document.createElement("tr");
  cells(record).forEach(value => { line.insertCell().textContent = value; });
  line.lastElementChild.className = "mono";
  return line;
}

export const resetRecent = records => $("recent").replaceChildren(...records.slice(0, most).map(row));

export function addRecent(record) {
  $("recent").prepend(row(record));
  while ($("recent").childElementCount > most) $("recent").lastElementChild.remove();
}
