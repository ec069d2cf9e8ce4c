import { read } from "./endings.js";

const $ = id => document.getElementById(id);
const most = 500;

let socket = null;
let wanted = null;   // what we ask to be called
let entered = false; // the server has agreed, on this connection
let unsaid = [];     // what was written while we were away
let version = -1;
let attempt = 0;
let returning = 0;

function connect() {
  clearTimeout(returning);
  show("connecting …");
  socket = new WebSocket(`${location.protocol.replace("http", "ws")}//${location.host}/client/hubs/chat`);
  socket.onopen = () => tell({ type: "enter", nickname: wanted });
  socket.onmessage = message => heard(JSON.parse(message.data));
  socket.onclose = gone;
}

const connected = () => socket?.readyState === WebSocket.OPEN;
const tell = what => socket.send(JSON.stringify(what));
const show = text => { $("state").textContent = text; };

function heard(news) {
  switch (news.type) {
    case "welcome": return welcome(news);
    case "not-yet": return notYet(news);
    case "said": return line([bold(news.nickname), news.text], news.nickname === wanted ? "mine" : "", news.at);
    case "came": people(news.now); return line([`${news.nickname} is here.`], "news");
    case "left": people(news.now); return line([`${news.nickname} ${news.why}.`], "news");
  }
}

function welcome(news) {
  wanted = news.nickname;
  entered = true;
  attempt = 0;
  version = -1; // the server may have been started anew
  $("enter").hidden = true;
  $("say").hidden = false;
  notice("");
  show(`connected as ${wanted}`);
  people(news.now);
  unsaid.splice(0).forEach(text => tell({ type: "say", text }));
  $("text").focus();
}

function notYet({ about, why }) {
  notice(why);
  if (about !== "nickname") return;
  wanted = null; // no good, or taken by somebody while we were away
  $("enter").hidden = false;
  $("say").hidden = true;
}

function gone(event) {
  socket = null;
  entered = false;
  people({ version: Infinity, people: [] });
  const { why, back, after } = read(event.code, event.reason, attempt++);
  show("not connected");
  notice(why, back === "ask");
  line([why], "news");
  $("say").hidden = back === "never" || wanted === null;
  if (back === "wait" && wanted !== null) returning = setTimeout(connect, after);
}

function notice(text, withButton = false) {
  $("notice").hidden = text === "";
  $("notice-text").textContent = text;
  $("again").hidden = !withButton;
}

function people(now) {
  if (now.version < version) return; // an older list that was overtaken
  version = now.version === Infinity ? -1 : now.version;
  $("people").replaceChildren(...now.people.map(name => {
    const item = document.createElement("li");
    item.textContent = name;
    item.className = name === wanted ? "me" : "";
    return item;
  }));
}

const bold = text => Object.assign(document.createElement("b"), { textContent: text });

// Strings become text nodes, never markup: what others write cannot do anything here.
function line(parts, kind, at) {
  const list = $("messages");
  const item = document.createElement("li");
  item.className = kind;
  if (at) item.append(Object.assign(document.createElement("time"), { textContent: new Date(at).toLocaleTimeString() }));
  item.append(...parts);
  list.append(item);
  if (list.childElementCount > most) list.firstElementChild.remove();
  list.scrollTop = list.scrollHeight;
}

$("enter").addEventListener("submit", event => {
  event.preventDefault();
  wanted = $("nickname").value.trim();
  if (connected()) tell({ type: "enter", nickname: wanted });
  else connect();
});

$("say").addEventListener("submit", event => {
  event.preventDefault();
  const text = $("text").value.trim();
  if (text === "") return;
  $("text").value = "";
  if (entered && connected()) tell({ type: "say", text });
  else {
    unsaid.push(text); // having something to say is what brings us back
    if (socket === null) connect();
  }
});

$("again").addEventListener("click", connect);
