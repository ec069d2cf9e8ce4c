// The admin API of the node that served this page, and its key.

const stored = "actorsockets.admin-key";
let key = sessionStorage.getItem(stored) ?? "";
let prompt = null;
let asking = null;

export class ApiError extends Error {
  constructor(status, problem) {
    const faults = Object.values(problem?.errors ?? {}).flat().map(f => typeof f === "string" ? f : JSON.stringify(f));
    super([problem?.detail ?? problem?.title ?? `The node answered ${status}.`, ...faults].join(" "));
    this.status = status;
  }
}

/** @param ask shows the key dialog and answers with a key, or null when the user does not want to give one. */
export function onKeyNeeded(ask) { prompt = ask; }

export function setKey(value) {
  key = value;
  if (value) sessionStorage.setItem(stored, value);
  else sessionStorage.removeItem(stored);
}

// Several calls may find out at once that a key is needed; the user is asked once.
async function askForKey(refused) {
  if (key && key !== refused) return key;
  asking ??= prompt(Boolean(refused)).finally(() => { asking = null; });
  const given = await asking;
  if (given) setKey(given);
  return given;
}

function request(method, body, options) {
  const headers = { Accept: "application/json, text/event-stream" };
  if (key) headers.Authorization = `Bearer ${key}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  return { method, headers, body: body === undefined ? undefined : JSON.stringify(body), ...options };
}

async function send(method, path, body, options) {
  for (;;) {
    const used = key;
    const response = await fetch(path, request(method, body, { cache: "no-store", ...options }));
    if (response.status !== 401 || !await askForKey(used)) return response;
  }
}

/** Calls the API; answers with the parsed JSON, or null when there is no body. Throws ApiError. */
export async function call(method, path, body, options) {
  const response = await send(method, path.startsWith("/") ? path : `/admin/v1/${path}`, body, options);
  const text = await response.text();
  const json = text && /json/.test(response.headers.get("content-type") ?? "") ? JSON.parse(text) : null;
  if (!response.ok) throw new ApiError(response.status, json);
  return json;
}

let tellMissing = () => {};

/** @param tell is called for each list, with the nodes of the cluster whose share is not in it. */
export function onMissing(tell) { tellMissing = tell; }

/** Lists have the shape {value, total, cursor, missing}. */
export function items(answer) {
  if (Array.isArray(answer)) return answer;
  tellMissing(answer?.missing ?? []);
  return answer?.value ?? [];
}

/** Last words of a page that is being closed: nobody waits for the answer. */
export function callWhileLeaving(method, path, body) {
  fetch(`/admin/v1/${path}`, request(method, body, { keepalive: true })).catch(() => {});
}

/**
 * The event stream, for ever. Read with fetch, because EventSource cannot send an Authorization header.
 * @param on called with (name, data); name "stream" tells whether the stream is up.
 */
export async function listen(on) {
  for (let wait = 500; ; wait = Math.min(wait * 2, 15000)) {
    try {
      const response = await send("GET", "/admin/v1/events");
      if (response.ok) {
        wait = 250;
        on("stream", true);
        await read(response.body, on);
      } else if (response.status === 401 || response.status === 403) {
        wait = 15000;
      }
    } catch { /* the node is restarting, or the network is away: try again */ }
    on("stream", false);
    await new Promise(done => setTimeout(done, wait));
  }
}

async function read(body, on) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value.replaceAll("\r", "")).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) dispatch(block, on);
  }
}

function dispatch(block, on) {
  let name = "message";
  const data = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event:")) name = line.slice(6).trim();
    else if (line.startsWith("data:")) data.push(line.slice(5).trimStart());
  }
  if (data.length === 0) return;
  try { on(name, JSON.parse(data.join("\n"))); } catch (e) { console.warn("event stream", e); }
}
