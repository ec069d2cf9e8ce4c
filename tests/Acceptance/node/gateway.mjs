// What every suite needs to know of the gateway it talks to.
import { WebPubSubServiceClient } from '@azure/web-pubsub';

export const endpoint = process.env.ENDPOINT;
export const admin = process.env.ADMIN;
export const accessKey = process.env.ACCESS_KEY;
export const hub = 'chat';

/** The service client of a hub, without retries, so that errors show at once. */
export const service = (name = hub, key = accessKey) =>
  new WebPubSubServiceClient(`Endpoint=${endpoint};AccessKey=${key};Version=1.0;`, name, {
    allowInsecureConnection: true,
    retryOptions: { maxRetries: 0 },
  });

/** The address for a client, with a token signed here. */
export const clientUrl = async (options = {}, name = hub) => (await service(name).getClientAccessToken(options)).url;

/** Rejects when what is waited for does not come. */
export const within = (promise, what, milliseconds = 60_000) => {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${milliseconds} ms: ${what}`)), milliseconds);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};

/** The next event of that name. */
export const next = (emitter, event) => within(new Promise(resolve => emitter.on(event, resolve)), event);

/** What arrives, to be taken in order. */
export const inbox = () => {
  const arrived = [];
  const waiting = [];
  return {
    put: item => (waiting.length > 0 ? waiting.shift()(item) : arrived.push(item)),
    take: what => (arrived.length > 0 ? Promise.resolve(arrived.shift()) : within(new Promise(resolve => waiting.push(resolve)), what)),
    get size() {
      return arrived.length;
    },
  };
};
