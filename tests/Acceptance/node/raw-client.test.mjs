// Plain WebSocket clients by the package ws: bytes as they are on the wire.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import WebSocket from 'ws';
import { clientUrl, inbox, within } from './gateway.mjs';

const open = async (options = {}, { protocol, query = '' } = {}) => {
  const socket = new WebSocket((await clientUrl(options)) + query, protocol === undefined ? [] : protocol);
  socket.frames = inbox();
  socket.closed = new Promise(resolve => socket.on('close', (code, reason) => resolve([code, reason.toString()])));
  socket.on('message', (data, isBinary) => socket.frames.put(isBinary ? [...data] : data.toString()));
  await within(new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject)), 'open');
  return socket;
};

const json = 'json.webpubsub.azure.v1';
const send = (socket, frame) => socket.send(JSON.stringify(frame));

test('raw and JSON members of a group get text, json and binary in their own form', async () => {
  const raw = await open({ userId: 'raw', groups: ['room'] });
  const custom = await open({ userId: 'custom', groups: ['room'] }, { protocol: 'chat.v1' });
  const speaker = await open({ userId: 'ann', roles: ['webpubsub.sendToGroup.room'], groups: ['room'] }, { protocol: json });
  assert.equal(custom.protocol, 'chat.v1');
  assert.match(await speaker.frames.take('greeting'), /^\{"type":"system","event":"connected","userId":"ann","connectionId":"[^"]+"\}$/);

  send(speaker, { type: 'sendToGroup', group: 'room', dataType: 'text', data: 'hi' });
  send(speaker, { type: 'sendToGroup', group: 'room', dataType: 'json', data: { a: 1 } });
  send(speaker, { type: 'sendToGroup', group: 'room', dataType: 'binary', data: 'AQL/', ackId: 1 });

  for (const socket of [raw, custom]) {
    assert.equal(await socket.frames.take('text'), 'hi');
    assert.equal(await socket.frames.take('json'), '{"a":1}');
    assert.deepEqual(await socket.frames.take('binary'), [1, 2, 255]);
  }
  const from = '{"type":"message","from":"group","group":"room","fromUserId":"ann",';
  assert.equal(await speaker.frames.take('text'), `${from}"dataType":"text","data":"hi"}`);
  assert.equal(await speaker.frames.take('json'), `${from}"dataType":"json","data":{"a":1}}`);
  assert.equal(await speaker.frames.take('binary'), `${from}"dataType":"binary","data":"AQL/"}`);
  assert.equal(await speaker.frames.take('ack'), '{"type":"ack","ackId":1,"success":true}');
  for (const socket of [raw, custom, speaker]) socket.close();
});

test('a raw client in sendToGroup mode publishes everything it says', async () => {
  const member = await open({ userId: 'bob', groups: ['room'] });
  const query = '&webpubsub_mode=sendToGroup&group=room';
  const speaker = await open({ userId: 'ann', roles: ['webpubsub.sendToGroup'] }, { query });
  speaker.send('hi');
  speaker.send(Buffer.from([1, 2]));
  assert.equal(await member.frames.take('text'), 'hi');
  assert.deepEqual(await member.frames.take('binary'), [1, 2]);
  assert.equal(speaker.frames.size, 0);
  await assert.rejects(open({ userId: 'ann' }, { query: '&webpubsub_mode=shout' }), /400/);
  member.close();
  speaker.close();
});

test('what is no frame ends in words and a code', async () => {
  for (const [said, code] of [['garbage', 1007], ['{"type":"dance"}', 1007], [Buffer.from('{}'), 1003], [`{"type":"event","event":"e","data":"${'x'.repeat(1 << 20)}"}`, 1009]]) {
    const socket = await open({ userId: 'ann' }, { protocol: json });
    await socket.frames.take('greeting');
    socket.send(said);
    const last = JSON.parse(await socket.frames.take('the words'));
    assert.deepEqual([last.type, last.event, typeof last.message], ['system', 'disconnected', 'string']);
    assert.equal((await within(socket.closed, 'close'))[0], code);
  }
});

test('an orderly goodbye is answered with its own code', async () => {
  const socket = await open({ userId: 'ann' }, { protocol: json });
  socket.close(4001, 'bye');
  assert.deepEqual(await within(socket.closed, 'close'), [4001, 'bye']);
});
