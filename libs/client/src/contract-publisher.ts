import { canonicalText, type ContractFile, referencesOf, topicOfUrn } from '#contracts';
import { WaslError } from '#protocol';
import type { ChannelRequest, ChannelResponse } from './http-channel.js';

/** What applying one contract file did: nothing is written where nothing changed. */
export interface AppliedContract {
  topic: string;
  governance: 'created' | 'changed' | 'unchanged';
  /** Version of the subject `<topic>-value` that now holds the file's schema. */
  version: number;
  schema: 'registered' | 'unchanged';
}

/** The part of WaslClient that this needs. */
export interface AuthorisedCalls {
  authorised(baseUrl: string, request: ChannelRequest): Promise<ChannelResponse>;
}

export const CONFLUENT = 'application/vnd.schemaregistry.v1+json';

export function json<T>(response: ChannelResponse): T {
  return JSON.parse(response.body.toString('utf8')) as T;
}

/** `undefined` instead of `not-found`. */
export async function orUndefined<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof WaslError && error.code === 'not-found') return undefined;
    throw error;
  }
}

/** Versions of topics by topic: what a contract is to refer to. */
type PublishedVersions = ReadonlyMap<string, number>;

/** -1 is the latest version. */
const LATEST = -1;

/** A contract's schema and references as the registry takes them; those without a published version at their latest. */
export function registrationOf(
  contract: ContractFile,
  published: PublishedVersions,
): Record<string, unknown> {
  const references = referencesOf(contract.schemaText).map((name) => {
    const topic = topicOfUrn(name)!;
    return { name, subject: `${topic}-value`, version: published.get(topic) ?? LATEST };
  });
  const schema = canonicalText(contract.schemaText);
  return { schemaType: 'JSON', schema, ...(references.length > 0 ? { references } : {}) };
}

/**
 * Publishes a contract file: governance first, then its schema as a version of `<topic>-value`. Idempotent. What it
 * refers to has to be published before.
 * @param registry base URL of the schema registry
 * @param published versions to refer to
 * @throws WaslError with the registry's reason
 */
export async function applyContract(
  client: AuthorisedCalls,
  registry: string,
  contract: ContractFile,
  published: PublishedVersions = new Map(),
): Promise<AppliedContract> {
  const path = `/v1/contracts/${encodeURIComponent(contract.topic)}`;
  const governed = await client.authorised(registry, {
    method: 'PUT',
    path,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(contract.governance)),
  });
  const subject = `/subjects/${encodeURIComponent(`${contract.topic}-value`)}`;
  const body = Buffer.from(JSON.stringify(registrationOf(contract, published)));
  const post = (target: string) =>
    client.authorised(registry, {
      method: 'POST',
      path: target,
      headers: { 'content-type': CONFLUENT },
      body,
    });
  const known = await orUndefined(post(subject));
  if (!known) await post(`${subject}/versions`);
  const { version } = json<{ version: number }>(known ?? (await post(subject)));
  return {
    topic: contract.topic,
    governance:
      governed.status === 201
        ? 'created'
        : governed.header('wasl-changed') === 'false'
          ? 'unchanged'
          : 'changed',
    version,
    schema: known ? 'unchanged' : 'registered',
  };
}

/**
 * Publishes contracts in turn, each referring to the versions published just before.
 * @param contracts each after those it refers to, as `readContracts` gives them
 * @param report told of each as it is done, so that a failure later on leaves no doubt
 */
export async function applyContracts(
  client: AuthorisedCalls,
  registry: string,
  contracts: readonly ContractFile[],
  report: (applied: AppliedContract) => void = () => undefined,
): Promise<AppliedContract[]> {
  const published = new Map<string, number>();
  const all: AppliedContract[] = [];
  for (const contract of contracts) {
    const applied = await applyContract(client, registry, contract, published);
    published.set(applied.topic, applied.version);
    all.push(applied);
    report(applied);
  }
  return all;
}
