// The official client library, in the version that CLIENT names, with its JSON protocol.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { admin, clientUrl, inbox, next, within } from './gateway.mjs';

const { WebPubSubClient, WebPubSubJsonProtocol } = await import(process.env.CLIENT ?? '@azure/web-pubsub-client');

const everything = ['webpubsub.joinLeaveGroup', 'webpubsub.sendToGroup'];

/** A client that is in. It has `id`, and what it hears is in its inboxes. */
const enter = async (userId, { roles = everything, groups, ...options } = {}) => {
  const client = new WebPubSubClient(
    { getClientAccessUrl: () => clientUrl({ userId, roles, groups }) },
    { protocol: WebPubSubJsonProtocol(), messageRetryOptions: { maxRetries: 0 }, ...options },
  );
  client.groupMessages = inbox();
  client.serverMessages = inbox();
  client.connections = inbox();
  client.disconnections = inbox();
  client.on('group-message', e => client.groupMessages.put(e.message));
  client.on('server-message', e => client.serverMessages.put(e.message));
  client.on('connected', e => client.connections.put(e));
  client.on('disconnected', e => client.disconnections.put(e));
  await within(client.start(), 'start');
  const connected = await client.connections.take('connected');
  assert.equal(connected.userId, userId);
  client.id = connected.connectionId;
  return client;
};

const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));

const failure = async (promise, name) => {
  const error = await within(promise.then(() => assert.fail('it succeeded'), e => e), `a ${name}`);
  assert.equal(error.errorDetail?.name, name, `${error}`);
  return error;
};

test('joins, sends, leaves; everybody but the sender with noEcho hears it', async () => {
  const [ann, bob] = [await enter('ann'), await enter('bob')];
  await ann.joinGroup('room /ü');
  await bob.joinGroup('room /ü');

  await ann.sendToGroup('room /ü', { x: [1, 'ü'] }, 'json');
  for (const client of [ann, bob]) {
    const heard = await client.groupMessages.take('json');
    assert.deepEqual([heard.group, heard.fromUserId, heard.dataType, heard.data], ['room /ü', 'ann', 'json', { x: [1, 'ü'] }]);
  }

  await ann.sendToGroup('room /ü', 'hi', 'text', { noEcho: true });
  assert.equal((await bob.groupMessages.take('text')).data, 'hi');
  await ann.sendToGroup('room /ü', new Uint8Array([1, 2, 255]).buffer, 'binary', { noEcho: true });
  assert.deepEqual(new Uint8Array((await bob.groupMessages.take('binary')).data), new Uint8Array([1, 2, 255]));
  await ann.sendToGroup('room /ü', 'last', 'text', { fireAndForget: true });
  assert.equal((await ann.groupMessages.take('last')).data, 'last');

  await bob.groupMessages.take('last');
  await bob.leaveGroup('room /ü');
  await ann.sendToGroup('room /ü', 'without bob', 'text');
  await bob.sendToGroup('other', 1, 'json');
  assert.equal(bob.groupMessages.size, 0);
  ann.stop();
  bob.stop();
});

test('what the roles do not cover is Forbidden, and what succeeded is Duplicate when repeated', async () => {
  const ann = await enter('ann', { roles: ['webpubsub.joinLeaveGroup.mine', 'webpubsub.sendToGroups.news.*'], groups: ['lobby'] });

  await ann.joinGroup('mine', { ackId: 10 });
  await failure(ann.joinGroup('theirs', { ackId: 11 }), 'Forbidden');
  await failure(ann.sendToGroup('lobby', 'x', 'text'), 'Forbidden');
  await ann.sendToGroup('news.today', 'x', 'text', { ackId: 11 });
  await failure(ann.sendToGroup('news.to.day', 'x', 'text'), 'Forbidden');
  const repeated = await ann.sendToGroup('news.today', 'x', 'text', { ackId: 11 });
  assert.equal(repeated.isDuplicated, true);
  assert.equal((await ann.joinGroup('mine', { ackId: 12 })).isDuplicated, false);
  ann.stop();
});

test('a forbidden join is tried four times by a client that retries, and then told', async () => {
  const ann = await enter('ann', { roles: [], messageRetryOptions: { maxRetries: 3, retryDelayInMs: 50 } });
  await failure(ann.joinGroup('theirs'), 'Forbidden');
  ann.stop();
});

test('is in the groups of its token from the first moment', async () => {
  const [ann, bob] = [await enter('ann'), await enter('bob', { roles: [], groups: ['lobby'] })];
  await ann.sendToGroup('lobby', 'welcome', 'text');
  assert.equal((await bob.groupMessages.take('the welcome')).data, 'welcome');
  ann.stop();
  bob.stop();
});

test('events are taken', async () => {
  const ann = await enter('ann');
  assert.equal((await ann.sendEvent('chat', { a: 1 }, 'json')).isDuplicated, false);
  await ann.sendEvent('chat', 'x', 'text', { fireAndForget: true });
  await failure(ann.sendEvent('no name', 'x', 'text'), 'BadRequest');
  ann.stop();
});

test('pings are answered, so a client that waits for a sign of life stays', async () => {
  // More than twice what it waits for, and what it waits for is longer than a busy machine stands still.
  const ann = await enter('ann', { keepAliveTimeoutInMs: 3500, keepAliveIntervalInMs: 500 });
  await pause(8000);
  assert.equal(ann.disconnections.size, 0);
  await ann.joinGroup('still here');
  ann.stop();
});

test('a kicked client hears why, comes back as somebody new and rejoins its groups', async () => {
  const ann = await enter('ann');
  const bob = await enter('bob');
  await ann.joinGroup('room');

  const answer = await fetch(`${admin}/admin/v1/connections/${ann.id}?reason=${encodeURIComponent('out, please')}`, { method: 'DELETE' });
  assert.equal(answer.status, 202);

  const disconnected = await ann.disconnections.take('disconnected');
  assert.deepEqual([disconnected.connectionId, disconnected.message?.message], [ann.id, 'out, please']);
  const again = await ann.connections.take('a new connection');
  assert.notEqual(again.connectionId, ann.id);
  // Rejoining is asynchronous in the library and has no event when it succeeds.
  for (let tries = 0; ann.groupMessages.size === 0 && tries < 600; tries++) {
    await bob.sendToGroup('room', 'there?', 'text');
    await pause(100);
  }
  assert.equal((await ann.groupMessages.take('the group after the return')).data, 'there?');
  ann.stop();
  bob.stop();
});

test('a client without auto-reconnect stays away, and stop() is an orderly goodbye', async () => {
  const ann = await enter('ann', { autoReconnect: false });
  const stopped = next(ann, 'stopped');
  await fetch(`${admin}/admin/v1/connections/${ann.id}`, { method: 'DELETE' });
  assert.equal((await ann.disconnections.take('disconnected')).message?.message, 'server-closed');
  await stopped;

  const bob = await enter('bob');
  const gone = next(bob, 'stopped');
  bob.stop();
  await gone;
  let ending;
  for (let tries = 0; ending === undefined && tries < 1000; tries++) {
    const found = await (await fetch(`${admin}/admin/v1/endings?connection=${bob.id}`)).json();
    ending = found.value[0]?.ending;
    if (ending === undefined) await pause(50);
  }
  assert.equal(ending, 'client-closed');
});

test('a bad token is refused by status', async () => {
  const client = new WebPubSubClient((await clientUrl({ userId: 'ann' }, 'chat')).replace(/access_token=.*/, 'access_token=nonsense'), { protocol: WebPubSubJsonProtocol(), autoReconnect: false });
  const error = await within(client.start().then(() => assert.fail('it got in'), e => e), 'the refusal');
  assert.match(`${error.message}`, /401/);
});

test('what newer versions can ask for and is not supported is told so', async () => {
  const ann = await enter('ann');
  if (typeof ann.invokeEvent === 'function') {
    const error = await within(ann.invokeEvent('sum', { a: 1 }, 'json').then(() => assert.fail('it was invoked'), e => e), 'the answer');
    assert.match(`${error.message} ${error.errorDetail?.name}`, /BadRequest|not supported/);
  }
  if (typeof ann.openGroupStream === 'function') {
    const error = await within(Promise.resolve(ann.openGroupStream('room')).then(() => assert.fail('it was opened'), e => e), 'the answer');
    assert.match(`${error.message} ${error.errorDetail?.name}`, /BadRequest|not supported/);
  }
  await ann.joinGroup('still here');
  ann.stop();
});
