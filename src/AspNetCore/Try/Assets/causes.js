// The endings that a browser and the admin API can provoke on the page's own connection, one after the other of the nine causes.
// Each has: the ending it aims at, its category, a label, what happens, whether it is possible now (null, or why not), and how.

import { call, items } from "/try/admin.js";
import { bytes } from "/try/log.js";
import { change, changeHub } from "/try/settings.js";

const path = id => `connections/${encodeURIComponent(id)}`;
const needsToken = c => c.user ? null : "Needs a connection with a token that names a user.";
const soon = 3;

async function alone(c) {
  const who = c.user ? `&user=${encodeURIComponent(c.user)}` : "";
  const answer = await call("GET", `connections?hub=${encodeURIComponent(c.hub)}${who}&limit=1`);
  if ((answer.total ?? items(answer).length) > 1)
    throw new Error(c.user ? `${c.user} has other connections on this hub; the limit could hit one of them.` : "Others are connected to this hub; the limit could hit one of them. Connect with a token, then only your own user is limited.");
}

export const causes = [
  {
    ending: "client-closed", category: "active-close", label: "Close from here",
    what: "The page sends a close frame with code 4000 and a reason; the server answers it.",
    run: c => c.socket.close(4000, "that is all"),
  },
  {
    ending: "server-closed", category: "active-close", label: "Let the server close",
    what: "DELETE connections/{id} with a code and a reason of ours, which go out verbatim.",
    run: c => call("DELETE", `${path(c.id)}?code=4001&reason=${encodeURIComponent("closed by hand from /try")}`),
  },
  {
    ending: "server-closed", category: "active-close", label: "Cut the wire", id: "cut",
    what: "DELETE connections/{id}?abort=true: TCP ends without a close frame. The browser cannot tell that from a lost network; the server knows it was an order.",
    run: c => call("DELETE", `${path(c.id)}?abort=true`),
  },
  {
    ending: "idle-timeout", category: "idle-timeout", label: "Fall idle",
    what: `Sets the hub's Timers:Idle to ${soon} s: open connections notice at once, everybody's on this hub. Then says nothing.`,
    run: c => changeHub(c.hub, { timers: { idle: `00:00:0${soon}` } }),
  },
  {
    ending: "message-too-big", category: "protocol", label: "Send too much",
    what: "Sends one byte more than Limits:MaxMessageBytes allows.",
    async run(c) {
      let limit = c.settings.limits.maxMessageBytes;
      if (limit > 4194304) {
        limit = 65536;
        await changeHub(c.hub, { limits: { maxMessageBytes: limit } });
      }
      c.note(`sending ${bytes(limit)} and one byte`);
      c.send(new Uint8Array(limit + 1).buffer);
    },
  },
  {
    ending: "rate-limit", category: "resource-limit", label: "Send too fast",
    what: "Allows 5 messages a second on this hub, with WhenFast = Close, and sends 50 at once.",
    async run(c) {
      await changeHub(c.hub, { limits: { messagesPerSecond: 5, whenFast: "Close" } });
      for (let i = 1; i <= 50; i++) c.send(`burst ${i} of 50`);
    },
  },
  {
    ending: "connection-limit", category: "resource-limit", label: "Make room",
    what: "Allows one connection with WhenFull = CloseOldest (of your user, or of the hub when you are anonymous), and opens a second one.",
    async run(c) {
      await alone(c);
      const limits = c.user ? { maxConnectionsPerUser: 1 } : { maxConnections: 1 };
      await changeHub(c.hub, { limits: { ...limits, whenFull: "CloseOldest" } });
      await c.openSecond();
    },
  },
  {
    ending: "banned", category: "security", label: "Ban for 10 seconds",
    what: "PUT bans for your user, or for this browser's address when you are anonymous (which hits its other connections too). Try to reconnect while it lasts.",
    async run(c) {
      const subject = c.user ? `user:${c.hub}/${c.user}` : `ip:${c.ip ?? (await call("GET", path(c.id))).ip}`;
      await call("PUT", `bans?subject=${encodeURIComponent(subject)}`, { for: "00:00:10", reason: "tried by hand" });
      c.note(`${subject} is banned for 10 s`);
    },
  },
  {
    ending: "session-expired", category: "session", label: "Let the session expire",
    what: `POST connections/{id}/session with an expiry in ${soon} s. Sets Security:ClockSkew and the hub's Timers:SessionGrace to 0 until then, or it would take half a minute more.`,
    possible: needsToken,
    async run(c) {
      await change({ security: { clockSkew: "00:00:00" }, hubs: { [c.hub]: { timers: { sessionGrace: "00:00:00", endOnTokenExpiry: true } } } });
      await call("POST", `${path(c.id)}/session`, { expiresAt: new Date(Date.now() + soon * 1000).toISOString() });
    },
  },
  {
    ending: "session-revoked", category: "session", label: "Revoke the token",
    what: "POST sessions/revocations for this token's id, or for all tokens of the user so far. The token stays useless: reconnecting needs a new one.",
    possible: needsToken,
    run: c => call("POST", "sessions/revocations", c.tokenId ? { tokenId: c.tokenId } : { hub: c.hub, user: c.user }),
  },
  {
    ending: "max-lifetime", category: "maintenance", label: "Reach the end of life",
    what: `Sets the hub's Timers:MaxLifetime to ${soon} s, for everybody on it: whoever is older goes now, with 1012.`,
    run: c => changeHub(c.hub, { timers: { maxLifetime: `00:00:0${soon}`, lifetimeDither: 0 } }),
  },
];

/** Draws the buttons. @param provoke is called with a cause when its button is pressed. */
export function draw(into, provoke) {
  for (const cause of causes) {
    const box = document.createElement("div");
    box.className = "cause";
    box.innerHTML = '<h3><span></span><code></code></h3><p></p><p class="not" hidden></p><button type="button" disabled></button>';
    const [head, what, not, button] = box.children;
    const name = cause.id ?? cause.ending;
    head.children[0].textContent = cause.category.replace("-", " ");
    head.children[1].textContent = cause.ending;
    what.textContent = cause.what;
    what.id = `what-${name}`;
    not.id = `not-${name}`;
    button.textContent = cause.label;
    button.id = `provoke-${name}`;
    button.setAttribute("aria-describedby", `${what.id} ${not.id}`);
    button.addEventListener("click", () => provoke(cause));
    into.append(box);
  }
}

/** @param c the open connection, or null. */
export function enable(c) {
  for (const cause of causes) {
    const name = cause.id ?? cause.ending;
    const not = document.getElementById(`not-${name}`);
    const why = c ? cause.possible?.(c) ?? null : null;
    document.getElementById(`provoke-${name}`).disabled = !c?.id || why !== null;
    not.hidden = why === null;
    not.textContent = why ?? "";
  }
}
