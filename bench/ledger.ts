import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import Table from 'cli-table3';
import { projectFile } from '#service';
import { appendToLedger, plainInsert, rawCopy, verifyOnly } from './ledger-direct.js';
import { catchUp, fillTopic, readOnly, timeToProof } from './ledger-kafka.js';
import { material } from './ledger-material.js';
import { LedgerServers } from './ledger-servers.js';

/** One measurement; `perSecond` of entries durable in PostgreSQL unless the name says otherwise. */
interface Row {
  name: string;
  batch: number | null;
  entries: number;
  perSecond: number;
  /** CPU time of this process, all its threads. */
  nodeMicros: number;
}

const ENTRIES = Number(process.env['BENCH_ENTRIES'] ?? 40_000);
const BATCH = 4_096;
const TOPIC = 'bench.ledger.v1';

/** Entries a second that become durable in the ledger, beside what PostgreSQL and Kafka do with the same bytes. */
export async function run(): Promise<void> {
  const rows: Row[] = [];
  const measure = async (
    name: string,
    batch: number | null,
    entries: number,
    work: () => Promise<number>,
  ) => {
    process.stderr.write(`  ${name}${batch === null ? '' : `, ${batch} a batch`}\n`);
    const before = process.cpuUsage();
    const perSecond = Math.round(entries / (await work()));
    const { user, system } = process.cpuUsage(before);
    rows.push({ name, batch, entries, perSecond, nodeMicros: (user + system) / entries });
  };
  const servers = new LedgerServers();
  let proof: number[];
  try {
    await servers.start();
    const kafka = { brokers: servers.brokers, clientId: 'bench-ledger' };
    const evidence = material(ENTRIES);
    await servers.withLedger(async (pool) => {
      await measure('raw COPY, no index, no tree', BATCH, ENTRIES, () => rawCopy(pool, evidence, BATCH));
      await measure('plain batched INSERT, no tree', BATCH, ENTRIES, () =>
        plainInsert(pool, evidence, BATCH),
      );
    });
    for (const batch of [1, 16, 256, 1_024, BATCH]) {
      const part = evidence.slice(0, Math.min(ENTRIES, batch * 400));
      await servers.withLedger((pool) =>
        measure('ledger, fed directly', batch, part.length, () => appendToLedger(pool, part, batch, false)),
      );
    }
    await servers.withLedger((pool) =>
      measure('ledger with manifests beside it', BATCH, ENTRIES, () =>
        appendToLedger(pool, evidence, BATCH, true),
      ),
    );
    await fillTopic(kafka, TOPIC, evidence);
    await measure('reading Kafka only', null, ENTRIES, () => readOnly(kafka, TOPIC, ENTRIES));
    await measure('checking signatures only', BATCH, ENTRIES, () => verifyOnly(evidence, BATCH));
    for (const [name, verify, project] of [
      ['catching up from Kafka', false, false],
      ['… and checking signatures', true, false],
      ['… and filling the search tables', true, true],
    ] as const)
      await servers.withLedger((pool) =>
        measure(name, null, ENTRIES, () => catchUp(pool, kafka, TOPIC, ENTRIES, { verify, project })),
      );
    process.stderr.write('  time to proof\n');
    const single = 'bench.proof.v1';
    await fillTopic(kafka, single, []);
    proof = await servers.withLedger((pool) =>
      timeToProof(pool, kafka, single, material(20), servers.guardFile),
    );
  } finally {
    await servers.stop();
  }
  report(rows, proof);
}

function report(rows: readonly Row[], proof: readonly number[]): void {
  const base = rows.find(({ name }) => name.startsWith('plain'))?.perSecond ?? NaN;
  const table = new Table({
    head: ['what', 'batch', 'entries', 'entries/s', 'µs an entry', 'Node CPU µs', 'of plain INSERT'],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  });
  for (const { name, batch, entries, perSecond, nodeMicros } of rows)
    table.push([
      name,
      batch === null ? '' : batch.toLocaleString('en'),
      entries.toLocaleString('en'),
      perSecond.toLocaleString('en'),
      (1e6 / perSecond).toFixed(1),
      nodeMicros.toFixed(1),
      `${Math.round((100 * perSecond) / base)} %`,
    ]);
  const at = (share: number) =>
    Math.round(proof[Math.min(proof.length - 1, Math.floor(proof.length * share))] ?? NaN);
  const toProof = { p50: at(0.5), max: at(1), samples: proof.length };
  console.log(table.toString());
  console.log(
    `time from Kafka's acknowledgement to a signed checkpoint: p50 ${toProof.p50} ms, max ${toProof.max} ms`,
  );
  console.log(
    `${cpus().length} cores (${cpus()[0]?.model}), load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}, fsync on`,
  );
  mkdirSync(projectFile('.wasl/bench'), { recursive: true });
  writeFileSync(
    projectFile('.wasl/bench/ledger.json'),
    JSON.stringify(
      { at: new Date().toISOString(), node: process.version, rows, toProofMs: toProof },
      null,
      2,
    ) + '\n',
  );
}
