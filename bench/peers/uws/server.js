'use strict';

// A plain uWebSockets.js echo. Usage: node server.js --port 8080
const fs = require('node:fs');
const { parseArgs } = require('node:util');
const uws = require('@trufflesuite/uws-js-unofficial');

// Where its binary does not load, this package falls back to JavaScript in silence: then there is nothing to compare with.
if (!/uws_.*\.node/.test(fs.readFileSync('/proc/self/maps', 'utf8'))) {
  console.error('not available: the native part of uWebSockets.js did not load');
  process.exit(1);
}

const { values } = parseArgs({ options: { port: { type: 'string', default: '8080' } } });
const audience = new Set();

const app = uws.App();
app.ws('/ws', {
  compression: uws.DISABLED,
  idleTimeout: 0,
  sendPingsAutomatically: false,
  maxPayloadLength: 1 << 20,
  open: (socket) => audience.add(socket),
  close: (socket) => audience.delete(socket),
  message: (socket, message, binary) => socket.send(message, binary),
});
app.get('/ready', (response) => response.end());
app.post('/broadcast', (response, request) => {
  const binary = request.getHeader('content-type') !== 'text/plain';
  let body = Buffer.alloc(0);
  response.onAborted(() => {});
  response.onData((chunk, last) => {
    body = Buffer.concat([body, Buffer.from(chunk)]);
    if (!last) return;
    for (const socket of audience) socket.send(body, binary);
    response.writeStatus('202 Accepted').end();
  });
});
app.listen('127.0.0.1', Number(values.port), (listening) => {
  if (!listening) process.exit(1);
});
