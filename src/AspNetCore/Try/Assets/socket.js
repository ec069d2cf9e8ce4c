// One WebSocket of the page, and the name under which the server knows it.

import { call, items } from "/try/admin.js";

const heard = [];

/** Events "opened" of the stream; a minute of them is remembered. */
export function rememberOpened(session) {
  heard.push({ at: performance.now(), session });
  while (heard.length > 500 || heard.length && performance.now() - heard[0].at > 60000) heard.shift();
}

/** http://host, ws://host and host all mean the same. */
export function socketUrl(address, hub, token) {
  const given = /^[a-z]+:\/\//i.test(address) ? address : `ws://${address}`;
  const url = new URL(given.replace(/^http/i, "ws"));
  url.pathname = `${url.pathname.replace(/\/$/, "")}/client/hubs/${encodeURIComponent(hub)}`;
  url.search = token ? `?access_token=${encodeURIComponent(token)}` : "";
  return url;
}

/** The claims of a token, unchecked: the page only wants to know the user and the token's id. */
export function claims(token) {
  try {
    const middle = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(middle), c => c.charCodeAt(0))));
  } catch { return {}; }
}

/**
 * Neither the handshake's answer nor any frame tells a browser its connection id, so it is found from outside: the session of
 * this hub, user and subprotocol that opened while we were connecting.
 * @returns {{id: string, sure: boolean} | null}
 */
export async function identify({ hub, user, subprotocol, since, streamUp }) {
  const fits = s => s.hub === hub && (s.user ?? null) === (user ?? null) && (s.subprotocol ?? "") === (subprotocol ?? "");
  for (let i = 0; streamUp && i < 20; i++) {
    const mine = heard.filter(h => h.at >= since && fits(h.session));
    if (mine.length > 0) return { id: mine[0].session.connection, sure: mine.length === 1 };
    await new Promise(done => setTimeout(done, 50));
  }
  const who = user ? `&user=${encodeURIComponent(user)}` : "";
  const page = items(await call("GET", `connections?hub=${encodeURIComponent(hub)}${who}&limit=1000`)).filter(fits);
  page.sort((a, b) => a.connectedAt < b.connectedAt ? 1 : -1);
  return page.length > 0 ? { id: page[0].id, sure: page.length === 1 } : null;
}

/** Text with hex digits, spaces, commas, colons and 0x into bytes; null when it is something else. */
export function fromHex(text) {
  const digits = text.replace(/0x|[\s,:]/gi, "");
  if (digits.length % 2 !== 0 || /[^0-9a-f]/i.test(digits)) return null;
  return Uint8Array.from(digits.match(/../g) ?? [], pair => parseInt(pair, 16));
}
