// A client of the JSON protocol by hand; an application would take one of the official client libraries.
const room = 'room';
const $ = id => document.getElementById(id);
let socket;
let again; // the next try, if one is due
let tries = 0; // since we were in; we give up after some, and at once where we never were

$('enter').addEventListener('submit', event => {
  event.preventDefault();
  enter();
});

async function enter() {
  clearTimeout(again);
  let url;
  try {
    ({ url } = await (await fetch(`negotiate?user=${encodeURIComponent($('nickname').value)}`)).json());
  } catch {
    left(1006, '');
    return;
  }
  socket = new WebSocket(url, 'json.webpubsub.azure.v1');
  socket.addEventListener('open', () => {
    $('enter').hidden = true;
    $('say').hidden = false;
    $('state').textContent = 'connected';
    tries = 10;
    $('text').focus();
  });
  socket.addEventListener('message', ({ data }) => {
    const frame = JSON.parse(data);
    if (frame.type === 'message' && frame.from === 'group') show(frame.fromUserId, frame.data);
  });
  socket.addEventListener('close', ({ code, reason }) => left(code, reason));
}

function left(code, reason) {
  $('enter').hidden = false;
  $('say').hidden = true;
  $('state').textContent = `not connected (${code} ${reason})`;
  const wait = back(code, reason);
  if (wait !== null) again = setTimeout(enter, wait);
}

// A node that is drained says when to come back (docs/protocol.md); with the next address that may be another one. A lost socket, or a node
// that lets nobody in, is tried a few times.
function back(code, reason) {
  const slot = /retry-after-ms=(\d+)/.exec(reason);
  if (slot) return Number(slot[1]);
  return [1001, 1006, 1012].includes(code) && tries-- > 0 ? 500 * (1 + Math.random()) : null;
}

$('say').addEventListener('submit', event => {
  event.preventDefault();
  socket.send(JSON.stringify({ type: 'sendToGroup', group: room, dataType: 'text', data: $('text').value }));
  $('text').value = '';
});

// Texts of others never become markup.
const show = (who, what) => {
  const line = document.createElement('li');
  line.textContent = `${who}: ${what}`;
  $('messages').append(line);
};
