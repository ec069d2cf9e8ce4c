// Live settings that this page changed, and putting them back: at the end of the connection, on request, and when the page
// is closed. What could not be put back is remembered by the tab and put back when the page is opened again.

import { call, callWhileLeaving } from "/try/admin.js";

const stored = "actorsockets.changed-settings";
let changed = JSON.parse(sessionStorage.getItem(stored) ?? "[]");
let listener = () => {};

/** @param tell called with a list of configuration keys whenever it changes. */
export function onChanged(tell) {
  listener = tell;
  listener(keys());
}

// As they are written in the configuration; the name of a hub stays as it is.
const keys = () => changed.map(({ path }) => path.map((name, i) => path[i - 1] === "hubs" ? name : name[0].toUpperCase() + name.slice(1)).join(":"));

function remember(now) {
  changed = now;
  sessionStorage.setItem(stored, JSON.stringify(changed));
  listener(keys());
}

const leaves = (value, path = []) => value !== null && typeof value === "object" && !Array.isArray(value)
  ? Object.entries(value).flatMap(([name, inner]) => leaves(inner, [...path, name]))
  : [{ path, value }];

const nested = list => {
  const document = {};
  for (const { path, value } of list) {
    let here = document;
    for (const name of path.slice(0, -1)) here = here[name] ??= {};
    here[path.at(-1)] = value;
  }
  return document;
};

/** Lays a document over the settings in force, for open connections too. */
export async function change(document) {
  const inForce = await call("GET", "limits");
  const fromApi = new Set((inForce.fromApi ?? []).map(key => key.toLowerCase()));
  const before = leaves(document).map(({ path }) => ({
    path,
    // null takes our value back; what an operator had set through the API before us is set again.
    value: fromApi.has(path.join(":").toLowerCase()) ? path.reduce((node, name) => node?.[name], inForce) ?? null : null,
  }));
  const known = new Set(changed.map(c => c.path.join(":")));
  remember([...changed, ...before.filter(b => !known.has(b.path.join(":")))]);
  await call("PUT", "limits", document);
}

export const changeHub = (hub, document) => change({ hubs: { [hub]: document } });

export async function putBack() {
  if (changed.length === 0) return;
  const taken = changed;
  await call("PUT", "limits", nested(taken));
  remember(changed.filter(c => !taken.includes(c)));
}

addEventListener("pagehide", () => {
  if (changed.length > 0) callWhileLeaving("PUT", "limits", nested(changed));
});
