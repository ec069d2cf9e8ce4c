// The application behind a gateway: the official middleware answers its events, the official service client signs addresses.
import { WebPubSubServiceClient } from '@azure/web-pubsub';
import { WebPubSubEventHandler } from '@azure/web-pubsub-express';
import express from 'express';

const gateway = process.env.GATEWAY ?? 'http://127.0.0.1:8080';
const port = Number(process.env.PORT ?? 8083);
const room = 'room';
const service = new WebPubSubServiceClient(`Endpoint=${gateway};AccessKey=${process.env.ACCESS_KEY};Version=1.0;`, 'chat', {
  allowInsecureConnection: true, // http on this machine; elsewhere use https
});

// Header fields are ASCII: names come percent-encoded.
const nameOf = userId => {
  try {
    return decodeURIComponent(userId ?? '');
  } catch {
    return ''; // not from a gateway
  }
};
const isNickname = name => name.length >= 1 && name.length <= 40 && !/\p{Cc}/u.test(name);

const events = new WebPubSubEventHandler('chat', {
  path: '/eventhandler',
  handleConnect: (req, res) =>
    isNickname(nameOf(req.context.userId))
      ? res.success({ groups: [room], roles: [`webpubsub.sendToGroup.${room}`] })
      : res.fail(400, 'A nickname has 1 to 40 characters, all of them visible.'),
  handleUserEvent: (req, res) => {
    if (req.context.eventName !== 'shout') return res.success();
    // The connection's state comes with each event and is replaced by the answer.
    const times = (req.context.states.times ?? 0) + 1;
    res.setState('times', times);
    res.success(JSON.stringify({ shouted: String(req.data).toUpperCase(), times }), 'json');
  },
  onDisconnected: req => console.log(`${nameOf(req.context.userId)} left: ${req.reason}`),
});

const app = express();
app.use(events.getMiddleware());
app.get('/negotiate', async (req, res) => res.json({ url: (await service.getClientAccessToken({ userId: String(req.query.user) })).url }));
app.listen(port, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${port}`));
