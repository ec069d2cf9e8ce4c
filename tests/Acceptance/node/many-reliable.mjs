// Many clients of the official library with its protocol of recovery, in one process. Each checks by itself that it hears every message of its streams once and in order. A message
// is text: the name of its stream, its number, and the word "again" where some may have heard it. Says "here {n}" when all are connected; for each line on standard input it says in one line of JSON what has happened so far.
import readline from 'node:readline';
import { WebPubSubServiceClient } from '@azure/web-pubsub';
import { accessKey, endpoint, hub } from './gateway.mjs';

const { WebPubSubClient, WebPubSubJsonReliableProtocol } = await import(process.env.CLIENT ?? '@azure/web-pubsub-client');

const count = Number(process.env.CLIENTS);
const groups = Number(process.env.GROUPS);
const startingAtOnce = 20;
const faultsShown = 20;

const service = new WebPubSubServiceClient(`Endpoint=${endpoint};AccessKey=${accessKey};Version=1.0;`, hub, { allowInsecureConnection: true });
const seen = { connected: 0, disconnected: 0, stopped: 0, wrong: 0, faults: [] };
const note = fault => {
  seen.wrong++;
  if (seen.faults.length < faultsShown) seen.faults.push(fault);
};

const clients = Array.from({ length: count }, (_, number) => {
  // The name of each stream that this client belongs to, and the number that it heard last.
  const streams = { [`g${number % groups}`]: 0, [`u${number}`]: 0 };
  const client = new WebPubSubClient(
    { getClientAccessUrl: async () => (await service.getClientAccessToken({ userId: `u${number}`, groups: [`g${number % groups}`] })).url },
    { protocol: WebPubSubJsonReliableProtocol() },
  );
  const hear = ({ message }) => {
    const [stream, text, again] = String(message.data).split(' ');
    const heard = Number(text);
    if (!(stream in streams)) return note(`client ${number} heard '${message.data}', which is not meant for it`);
    if (again && heard === streams[stream]) return;
    if (heard !== streams[stream] + 1) note(`client ${number} heard ${stream} ${heard} after ${streams[stream]}`);
    streams[stream] = heard;
  };
  client.on('group-message', hear);
  client.on('server-message', hear);
  client.on('connected', () => seen.connected++);
  client.on('disconnected', e => {
    seen.disconnected++;
    note(`client ${number} was disconnected: ${e.message?.message}`);
  });
  client.on('stopped', () => {
    seen.stopped++;
    note(`client ${number} stopped`);
  });
  return { client, streams };
});

for (let i = 0; i < count; i += startingAtOnce) await Promise.all(clients.slice(i, i + startingAtOnce).map(c => c.client.start()));
console.log(`here ${count}`);

for await (const _ of readline.createInterface({ input: process.stdin })) {
  const heard = {};
  for (const { streams } of clients) for (const [stream, last] of Object.entries(streams)) heard[stream] = Math.min(heard[stream] ?? Infinity, last);
  console.log(JSON.stringify({ ...seen, heard }));
}

// Clients keep timers of their own.
process.exit(0);
