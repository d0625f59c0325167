import { applyContracts } from '#client';
import { readContracts } from '#contracts';
import { isAcknowledgementReceipt, parseManifest, type Receipt } from '#protocol';
import { projectFile } from '#service';
import { BIRTH_VIOLATIONS } from '../../data/violations.js';
import type { Installation } from '../installation.js';
import { AUDIT_DESK, STEWARD } from '../population.js';
import { figure, step } from '../progress.js';
import { figureOf, type Figure, type JobReport } from '../report.js';
import type { Environment } from '../services.js';
import { Clients } from './clients.js';
import { digestOf, type TableToCompare } from './comparison.js';
import { createConnectors, deadLettersOf, receiptsOf, untilCarried, type DeadLetter } from './connectors.js';
import { makeAgreements, registerMembers } from './control-plane.js';
import { untilHandedOver } from './handovers.js';
import { askWithoutAgreement } from './refusal.js';
import { columnsOf, type Databases } from './registries.js';
import { verifyReceipts } from './verification.js';

interface Setting {
  installation: Installation;
  environment: Environment;
  databases: Databases;
  stopped: AbortSignal;
}

const SOURCES = ['territory-units', 'civil-births'];

/** The rows of a consumer's table against the valid rows of its source, digest against digest. */
async function compare(
  what: string,
  source: string,
  target: string,
  table: Omit<TableToCompare, 'columns'>,
  spoilt: string[],
) {
  const of = { ...table, columns: await columnsOf(target, table.table) };
  const [sent, kept] = [await digestOf(source, of, 'deleted_at IS NULL', spoilt), await digestOf(target, of)];
  const shown = ({ rows, digest }: { rows: number; digest: string }) =>
    `${figure(rows)} rows, ${digest.slice(0, 8)}`;
  return figureOf(what, shown(kept), shown(sent));
}

async function comparisons({
  territoryRegistry,
  civilRegistry,
  rights,
  enrolment,
  spoiltActs,
}: Databases): Promise<Figure[]> {
  const units = { table: 'territory_unit', key: ['code_list', 'code'] };
  return [
    await compare('territories at social protection', territoryRegistry, rights, units, []),
    await compare('territories at education', territoryRegistry, enrolment, units, []),
    await compare(
      'births at social protection',
      civilRegistry,
      rights,
      { table: 'birth', key: ['act_number'] },
      spoiltActs,
    ),
  ];
}

/** Rejections by kind; a letter may carry more rules than its kind's, so the kind is what decides. */
function byReason(letters: DeadLetter[]): JobReport['rejections'] {
  return BIRTH_VIOLATIONS.map(({ kind, pointer, rule }) => ({
    reason: `${kind} (${pointer} ${rule})`,
    count: letters.filter(({ reasons }) =>
      reasons.some((one) => one.pointer === pointer && one.rule === rule),
    ).length,
  }));
}

function exampleOf(receipts: Receipt[]): JobReport['example'] {
  const [first] = receipts;
  if (!first || isAcknowledgementReceipt(first)) return { id: '<message id>', sender: STEWARD };
  const { jti, iss } = parseManifest(first.manifest).claims;
  return { id: jti, sender: iss };
}

/** From registry to database, to the verified receipt: everything that `npm start` shows. */
export async function runMainJob({
  installation,
  environment,
  databases,
  stopped,
}: Setting): Promise<JobReport> {
  const clients = new Clients(installation, environment);
  try {
    await step('members, systems and keys', () => registerMembers(clients, installation));
    const steward = clients.as(STEWARD, 'steward');
    await step('data contracts', async (say) => {
      const contracts = readContracts(projectFile('schemas'));
      await applyContracts(steward, environment.registry, contracts);
      const types = contracts.filter(({ governance }) => governance.kind === 'type').length;
      say(`${contracts.length - types}, over ${types} common types`);
    });
    await step('agreements, approved by both sides', async (say) =>
      say(String(await makeAgreements(clients))),
    );
    const names = await step('connectors', async (say) => {
      const created = await createConnectors(clients);
      say(String(created.length));
      return created;
    });
    const { units, births, spoiltActs } = databases;
    const expected = { units, births: births - spoiltActs.length };
    await step('records carried to the consumers', (say) =>
      untilCarried(clients, names, databases, expected, stopped, say),
    );
    const refused = await askWithoutAgreement(clients);
    const handed = await step('signed for by the consumers', (say) =>
      untilHandedOver(clients, expected, say),
    );
    const receipts = (await Promise.all(SOURCES.map((name) => receiptsOf(clients, name)))).flat();
    const letters = await deadLettersOf(clients, 'civil-births');
    const trust = await steward.trust();
    const auditor = clients.as(AUDIT_DESK, 'auditor');
    const verification = await step('receipts verified against the ledger', (say) =>
      verifyReceipts(receipts, trust, environment.audit, auditor, say),
    );
    const figures = [
      ...(await comparisons(databases)),
      figureOf('births refused with a reason', letters.length, spoiltActs.length),
      figureOf('births asked for without an agreement', refused, 'no-agreement'),
      figureOf('receipts handed out', receipts.length, units + expected.births),
      figureOf('receipts verified in the ledger', verification.verified, receipts.length),
      figureOf('messages signed for by consumers', handed, units * 2 + expected.births),
      figureOf('receipts that do not verify', verification.failures[0] ?? 'none', 'none'),
    ];
    const rejections = byReason(letters);
    const asExpected = figures.every(({ ok }) => ok) && rejections.every(({ count }) => count > 0);
    return {
      figures,
      rejections,
      checkpoint: verification.checkpoint,
      asExpected,
      example: exampleOf(receipts),
    };
  } finally {
    await clients.close();
  }
}
