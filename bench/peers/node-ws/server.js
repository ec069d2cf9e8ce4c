'use strict';

// A plain `ws` echo. Usage: node server.js --port 8080
const http = require('node:http');
const { parseArgs } = require('node:util');
const { WebSocketServer } = require('ws');

const { values } = parseArgs({ options: { port: { type: 'string', default: '8080' } } });

const server = http.createServer((request, response) => {
  if (request.method === 'GET' && request.url === '/ready') return response.end();
  if (request.method !== 'POST' || request.url !== '/broadcast') return response.writeHead(404).end();
  const binary = request.headers['content-type'] !== 'text/plain';
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const message = Buffer.concat(chunks);
    for (const socket of sockets.clients) socket.send(message, { binary });
    response.writeHead(202).end();
  });
});

const sockets = new WebSocketServer({ server, path: '/ws', perMessageDeflate: false });
sockets.on('connection', (socket) => {
  socket.on('message', (message, binary) => socket.send(message, { binary }));
  socket.on('error', () => {}); // a client that resets is no news
});

server.listen({ port: Number(values.port), host: '127.0.0.1', backlog: 4096 });
