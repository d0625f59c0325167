import { load } from './http-load.js';
import { requests, type RegistryOrder } from './registry-material.js';

const authorization = process.env['REGISTRY_AUTHORIZATION'];
process.on('message', (order: RegistryOrder) => {
  const ready = requests(order, authorization);
  void load(order, (n) => ready[n % ready.length]!).then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
