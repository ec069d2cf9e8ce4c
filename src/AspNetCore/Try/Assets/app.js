// The page: connection form, frame log, causes, and the view of an ending.

import { call, items, listen, onKeyNeeded, onMissing, setKey } from "/try/admin.js";
import * as causes from "/try/causes.js";
import * as drains from "/try/drains.js";
import * as elsewhere from "/try/elsewhere.js";
import * as log from "/try/log.js";
import * as settings from "/try/settings.js";
import { claims, fromHex, identify, rememberOpened, socketUrl } from "/try/socket.js";
import { addRecent, resetRecent, showEnding, showServerView } from "/try/outcome.js";
import { loadCatalogue } from "/try/verdict.js";

const $ = id => document.getElementById(id);
let hubs = {};
let current = null; // the connection on the page, from its handshake to its end
let second = null;  // opened to push the first one out
let streamUp = false;
let refused = null; // the latest refusal on the event stream

// ---- the node ----

async function load() {
  if (!current) await settings.putBack(); // left over from an earlier life of this page
  const [info, inForce] = await Promise.all([call("GET", "try"), call("GET", "limits"), loadCatalogue()]);
  hubs = inForce.hubs;
  const selected = $("hub").value;
  $("hub").replaceChildren(...Object.keys(hubs).map(name => new Option(name, name, false, name === selected)));
  options("addresses", info.addresses);
  if (!$("address").value) $("address").value = info.addresses[0] ?? "";
  $("issue").hidden = info.tokens !== null;
  $("issue-not").hidden = info.tokens === null;
  $("issue-not").textContent = info.tokens ?? "";
  hubChosen();
  await drains.load();
  if (!current) state("closed", "not connected");
}

function options(list, values) {
  $(list).replaceChildren(...values.map(value => Object.assign(document.createElement("option"), { value })));
}

function hubChosen() {
  const hub = hubs[$("hub").value];
  options("subprotocols", hub?.subprotocols ?? []);
  $("subprotocol").placeholder = hub?.requireSubprotocol ? "required" : "none";
  $("token").placeholder = hub?.anonymous ? "none: this hub lets anonymous clients in" : "this hub wants a token";
  drawElsewhere();
  guarded(async () => resetRecent(items(await call("GET", `endings?hub=${encodeURIComponent($("hub").value)}&limit=8`))))();
}

function drawElsewhere() {
  try {
    const url = socketUrl($("address").value, $("hub").value, $("token").value.trim());
    $("elsewhere-where").textContent = url.host;
    elsewhere.draw($("elsewhere"), url);
  } catch { /* the address is being typed */ }
}

async function watchNode() {
  try {
    const [node, all] = await Promise.all([call("GET", "nodes/self"), call("GET", "nodes")]);
    const nodes = items(all).length + (all.missing?.length ?? 0);
    const others = node.hubs[$("hub").value] ?? 0;
    $("node").textContent = `${node.id}${nodes > 1 ? `, one of ${nodes} nodes` : ""} · ${node.state} · ${node.connections} connected, ${others} on this hub`;
  } catch (e) {
    $("node").textContent = e.status ? e.message : "The node does not answer.";
  }
}

// ---- faults ----

function fault(text) {
  $("fault").textContent = text;
  $("fault").hidden = text === "";
}

const guarded = work => async (...args) => {
  try {
    fault("");
    return await work(...args);
  } catch (e) {
    fault(e.message);
    return null;
  }
};

// ---- the connection ----

function state(name, text) {
  $("state").dataset.state = name;
  $("state").textContent = text;
  $("connect-now").disabled = name !== "closed" || !$("hub").value;
  $("send-now").disabled = $("disconnect-now").disabled = name !== "open";
}

function connect() {
  const hub = $("hub").value;
  const subprotocol = $("subprotocol").value.trim();
  const token = $("token").value.trim();
  const { sub: user, jti: tokenId } = claims(token);
  const url = socketUrl($("address").value.trim(), hub, token);
  const c = { hub, subprotocol, user, tokenId, url, id: null, opened: false, note: text => log.event("note", text) };
  c.socket = new WebSocket(url, subprotocol ? [subprotocol] : []);
  c.socket.binaryType = "arraybuffer";
  c.since = performance.now();
  c.send = data => {
    c.socket.send(data);
    show("out", data);
  };
  c.openSecond = () => openSecond(c);
  c.socket.onopen = guarded(() => opened(c));
  c.socket.onmessage = message => show("in", message.data);
  c.socket.onclose = guarded(event => closed(c, event));
  current = c;
  refused = null;
  $("outcome").hidden = true;
  state("connecting", "connecting");
  log.event("connect", `${url.origin}${url.pathname}${subprotocol ? `, subprotocol ${subprotocol}` : ""}${token ? ", with a token" : ""}`);
}

const show = (way, data) => typeof data === "string" ? log.text(way, data) : log.binary(way, data);

async function opened(c) {
  c.opened = true;
  log.event("open", c.socket.protocol ? `subprotocol ${c.socket.protocol}` : "");
  state("open", "connected");
  const found = await identify({ ...c, subprotocol: c.socket.protocol, streamUp });
  if (current !== c || !found) return;
  c.id = found.id;
  $("connection-id").hidden = false;
  $("connection-id").textContent = found.sure ? found.id : `${found.id} (or another one that opened at the same moment)`;
  causes.enable(c);
}

async function closed(c, event) {
  log.event("close", `${event.code}${event.reason ? ` "${event.reason}"` : ""}, ${event.wasClean ? "clean" : "not clean"}`);
  if (current === c) {
    current = null;
    state("closed", "not connected");
    $("connection-id").hidden = true;
    causes.enable(null);
  }

  showEnding(c, event, c.opened ? null : await refusalOf(c));
  second?.close(1000);
  await settings.putBack();
  if (c.id) await showServerView(c.id);
}

// The browser may know sooner than the event stream.
async function refusalOf(c) {
  for (let i = 0; streamUp && i < 10 && refused?.hub !== c.hub; i++) await new Promise(done => setTimeout(done, 50));
  return refused?.hub === c.hub ? refused : null;
}

function openSecond(c) {
  second = new WebSocket(c.url, c.socket.protocol ? [c.socket.protocol] : []);
  second.onopen = () => log.event("note", "a second connection opened");
  second.onclose = event => {
    log.event("note", `the second connection closed with ${event.code}`);
    second = null;
  };
}

async function provoke(cause) {
  if (!current?.id) return;
  current.settings = (await call("GET", "limits")).hubs[current.hub];
  log.event("provoke", cause.label);
  try {
    await cause.run(current);
  } catch (e) {
    await settings.putBack();
    throw e;
  }
}

function send() {
  const text = $("payload").value;
  if (document.querySelector("[name=kind]:checked").value === "text") return current.send(text);
  const data = fromHex(text);
  if (!data) throw new Error("Binary data is written as pairs of hex digits, as in 48 65 6c 6c 6f.");
  current.send(data.buffer);
}

async function issueToken() {
  const body = { hub: $("hub").value, userId: $("issue-user").value.trim(), minutes: Number($("issue-minutes").value), address: $("address").value.trim() };
  $("token").value = (await call("POST", "try/token", body)).token;
  drawElsewhere();
}

// ---- the admin key ----

function askForKey(wasRefused) {
  const dialog = $("key-dialog");
  $("key-why").textContent = wasRefused
    ? "That key was not accepted. Give another one."
    : "This node asks for a key. It stays in this tab and is forgotten when the tab is closed.";
  $("key").value = "";
  dialog.returnValue = "cancel";
  dialog.showModal();
  return new Promise(done => dialog.addEventListener("close", () => done(dialog.returnValue === "use" ? $("key").value.trim() : null), { once: true }));
}

// ---- everything together ----

const on = (id, type, work) => $(id).addEventListener(type, event => {
  if (type === "submit") event.preventDefault();
  return guarded(work)(event);
});

on("connect", "submit", connect);
on("send", "submit", send);
on("disconnect", "submit", () => current.socket.close(Number($("close-code").value), $("close-reason").value));
on("issue-token", "click", issueToken);
on("hub", "change", hubChosen);
on("log-clear", "click", log.clear);
on("changed-back", "click", settings.putBack);
$("address").addEventListener("input", drawElsewhere);
$("token").addEventListener("input", drawElsewhere);
$("payload").addEventListener("keydown", event => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) $("send").requestSubmit();
});
on("key-open", "click", async () => {
  const given = await askForKey(false);
  if (given === null) return;
  setKey(given);
  await load();
});

onKeyNeeded(askForKey);
onMissing(nodes => {
  $("missing").hidden = nodes.length === 0;
  $("missing").textContent = `No answer from ${nodes.join(", ")}: lists leave out what is there.`;
});
causes.draw($("causes"), guarded(provoke));
settings.onChanged(keys => {
  $("changed").hidden = keys.length === 0;
  $("changed-what").textContent = keys.join(", ");
});

drains.begin($("drains"), guarded);
await guarded(load)();
listen((name, data) => {
  if (name === "stream") streamUp = data;
  else if (name === "opened") rememberOpened(data);
  else if (name === "refused") refused = data;
  else if (name === "drain") drains.show(data.drain);
  else if (name === "ended" && data.hub === $("hub").value) addRecent(data);
});
(async () => {
  for (;; await new Promise(done => setTimeout(done, 2000))) if (!document.hidden) await watchNode();
})();
