import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientUrl } from './gateway.mjs';

test('signs the address of a client', async () => {
  assert.match(await clientUrl({ userId: 'ann' }), /\/client\/hubs\/chat\?access_token=/);
});
