// A client of the JSON protocol by hand; an application would take one of the official client libraries.
const room = 'room';
const $ = id => document.getElementById(id);
let socket;

$('enter').addEventListener('submit', async event => {
  event.preventDefault();
  const { url } = await (await fetch(`negotiate?user=${encodeURIComponent($('nickname').value)}`)).json();
  socket = new WebSocket(url, 'json.webpubsub.azure.v1');
  socket.addEventListener('open', () => {
    $('enter').hidden = true;
    $('say').hidden = false;
    $('state').textContent = 'connected';
    $('text').focus();
  });
  socket.addEventListener('message', ({ data }) => {
    const frame = JSON.parse(data);
    if (frame.type === 'message' && frame.from === 'group') show(frame.fromUserId, frame.data);
  });
  socket.addEventListener('close', ({ code, reason }) => {
    $('enter').hidden = false;
    $('say').hidden = true;
    $('state').textContent = `not connected (${code} ${reason})`;
  });
});

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
