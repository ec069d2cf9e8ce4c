// What a close code and text mean, by the node's own catalogue.

import { call, items } from "/try/admin.js";

const advice = {
  "client-decides": "You ended it yourself; come back when you like.",
  "no": "Do not reconnect by yourself.",
  "when-needed": "Reconnect when there is something to say.",
  "yes": "Reconnect, with a little jitter.",
  "back-off": "Reconnect, backing off a little longer each time.",
  "later": "Reconnect later: the limit is still there.",
  "with-new-token": "Reconnect with a new token.",
  "in-slot": "Reconnect at the moment that retry-after-ms names.",
};

// What the WebSocket API reports although no such frame was on the wire (RFC 6455 section 7.4.1).
const unseen = {
  1005: "The close frame was empty.",
  1006: "There was no close frame: the connection was cut, lost, or refused before it began.",
};

let catalogue = new Map();

export async function loadCatalogue() {
  catalogue = new Map(items(await call("GET", "endings/catalogue")).map(e => [e.id, e]));
}

export const find = id => catalogue.get(id);

export const adviceOf = ending => advice[ending?.reconnect] ?? ending?.reconnect ?? "";

/** "maintenance; retry-after-ms=8350" is the ending's id and its details; anything else is a caller's own words. */
export function parse(text) {
  const [id, ...pairs] = text.split(";").map(part => part.trim());
  if (!catalogue.has(id)) return { id: null, details: {} };
  return { id, details: Object.fromEntries(pairs.filter(p => p.includes("=")).map(p => p.split(/=(.*)/s, 2))) };
}

/** The browser knows code and text only; what cannot be read from the text is guessed from the code, and said to be. */
export function judge(code, text) {
  const { id, details } = parse(text);
  if (id) return { ending: catalogue.get(id), details, sure: true };
  const same = [...catalogue.values()].filter(e => e.code === code);
  return { ending: same.length === 1 ? same[0] : null, candidates: same, details, sure: false, note: unseen[code] };
}
