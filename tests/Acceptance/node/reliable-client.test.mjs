// The official client library, in the version that CLIENT names, with its protocol of recovery, over a wire that is cut.
import assert from 'node:assert/strict';
import net from 'node:net';
import { test } from 'node:test';
import { WebPubSubServiceClient } from '@azure/web-pubsub';
import { accessKey, admin, clientUrl, endpoint, hub, inbox, within } from './gateway.mjs';

const { WebPubSubClient, WebPubSubJsonProtocol, WebPubSubJsonReliableProtocol } = await import(process.env.CLIENT ?? '@azure/web-pubsub-client');

const everything = ['webpubsub.joinLeaveGroup', 'webpubsub.sendToGroup'];

/** A proxy in front of the gateway whose connections can be cut; `upgraded` counts those that got as far as frames. */
const proxy = async () => {
  const pairs = new Set();
  const gateway = new URL(endpoint);
  const server = net.createServer(client => {
    const upstream = net.connect(Number(gateway.port), gateway.hostname);
    const pair = { client, upstream, carried: 0 };
    pairs.add(pair);
    client.pipe(upstream);
    upstream.pipe(client);
    upstream.on('data', data => (pair.carried += data.length));
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('close', () => {
        pairs.delete(pair);
        client.destroy();
        upstream.destroy();
      });
    }
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** Cuts what there is; true when that was something. */
    cut: () => {
      const some = pairs.size > 0;
      for (const { client, upstream } of pairs) {
        client.resetAndDestroy();
        upstream.resetAndDestroy();
      }
      return some;
    },
    close: () => server.close(),
  };
};

const enter = async (through, userId, options = {}) => {
  const service = new WebPubSubServiceClient(`Endpoint=${through};AccessKey=${accessKey};Version=1.0;`, hub, { allowInsecureConnection: true });
  const client = new WebPubSubClient(
    { getClientAccessUrl: async () => (await service.getClientAccessToken({ userId, roles: everything, ...options })).url },
    { protocol: WebPubSubJsonReliableProtocol(), messageRetryOptions: { maxRetries: 0 } },
  );
  client.messages = inbox();
  client.connections = inbox();
  client.disconnections = inbox();
  client.on('group-message', e => client.messages.put(e.message));
  client.on('server-message', e => client.messages.put(e.message));
  client.on('connected', e => client.connections.put(e));
  client.on('disconnected', e => client.disconnections.put(e));
  await within(client.start(), 'start');
  client.id = (await client.connections.take('connected')).connectionId;
  return client;
};

const speaker = async () => {
  const client = new WebPubSubClient({ getClientAccessUrl: () => clientUrl({ userId: 'speaker', roles: everything }) }, { protocol: WebPubSubJsonProtocol() });
  await within(client.start(), 'start');
  return client;
};

const session = async id => (await fetch(`${admin}/admin/v1/connections/${encodeURIComponent(id)}`)).json();

const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));

const until = async (condition, what) => {
  for (const since = Date.now(); Date.now() - since < 60_000; ) {
    if (await condition()) return;
    await pause(10);
  }
  assert.fail(`not within 60 s: ${what}`);
};

test('one stream survives a hundred cuts: nothing is lost, doubled or out of order, and the application notices nothing', async () => {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`seed ${seed}`);
  let state = seed;
  const random = () => {
    // mulberry32
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };

  const wire = await proxy();
  const ann = await enter(wire.url, 'ann', { groups: ['room'] });
  const bob = await speaker();
  let said = 0;
  let saying = true;
  const talking = (async () => {
    while (saying) {
      // At most 3 in 10 ms.
      for (let i = 0; i < 3; i++) await bob.sendToGroup('room', ++said, 'json', { fireAndForget: true });
      await pause(10);
    }
  })();

  for (let cuts = 0; cuts < 100; ) {
    await pause(random() * 200);
    if (wire.cut()) cuts++;
  }

  saying = false;
  await talking;
  for (let n = 1; n <= said; n++) {
    const heard = await ann.messages.take(`message ${n} of ${said}, seed ${seed}`);
    assert.deepEqual([heard.sequenceId, heard.data], [n, n], `seed ${seed}`);
  }
  console.log(`${said} messages`);
  assert.equal(ann.messages.size, 0);
  assert.equal(ann.disconnections.size, 0);
  assert.equal(ann.connections.size, 0);
  // After the last cut nothing more may be said, so it may be on its way back still.
  await until(async () => (await session(ann.id)).state === 'open', 'it is back');
  ann.stop();
  bob.stop();
  wire.close();
});

test('what it has acknowledged is not kept, and acks go on after a recovery', async () => {
  const wire = await proxy();
  const ann = await enter(wire.url, 'ann', { groups: ['room'] });
  await ann.sendToGroup('room', 1, 'json', { ackId: 1 });
  assert.equal((await ann.messages.take('message')).data, 1);
  await pause(1500);
  wire.cut();
  await until(async () => (await ann.sendToGroup('room', 2, 'json', { ackId: 2 }).catch(() => null)) !== null, 'a send after the cut');
  const heard = await ann.messages.take('message');
  assert.deepEqual([heard.data, heard.sequenceId], [2, 2]);
  assert.equal((await ann.sendToGroup('room', 1, 'json', { ackId: 1 })).isDuplicated, true);
  assert.equal(ann.connections.size, 0);
  ann.stop();
  wire.close();
});

test('a client that is kicked begins anew at once, and is in the groups that it had joined', async () => {
  const ann = await enter(endpoint, 'ann');
  await ann.joinGroup('room');
  await fetch(`${admin}/admin/v1/connections/${encodeURIComponent(ann.id)}?reason=go`, { method: 'DELETE' });
  const gone = await ann.disconnections.take('disconnected');
  assert.deepEqual([gone.connectionId, gone.message?.message], [ann.id, 'go']);
  const again = await ann.connections.take('connected');
  assert.notEqual(again.connectionId, ann.id);
  await until(async () => (await session(again.connectionId)).groups?.includes('room'), 'the group');
  ann.stop();
});

test('a client that stops is gone without delay', async () => {
  const ann = await enter(endpoint, 'ann');
  ann.stop();
  await until(async () => (await session(ann.id)).status === 404, 'the end');
});
