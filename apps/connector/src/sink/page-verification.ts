import { pause, type MessageVerifier, type PulledMessage, type VerifiedMessage } from '#client';
import { WaslError } from '#protocol';
import type { DeadLetter } from '../dead-letters/dead-letter.js';
import { TaskFailure } from '../worker/task-failure.js';

export interface VerifiedPage {
  verified: (PulledMessage & VerifiedMessage)[];
  unverifiable: DeadLetter[];
}

/** Few enough that others find the thread pool free, many enough to keep it busy. */
const AT_ONCE = 16;
const KEY_WAIT_MS = 200;
const KEY_WAITS = 10;

/**
 * Verifies every message of a page. One that does not verify is set aside, not applied and not signed for; more
 * than `maxUnverifiable` in one page mean that the trust or the gateway is broken, not the messages.
 * Throws TaskFailure for that, before anything of the page was applied.
 */
export async function verifyPage(
  messages: PulledMessage[],
  currentVerifier: () => MessageVerifier,
  maxUnverifiable: number,
): Promise<VerifiedPage> {
  const verifier = await verifierKnowing(messages, currentVerifier);
  const page: VerifiedPage = { verified: [], unverifiable: [] };
  for (let first = 0; first < messages.length; first += AT_ONCE) {
    const some = messages.slice(first, first + AT_ONCE);
    for (const outcome of await Promise.all(some.map((message) => verifyOne(message, verifier)))) {
      if ('code' in outcome) page.unverifiable.push(outcome);
      else page.verified.push(outcome);
    }
  }
  if (page.unverifiable.length > maxUnverifiable) {
    const reasons = [...new Set(page.unverifiable.map(({ code }) => code))].join(', ');
    throw new TaskFailure(
      `${page.unverifiable.length} messages of one page could not be verified (${reasons}). Nothing of the page ` +
        'was applied. Check the keys in the directory and the gateway, then restart the connector.',
    );
  }
  return page;
}

async function verifyOne(
  message: PulledMessage,
  verifier: MessageVerifier,
): Promise<(PulledMessage & VerifiedMessage) | DeadLetter> {
  try {
    return { ...message, ...(await verifier.verifyAsync(message)) };
  } catch (error) {
    if (!(error instanceof WaslError)) throw error;
    return deadLetterOf(message, error);
  }
}

/** A key may have been registered a moment ago: gives the control plane two seconds to tell of it. */
async function verifierKnowing(
  messages: PulledMessage[],
  currentVerifier: () => MessageVerifier,
): Promise<MessageVerifier> {
  for (let waits = 0; ; waits++) {
    const verifier = currentVerifier();
    if (waits >= KEY_WAITS || !messages.some((message) => verifier.lacksKeyOf(message))) return verifier;
    await pause(KEY_WAIT_MS);
  }
}

function deadLetterOf(message: PulledMessage, error: WaslError): DeadLetter {
  return {
    messageId: message.id,
    topic: message.topic,
    position: { partition: message.partition, offset: message.offset },
    key: message.key,
    value: message.payload,
    stage: 'VALUE_CONVERTER',
    code: error.code,
    detail: error.detail,
    reasons: [],
    evidence: message.evidence,
    manifest: message.manifest,
  };
}
