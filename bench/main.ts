/** `npm run bench -- <name>`: each benchmark compares with something named, in the same run. */
const BENCHMARKS: Record<
  string,
  { what: string; load: () => Promise<{ run(args: string[]): Promise<void> }> }
> = {
  intake: {
    what: 'messages a second through the gateway, beside a POST to a bare Fastify route',
    load: () => import('./intake.js'),
  },
  ledger: {
    what: 'entries a second durable in the ledger, beside plain inserts',
    load: () => import('./ledger.js'),
  },
  registry: {
    what: 'look-ups, registrations and compatibility checks a second, beside a bare Fastify route',
    load: () => import('./registry.js'),
  },
};

const name = process.argv[2] ?? '';
const benchmark = Object.hasOwn(BENCHMARKS, name) ? BENCHMARKS[name] : undefined;
if (benchmark) {
  await (await benchmark.load()).run(process.argv.slice(3));
} else {
  console.error('usage: npm run bench -- <name>');
  for (const [known, { what }] of Object.entries(BENCHMARKS)) console.error(`  ${known.padEnd(8)} ${what}`);
  process.exitCode = name === '' ? 0 : 2;
}
