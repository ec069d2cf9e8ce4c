// Talks in the chat from a terminal: node client.js <nickname> [address of the application]
import { createInterface } from 'node:readline';
import { WebPubSubClient, WebPubSubJsonProtocol } from '@azure/web-pubsub-client';

const [nickname = 'somebody', application = 'http://127.0.0.1:8083'] = process.argv.slice(2);
const client = new WebPubSubClient(
  { getClientAccessUrl: async () => (await (await fetch(`${application}/negotiate?user=${encodeURIComponent(nickname)}`)).json()).url },
  { protocol: WebPubSubJsonProtocol() },
);
client.on('connected', e => console.log(`connected as ${e.userId}`));
client.on('disconnected', e => console.log(`disconnected: ${e.message?.message ?? ''}`));
client.on('group-message', e => console.log(`${e.message.fromUserId}: ${e.message.data}`));
client.on('server-message', e => console.log(`you shouted ${e.message.data.shouted}, ${e.message.data.times} times so far`));
await client.start();

// "!words" are shouted to the application, everything else goes to the room.
const lines = createInterface({ input: process.stdin });
for await (const line of lines) {
  if (line.startsWith('!')) await client.sendEvent('shout', line.slice(1), 'json');
  else await client.sendToGroup('room', line, 'text');
}
client.stop();
process.exit(0);
