import {
  canonicalText,
  CompiledContract,
  lintSchema,
  parsePayload,
  schemaGuid,
  schemaSha256,
} from '#contracts';
import { generateKey, signingKeyFromJwk } from '#protocol';
import { createPool, EvidenceSigner } from '#service';
import type { StepCost } from './bench-report.js';
import { body, checkedSchema } from './registry-material.js';

const SIZES = [1_000, 10_000, 100_000];
/** Each step runs about this long; the first fifth is not counted. */
const MILLISECONDS = 400;

/** What each step of a registration costs alone, in one thread. */
export async function measureSteps(databaseUrl: string): Promise<StepCost[]> {
  const costs: StepCost[] = [];
  const each = (step: string, work: (n: number) => unknown): void => {
    const warmUntil = performance.now() + MILLISECONDS / 5;
    let n = 0;
    while (performance.now() < warmUntil) work(n++);
    const began = performance.now();
    const first = n;
    while (performance.now() < began + MILLISECONDS) work(n++);
    costs.push({ step, microseconds: ((performance.now() - began) * 1_000) / (n - first) });
  };
  for (const bytes of SIZES) {
    const sized = (step: string) => `${step}, ${bytes / 1_000} KB`;
    const request = Buffer.from(body(checkedSchema(bytes, 1)));
    // Another text for each call, so that nothing is remembered: made before, 64 of them.
    const texts = Array.from({ length: 64 }, (_, n) => checkedSchema(bytes, n));
    const text = (n: number) => texts[n % texts.length]!;
    each(sized('parse the request'), () => parsePayload(request));
    each(sized('canonical text'), (n) => canonicalText(text(n)));
    each(sized('GUID (MD5)'), (n) => schemaGuid(text(n)));
    each(sized('SHA-256'), (n) => schemaSha256(text(n)));
    each(sized('lint'), (n) => lintSchema(text(n)));
    each(sized('compile (Ajv)'), (n) => CompiledContract.compile(text(n)));
  }
  const signer = new EvidenceSigner('urn:wasl:bench', signingKeyFromJwk(generateKey('Ed25519').jwk));
  const evidence = {
    subject: 'bench-1-value',
    version: 1,
    id: 1,
    guid: schemaGuid('{}'),
    by: 'urn:wasl:bench',
  };
  const at = new Date();
  each('sign the evidence (Ed25519)', () =>
    signer.sign('ContractVersionRegistered', 'urn:wasl:subject:bench-1-value', evidence, at),
  );
  await measureDatabase(databaseUrl, costs);
  return costs;
}

async function measureDatabase(databaseUrl: string, costs: StepCost[]): Promise<void> {
  const pool = createPool(databaseUrl, 'public', { max: 1 });
  const timed = async (step: string, work: (n: number) => Promise<unknown>): Promise<void> => {
    for (let n = 0; n < 100; n++) await work(-1 - n);
    const began = performance.now();
    let n = 0;
    while (performance.now() < began + 2 * MILLISECONDS) await work(n++);
    costs.push({ step, microseconds: ((performance.now() - began) * 1_000) / n });
  };
  try {
    await pool.query('create table bench_step (n integer primary key, text text not null)');
    await timed('round trip to PostgreSQL (waiting)', () => pool.query('select 1'));
    const text = checkedSchema(1_000, 0);
    await timed('insert of 1 KB, committed to disk (waiting)', (n) =>
      pool.query('insert into bench_step values ($1, $2)', [n, text]),
    );
    await pool.query('drop table bench_step');
  } finally {
    await pool.end();
  }
}
