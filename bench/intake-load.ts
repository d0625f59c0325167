import { readFileSync } from 'node:fs';
import { signingKeyFromJwk, type Jwk } from '#protocol';
import { load, type Load } from './http-load.js';
import { httpRequest, material } from './intake-material.js';

const key = signingKeyFromJwk(JSON.parse(readFileSync(process.env['SENDER_KEY_FILE']!, 'utf8')) as Jwk);
process.on('message', (order: Load) => {
  const requests = material(order.requests, key).map(httpRequest);
  void load(order, (n) => requests[n]!).then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
