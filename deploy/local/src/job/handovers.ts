import { setTimeout as sleep } from 'node:timers/promises';
import { AUDIT_DESK, BIRTH_TOPIC, ENROLMENT, SOCIAL_RIGHTS, TERRITORY_TOPIC } from '../population.js';
import { figure, type Say } from '../progress.js';
import { call, type Clients } from './clients.js';

interface ExchangePage {
  items: { message: string | null }[];
  cursor: string | null;
}

const PATIENCE_MS = 30_000;

/** Messages of a topic that the journal shows as handed over to a recipient, each counted once. */
async function handedOver(clients: Clients, recipient: string, topic: string): Promise<number> {
  const messages = new Set<string>();
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ recipient, topic, event: 'SubmissionAcceptance', limit: '500' });
    if (cursor) query.set('cursor', cursor);
    const page: ExchangePage = await call<ExchangePage>(
      clients.as(AUDIT_DESK, 'auditor'),
      clients.environment.audit,
      'GET',
      `/v1/exchanges?${query.toString()}`,
    );
    for (const { message } of page.items) if (message) messages.add(message);
    cursor = page.cursor;
  } while (cursor);
  return messages.size;
}

/** Waits until the auditor sees every message signed for by its recipients. Returns how many the journal shows. */
export async function untilHandedOver(
  clients: Clients,
  expected: { units: number; births: number },
  say: Say,
): Promise<number> {
  const total = expected.units * 2 + expected.births;
  for (const began = Date.now(); ;) {
    const count =
      (await handedOver(clients, SOCIAL_RIGHTS, TERRITORY_TOPIC)) +
      (await handedOver(clients, ENROLMENT, TERRITORY_TOPIC)) +
      (await handedOver(clients, SOCIAL_RIGHTS, BIRTH_TOPIC));
    say(`${figure(count)} of ${figure(total)}`);
    if (count >= total || Date.now() - began > PATIENCE_MS) return count;
    await sleep(500);
  }
}
