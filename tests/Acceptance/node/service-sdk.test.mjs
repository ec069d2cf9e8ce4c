// The official service SDK against the data plane: every operation, by the SDK's own idea of success.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, test } from 'node:test';
import { AzureKeyCredential, WebPubSubServiceClient, odata } from '@azure/web-pubsub';
import WebSocket from 'ws';
import { accessKey, admin, clientUrl, endpoint, hub, inbox, service, within } from './gateway.mjs';

const JSON_PROTOCOL = 'json.webpubsub.azure.v1';
const s = service();
const open = [];
after(() => open.forEach(socket => socket.terminate()));

/** A client on a plain WebSocket: its id, and its frames as they come. */
const connect = async (options = {}, protocols = []) => {
  const before = await ids(options.userId);
  const socket = new WebSocket(await clientUrl(options), protocols);
  open.push(socket);
  const frames = inbox();
  socket.on('message', (data, binary) => frames.put(binary ? data : data.toString()));
  const closed = new Promise(resolve => socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() })));
  await within(new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject)), 'open');
  if (protocols.length > 0) {
    const { connectionId } = JSON.parse(await frames.take('connected'));
    return { socket, frames, closed, id: connectionId };
  }
  let id;
  await eventually(async () => (id = (await ids(options.userId)).find(i => !before.includes(i))), 'listed');
  return { socket, frames, closed, id };
};

const ids = async user => {
  const answer = await fetch(`${admin}/admin/v1/connections?hub=${hub}${user ? `&user=${encodeURIComponent(user)}` : ''}`);
  return (await answer.json()).value.map(c => c.id);
};

const eventually = async (condition, what) => {
  for (const end = Date.now() + 20_000; !(await condition()); ) {
    assert.ok(Date.now() < end, `not within 20 s: ${what}`);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
};

const fails = async (promise, status, code) => {
  const error = await promise.then(() => assert.fail('no error'), e => e);
  assert.deepEqual([error.statusCode, error.code], [status, code], error.message);
  return error;
};

test('http needs the option that allows it', async () => {
  const careful = new WebPubSubServiceClient(endpoint, new AzureKeyCredential(accessKey), hub, { retryOptions: { maxRetries: 0 } });
  await assert.rejects(careful.sendToAll('hi'), /allowInsecureConnection/);
  const allowed = new WebPubSubServiceClient(endpoint, new AzureKeyCredential(accessKey), hub, { allowInsecureConnection: true });
  await allowed.sendToAll('hi');
});

test('every operation succeeds as the SDK expects, for those who are there', async () => {
  const c = await connect({ userId: 'op u/1' });
  assert.equal(await s.connectionExists(c.id), true);
  assert.equal(await s.userExists('op u/1'), true);
  await s.sendToAll('a', { contentType: 'text/plain' });
  await s.sendToUser('op u/1', { b: 1 });
  await s.sendToConnection(c.id, new Uint8Array([1, 2]));
  const g = s.group('op');
  assert.equal(await s.groupExists('op'), false);
  await g.addConnection(c.id);
  assert.equal(await s.groupExists('op'), true);
  await g.sendToAll('c');
  await g.removeConnection(c.id);
  await g.addUser('op u/1');
  await g.removeUser('op u/1');
  assert.equal(await s.groupExists('op'), false);
  await s.addConnectionsToGroups(['op a', 'op/b'], odata`userId eq ${'op u/1'}`);
  assert.equal(await s.groupExists('op/b'), true);
  await s.removeConnectionsFromGroups(['op a'], odata`userId eq ${'op u/1'}`);
  assert.equal(await s.groupExists('op a'), false);
  await s.removeUserFromAllGroups('op u/1');
  assert.equal(await s.groupExists('op/b'), false);
  await g.addConnection(c.id);
  await s.removeConnectionFromAllGroups(c.id);
  assert.equal(await s.groupExists('op'), false);

  assert.equal(await c.frames.take('text'), 'a');
  assert.equal(await c.frames.take('json'), '{"b":1}');
  assert.deepEqual(await c.frames.take('binary'), Buffer.from([1, 2]));
  assert.equal(await c.frames.take('json text'), '"c"');
  await s.closeConnection(c.id, { reason: 'bye' });
  assert.deepEqual(await within(c.closed, 'close'), { code: 1000, reason: 'bye' });
});

test('whoever is not there is nothing to most operations and an error to a few', async () => {
  assert.equal(await s.connectionExists('gone'), false);
  assert.equal(await s.userExists('gone'), false);
  assert.equal(await s.groupExists('gone'), false);
  assert.equal(await s.hasPermission('gone', 'sendToGroup', { targetName: 'g' }), false);
  await s.sendToUser('gone', 'x');
  await s.sendToConnection('gone', 'x');
  await s.group('gone').sendToAll('x');
  await s.closeConnection('gone');
  await s.closeUserConnections('gone');
  await s.group('gone').closeAllConnections();
  await s.group('gone').removeConnection('gone');
  await s.group('gone').removeUser('gone');
  await s.removeUserFromAllGroups('gone');
  await s.removeConnectionFromAllGroups('gone');
  await s.revokePermission('gone', 'sendToGroup', { targetName: 'g' });
  const error = await fails(s.group('g').addConnection('gone'), 404, 'Error.Connection.NotExisted');
  assert.equal(typeof JSON.parse(error.message).message, 'string');
  await fails(s.group('g').addUser('gone'), 404, 'Error.User.NotExisted');
  await fails(s.grantPermission('gone', 'sendToGroup', { targetName: 'g' }), 404, 'Info.Connection.NotExisted');
});

test('only a token signed for the very call opens it', async () => {
  await fails(service(hub, 'a-key-of-somebody-else-0123456789abcdef').sendToAll('x'), 401, 'Unauthorized');
  await fails(service('nobody').sendToAll('x'), 404, 'Error.Hub.NotExisted');
  const token = new URL(await clientUrl({ userId: 'ann', roles: ['webpubsub.sendToGroup'] })).searchParams.get('access_token');
  const answer = await fetch(`${endpoint}/api/hubs/${hub}/:send`, { method: 'POST', body: 'x', headers: { authorization: `Bearer ${token}` } });
  assert.deepEqual([answer.status, answer.headers.get('x-ms-error-code')], [401, 'Unauthorized']);
});

test('names with spaces, slashes, percent signs and letters of any language stay what they are', async () => {
  for (const name of ['plain', 'room /1', 'a%2Fb', 'ü:x', 'q?#&+', '日本']) {
    const c = await connect({ userId: name });
    await s.group(name).addConnection(c.id);
    assert.equal(await s.groupExists(name), true);
    assert.equal(await s.groupExists(`${name}x`), false);
    await s.group(name).sendToAll(name, { contentType: 'text/plain' });
    assert.equal(await c.frames.take(name), name);
    await s.sendToUser(name, 'hi', { contentType: 'text/plain' });
    assert.equal(await c.frames.take('hi'), 'hi');
    await s.grantPermission(c.id, 'joinLeaveGroup', { targetName: name });
    assert.equal(await s.hasPermission(c.id, 'joinLeaveGroup', { targetName: name }), true);
    await s.closeUserConnections(name, { reason: name });
    assert.deepEqual(await within(c.closed, 'close'), { code: 1000, reason: name });
  }
});

test('frames are what the SDK sent, byte for byte', async () => {
  const raw = await connect({ userId: 'frames' });
  const json = await connect({ userId: 'frames' }, [JSON_PROTOCOL]);
  for (const c of [raw, json]) await s.group('frames').addConnection(c.id);
  await s.sendToAll({ message: 'Hello world!' });
  await s.sendToAll('Hi there!', { contentType: 'text/plain' });
  await s.sendToUser('frames', new Uint8Array([0, 255]));
  await s.group('frames').sendToAll('"<é>', { contentType: 'text/plain' });
  await s.group('frames').sendToAll(['a'], { filter: "'frames' in groups" });
  await sendAsWritten('{ "b" : 1.0 }');

  assert.equal(await raw.frames.take('1'), '{"message":"Hello world!"}');
  assert.equal(await raw.frames.take('2'), 'Hi there!');
  assert.deepEqual(await raw.frames.take('3'), Buffer.from([0, 255]));
  assert.equal(await raw.frames.take('4'), '"<é>');
  assert.equal(await raw.frames.take('5'), '["a"]');
  assert.equal(await raw.frames.take('6'), '{ "b" : 1.0 }');
  assert.equal(await json.frames.take('1'), '{"type":"message","from":"server","dataType":"json","data":{"message":"Hello world!"}}');
  assert.equal(await json.frames.take('2'), '{"type":"message","from":"server","dataType":"text","data":"Hi there!"}');
  assert.equal(await json.frames.take('3'), '{"type":"message","from":"server","dataType":"binary","data":"AP8="}');
  assert.equal(await json.frames.take('4'), '{"type":"message","from":"group","group":"frames","dataType":"text","data":"\\"<é>"}');
  assert.equal(await json.frames.take('5'), '{"type":"message","from":"group","group":"frames","dataType":"json","data":["a"]}');
  assert.equal(await json.frames.take('6'), '{"type":"message","from":"server","dataType":"json","data":{ "b" : 1.0 }}');
});

/** JSON as no serializer writes it, signed by hand. */
const sendAsWritten = async body => {
  const url = `${endpoint}/api/hubs/${hub}/:send`;
  const part = json => Buffer.from(JSON.stringify(json)).toString('base64url');
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ aud: url, exp: Math.floor(Date.now() / 1000) + 300 })}`;
  const token = `${signed}.${createHmac('sha256', accessKey).update(signed).digest('base64url')}`;
  const answer = await fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` } });
  assert.equal(answer.status, 202);
};

test('filters and exclusions choose the receivers', async () => {
  const ann = await connect({ userId: "o'ann" });
  const bob = await connect({ userId: 'bob' });
  await s.sendToAll('1', { contentType: 'text/plain', filter: odata`userId eq ${"o'ann"}` });
  await s.sendToAll('2', { contentType: 'text/plain', excludedConnections: [ann.id], filter: "startswith(userId, 'bo') or userId eq 'x'" });
  await s.sendToAll('3', { contentType: 'text/plain', excludedConnections: [ann.id, bob.id] });
  await s.sendToAll('4', { contentType: 'text/plain', messageTtlSeconds: 60 });
  assert.deepEqual([await ann.frames.take('1'), await ann.frames.take('4')], ['1', '4']);
  assert.deepEqual([await bob.frames.take('2'), await bob.frames.take('4')], ['2', '4']);
});

test('a bad filter is explained as the SDK’s own tests expect', async () => {
  const error = await fails(s.sendToAll('x', { filter: 'invalid filter' }), 400, 'Error.BadRequest');
  assert.equal(JSON.parse(error.message).message, "Invalid syntax for 'invalid filter': Syntax error at position 14 in 'invalid filter'. (Parameter 'filter')");
});

test('a group is listed page by page', async () => {
  const members = [];
  for (let i = 0; i < 5; i++) members.push((await connect({ userId: `lister${i}`, groups: [] })).id);
  for (const id of members) await s.group('a b/list').addConnection(id);
  for (const options of [{ maxPageSize: 2 }, { maxPageSize: 1 }, {}, { maxPageSize: 200 }]) {
    const listed = [];
    for await (const member of await s.group('a b/list').listConnections(options)) listed.push(member.connectionId);
    assert.deepEqual(listed, members.toSorted?.() ?? [...members].sort());
  }
  const some = [];
  for await (const member of await s.group('a b/list').listConnections({ maxPageSize: 2, top: 3 })) some.push(member);
  assert.deepEqual(some.map(m => m.connectionId), [...members].sort().slice(0, 3));
  assert.match(some[0].userId, /^lister\d$/);
  for await (const member of await s.group('nobody').listConnections()) assert.fail(member.connectionId);
});

test('permissions are granted and revoked, and a revocation wins over a role', async () => {
  const c = await connect({ userId: 'perm', roles: ['webpubsub.sendToGroup'] }, [JSON_PROTOCOL]);
  const may = (group, permission = 'sendToGroup') => s.hasPermission(c.id, permission, { targetName: group });
  assert.equal(await may('any'), true);
  assert.equal(await may('any', 'joinLeaveGroup'), false);
  await s.revokePermission(c.id, 'sendToGroup', { targetName: 'a b/c' });
  assert.deepEqual([await may('a b/c'), await may('other')], [false, true]);
  c.socket.send(JSON.stringify({ type: 'sendToGroup', group: 'a b/c', dataType: 'text', data: 'x', ackId: 1 }));
  const refused = JSON.parse(await c.frames.take('nack'));
  assert.deepEqual([refused.type, refused.ackId, refused.success, refused.error.name], ['ack', 1, false, 'Forbidden']);
  await s.grantPermission(c.id, 'sendToGroup', { targetName: 'a b/c' });
  c.socket.send(JSON.stringify({ type: 'sendToGroup', group: 'a b/c', dataType: 'text', data: 'x', ackId: 2 }));
  assert.deepEqual(JSON.parse(await c.frames.take('ack')), { type: 'ack', ackId: 2, success: true });
  await s.grantPermission(c.id, 'joinLeaveGroup', { targetName: 'a b/c' });
  c.socket.send(JSON.stringify({ type: 'joinGroup', group: 'a b/c', ackId: 3 }));
  assert.deepEqual(JSON.parse(await c.frames.take('ack')), { type: 'ack', ackId: 3, success: true });
  await s.revokePermission(c.id, 'joinLeaveGroup', { targetName: 'a b/c' });
  assert.equal(await s.groupExists('a b/c'), true);
  await fails(s.grantPermission(c.id, 'sendToGroup', { targetName: ' ' }), 400, 'Error.BadRequest');
});

test('clients are told why they are closed, at each of the four scopes', async () => {
  const close = {
    connection: (c, reason) => s.closeConnection(c.id, { reason }),
    user: (_, reason) => s.closeUserConnections('kick', { reason }),
    group: (_, reason) => s.group('kick').closeAllConnections({ reason }),
    hub: (_, reason) => s.closeAllConnections({ reason }),
  };
  for (const [scope, kick] of Object.entries(close)) {
    const raw = await connect({ userId: 'kick' });
    const json = await connect({ userId: 'kick' }, [JSON_PROTOCOL]);
    const spared = await connect({ userId: 'spared' });
    for (const c of [raw, json]) await s.group('kick').addConnection(c.id);
    if (scope === 'hub') await s.closeAllConnections({ reason: 'bye hub', excluded: [spared.id] });
    else await kick(json, `bye ${scope}`);
    if (scope === 'connection') await s.closeConnection(raw.id, { reason: 'bye connection' });
    assert.deepEqual(JSON.parse(await json.frames.take('disconnected')), { type: 'system', event: 'disconnected', message: `bye ${scope}` });
    assert.deepEqual(await within(json.closed, 'close'), { code: 1000, reason: `bye ${scope}` });
    assert.deepEqual(await within(raw.closed, 'close'), { code: 1000, reason: `bye ${scope}` });
    assert.equal(await s.connectionExists(spared.id), true, scope);
  }
});
