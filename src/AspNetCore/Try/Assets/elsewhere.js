// What a browser cannot do, as lines for a terminal. Python's own modules suffice, and nothing in them means anything to a
// POSIX shell between double quotes.

const guarded = (...lines) => `try:\n ${lines.join("\n ")}\nexcept OSError as e:print(e)`;
const frames = (first, each = "print(f)") => guarded(
  ...first ? [first] : [],
  "for f in iter(lambda:c.recv(4096),b''):",
  ` ${each}`,
  " if f[0]==0x88:print('close code',int.from_bytes(f[2:4],'big'),f[4:].decode());break");

const programs = [
  { ending: "protocol-error", label: "A frame without a mask", does: frames(String.raw`c.sendall(b'\x81\x0bnot masked.')`) },
  { ending: "protocol-error", label: "A reserved opcode", does: frames(String.raw`c.sendall(b'\x83\x80\0\0\0\0')`) },
  { ending: "invalid-payload", label: "Text that is not UTF-8", does: frames(String.raw`c.sendall(b'\x81\x82\0\0\0\0\xc3\x28')`) },
  { ending: "connection-lost", label: "A wire that dies: TCP reset", does: "c.setsockopt(s.SOL_SOCKET,s.SO_LINGER,struct.pack('ii',1,0))\nc.close()" },
  { ending: "keepalive-timeout", label: "A client that answers no ping", note: "Takes Timers:KeepAliveInterval and KeepAliveTimeout, 35 s as delivered.", does: frames() },
  { ending: "message-timeout", label: "A message that never ends", note: "Takes Timers:Message, one minute as delivered; pings are answered meanwhile.", does: frames(String.raw`c.sendall(b'\x01\x82\0\0\0\0he')`, String.raw`print(f);f[0]==0x89 and c.sendall(b'\x8a\x80\0\0\0\0')`) },
  { ending: "slow-consumer", label: "A client that asks and never reads", note: "Takes Timers:MaxPause, two minutes as delivered. The hub must answer, as echo does.", does: guarded(String.raw`m=b'\x82\xfe\x40\0'+bytes(16388)`, "while 1:c.sendall(m)") },
];

const requests = [
  { label: "A wrong WebSocket version: 426", headers: " -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==' -H 'Sec-WebSocket-Version: 8'" },
  { label: "A plain GET: told how to connect", headers: "" },
];

const elsewhere = [
  { ending: "shutdown", label: "The process stops", text: "Press Ctrl+C where the gateway runs, or send it SIGTERM. Every connection is closed with 1001, then the process ends." },
  { ending: "server-error", label: "A handler that fails", text: "Only an application's own hub can: throw in OnMessageAsync. The built-in handlers have nothing to throw." },
];

function program(url, does) {
  const tls = url.protocol === "wss:";
  const port = url.port || (tls ? 443 : 80);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const connect = `s.create_connection(('${host}',${port}))`;
  return `python3 -c "
import socket as s,ssl,struct
c=${tls ? `ssl.create_default_context().wrap_socket(${connect},server_hostname='${host}')` : connect}
c.sendall(b'GET ${url.pathname}${url.search} HTTP/1.1\\r\\nHost: ${url.host}\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\nSec-WebSocket-Version: 13\\r\\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\\r\\n\\r\\n')
print(c.recv(4096).decode().split('\\r\\n')[0])
${does}"`;
}

const curl = (url, headers) => `curl --include${headers} '${url.href.replace(/^ws/, "http")}'`;

function detail(ending, label, note, line) {
  const box = document.createElement("details");
  box.innerHTML = "<summary><span></span><code></code></summary><p class=\"hint\"></p>";
  const [name, id] = box.firstElementChild.children;
  name.textContent = label;
  id.textContent = ending ?? "";
  box.children[1].textContent = note ?? "";
  box.children[1].hidden = !note;
  if (line) box.append(copyable(line, label));
  return box;
}

function copyable(line, label) {
  const box = document.createElement("div");
  box.className = "line";
  box.innerHTML = "<pre tabindex=\"0\"></pre><button type=\"button\">Copy</button>";
  const [text, button] = box.children;
  text.textContent = line;
  button.setAttribute("aria-label", `Copy: ${label}`);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(line);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(text); // no clipboard over plain http from another host
      button.textContent = "Selected";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
  return box;
}

/** Draws the lines for this address; what was unfolded stays so. */
export function draw(into, url) {
  const open = new Set([...into.querySelectorAll("details[open] summary span")].map(s => s.textContent));
  into.replaceChildren(
    ...programs.map(p => detail(p.ending, p.label, p.note, program(url, p.does))),
    ...requests.map(r => detail(null, r.label, null, curl(url, r.headers))),
    ...elsewhere.map(e => detail(e.ending, e.label, e.text, null)));
  for (const box of into.children) box.open = open.has(box.querySelector("span").textContent);
}
