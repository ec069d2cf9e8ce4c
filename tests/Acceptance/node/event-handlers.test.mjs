// The official middleware for Express as upstream: validation, headers and signatures, connect, events, failures.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import express from 'express';
import WebSocket from 'ws';
import { accessKey, clientUrl, endpoint, inbox, next, within } from './gateway.mjs';

const { WebPubSubEventHandler } = await import(process.env.MIDDLEWARE);
const { WebPubSubClient, WebPubSubJsonProtocol } = await import(process.env.CLIENT);
const secondKey = process.env.SECOND_KEY;

const requests = [];
const ended = new Map();
const failing = new Map();
let server;

/** Where the end of a user's only session arrives. */
const goodbye = user => ended.get(user) ?? ended.set(user, inbox()).get(user);

/** Everything a hub may want of its upstream. */
const handlers = {
  handleConnect: (req, res) => {
    if (req.queries?.deny) return res.fail(401, 'not today');
    res.setState('n', 1);
    if (req.queries?.plain) return res.success();
    res.success({ userId: req.context.userId ?? 'guest', groups: ['lobby'], roles: ['webpubsub.sendToGroup.lobby'] });
  },
  onDisconnected: req => goodbye(req.context.userId).put(req),
  handleUserEvent: (req, res) => {
    if (req.context.eventName === 'fail') return res.fail(500, 'secret details');
    if (req.context.eventName === 'empty') return res.success();
    if (req.data === 'fail') return res.fail(400, 'secret details');
    res.setState('n', req.context.states.n + 1);
    const data = req.dataType === 'json' ? JSON.stringify({ got: req.data, n: req.context.states.n }) : req.data;
    res.success(data, req.dataType);
  },
};

before(async () => {
  const app = express();
  app.use((req, res, go) => {
    requests.push({ method: req.method, path: req.path, headers: req.headers });
    // A server that stumbles once per name in the path.
    const left = failing.get(req.headers['ce-eventname']) ?? 0;
    if (left > 0) {
      failing.set(req.headers['ce-eventname'], left - 1);
      return res.status(503).end();
    }
    go();
  });
  app.use(new WebPubSubEventHandler('chat', { path: '/chat', ...handlers }).getMiddleware());
  app.use(new WebPubSubEventHandler('listed', { path: '/listed', allowedEndpoints: ['https://other.example:9', endpoint] }).getMiddleware());
  app.use(new WebPubSubEventHandler('wrong', { path: '/wrong', allowedEndpoints: ['https://other.example:9'] }).getMiddleware());
  app.get('/get/', (req, res) => res.set('WebHook-Allowed-Origin', '*').end());
  app.options('/get/', (req, res) => res.status(404).end());
  app.post('/get/', (req, res) => res.end());
  await new Promise(listening => {
    server = app.listen(Number(process.env.UPSTREAM_PORT), '127.0.0.1', listening);
  });
});

after(() => {
  server.closeAllConnections();
  server.close();
});

const open = async (url, ...protocols) => {
  const socket = new WebSocket(url, protocols);
  const messages = inbox();
  socket.on('message', (data, isBinary) => messages.put(isBinary ? data : data.toString()));
  await within(new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject)), 'open');
  return { socket, take: () => messages.take('a message'), send: data => socket.send(data) };
};

const tokenless = (hub, query = '') => `${endpoint.replace('http', 'ws')}/client/hubs/${hub}${query}`;

test('an upstream that allows everybody, or us among others, is called', async () => {
  for (const hub of ['chat', 'listed', 'get']) {
    const client = await open(await clientUrl({ userId: 'ann' }, hub));
    client.socket.close();
  }
  assert.deepEqual(requests.filter(r => r.path.startsWith('/get') && r.method !== 'POST').map(r => r.method), ['OPTIONS', 'GET']);
});

test('an upstream that does not allow us is not called', async () => {
  await assert.rejects(open(await clientUrl({ userId: 'ann' }, 'wrong')), /Unexpected server response: 500/);
  assert.equal(requests.filter(r => r.path.startsWith('/wrong') && r.method === 'POST').length, 0);
});

test('every event carries the headers and a signature of each key', async () => {
  const client = await open(await clientUrl({ userId: 'u 1' }), 'custom');
  client.send('hello');
  await client.take();
  client.socket.close();
  await goodbye('u 1').take('disconnected');
  const own = requests.filter(r => r.method === 'POST' && r.headers['ce-userid'] === 'u 1');
  assert.deepEqual(own.map(r => r.headers['ce-eventname']), ['connect', 'connected', 'message', 'disconnected']);
  assert.deepEqual(own.map(r => r.headers['ce-id']), ['0', '1', '2', '3']);
  for (const { headers } of own) {
    const sign = key => `sha256=${createHmac('sha256', key).update(headers['ce-connectionid']).digest('hex')}`;
    assert.equal(headers['ce-signature'], `${sign(accessKey)},${sign(secondKey)}`);
    assert.equal(headers['ce-awpsversion'], '1.0');
    assert.equal(headers['ce-specversion'], '1.0');
    assert.equal(headers['ce-source'], `/hubs/chat/client/${headers['ce-connectionid']}`);
    assert.match(headers['ce-time'], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.match(headers['ce-type'], /^azure\.webpubsub\.(sys|user)\./);
    assert.ok(headers['webhook-request-origin']);
  }
});

test('connect lets in as somebody, into groups, with roles', async () => {
  const client = new WebPubSubClient(tokenless('chat'), { protocol: WebPubSubJsonProtocol(), messageRetryOptions: { maxRetries: 0 } });
  const connected = next(client, 'connected');
  await client.start();
  assert.equal((await connected).userId, 'guest');
  const message = next(client, 'group-message');
  await client.sendToGroup('lobby', 'hi', 'text');
  assert.equal((await message).message.data, 'hi');
  await assert.rejects(client.sendToGroup('other', 'hi', 'text'), e => e.errorDetail.name === 'Forbidden');
  client.stop();
  assert.equal((await goodbye('guest').take('disconnected')).reason, 'client-closed');
});

test('connect denies with its status, and nothing follows', async () => {
  await assert.rejects(open(await clientUrl({ userId: 'denied' }) + '&deny=1'), /Unexpected server response: 401/);
  assert.equal(requests.filter(r => r.headers['ce-userid'] === 'denied').length, 1);
});

test('without a name from connect an anonymous client is refused', async () => {
  await assert.rejects(open(tokenless('chat', '?plain=1')), /Unexpected server response: 401/);
  assert.equal((await goodbye(undefined).take('disconnected')).reason, 'never-opened');
});

test('a message of a raw client comes back as its type, and a failure closes it', async () => {
  const client = await open(await clientUrl({ userId: 'raw' }));
  client.send('hü');
  assert.equal(await client.take(), 'hü');
  client.send(Buffer.from([1, 2, 3]));
  assert.deepEqual(await client.take(), Buffer.from([1, 2, 3]));
  const closed = new Promise(resolve => client.socket.on('close', (code, reason) => resolve([code, reason.toString()])));
  client.send('fail');
  assert.deepEqual(await within(closed, 'close'), [1011, 'upstream-error']);
  assert.equal((await goodbye('raw').take('disconnected')).reason, 'upstream-error');
});

test('events of the official client keep their types and the state, and a failure is a nack', async () => {
  const client = new WebPubSubClient(await clientUrl({ userId: 'pubsub' }), { protocol: WebPubSubJsonProtocol(), messageRetryOptions: { maxRetries: 0 } });
  const answers = inbox();
  client.on('server-message', e => answers.put(e.message));
  let disconnected = false;
  client.on('disconnected', () => (disconnected = true));
  await client.start();

  await client.sendEvent('one', { a: [1, 'ü'] }, 'json');
  assert.deepEqual((await answers.take('json')).data, { got: { a: [1, 'ü'] }, n: 1 + 1 });
  await client.sendEvent('two', 'text', 'text');
  assert.deepEqual(await answers.take('text').then(m => [m.dataType, m.data]), ['text', 'text']);
  await client.sendEvent('three', new Uint8Array([9, 8]).buffer, 'binary');
  assert.deepEqual([...new Uint8Array((await answers.take('binary')).data)], [9, 8]);
  await client.sendEvent('empty', 'x', 'text');
  await assert.rejects(client.sendEvent('fail', 'x', 'text'), e => e.errorDetail.name === 'InternalServerError' && !e.errorDetail.message.includes('secret'));
  await client.sendEvent('four', { b: 1 }, 'json');
  assert.deepEqual((await answers.take('json again')).data, { got: { b: 1 }, n: 5 });
  assert.equal(disconnected, false);
  assert.equal(answers.size, 0);
  client.stop();
});

test('a retry has the id of the first try', async () => {
  failing.set('stumble', 1);
  const client = new WebPubSubClient(await clientUrl({ userId: 'again' }), { protocol: WebPubSubJsonProtocol(), messageRetryOptions: { maxRetries: 0 } });
  await client.start();
  await client.sendEvent('stumble', 'x', 'text');
  const tries = requests.filter(r => r.headers['ce-eventname'] === 'stumble');
  assert.equal(tries.length, 2);
  assert.equal(tries[0].headers['ce-id'], tries[1].headers['ce-id']);
  client.stop();
});
