import { memberOf } from '#protocol';
import type { Role } from '#control';
import {
  type Answer,
  type CallOptions,
  CONSUMER,
  GOVERNANCE,
  type Json,
  PUBLISHER,
  STEWARD,
  STRANGER,
  TestRegistry,
} from '../spec-harness.js';

/** Another system of the owner, another steward, one that is both, and an auditor. */
export const COLLEAGUE = 'urn:wasl:dz:interior:studio';
export const SECOND_STEWARD = 'urn:wasl:dz:agency:desk';
export const BOTH = 'urn:wasl:dz:interior:office';
export const AUDITOR = 'urn:wasl:dz:agency:audit';

const MORE_ROLES: Record<string, Role[]> = {
  [COLLEAGUE]: ['publisher'],
  [SECOND_STEWARD]: ['steward'],
  [BOTH]: ['publisher', 'steward'],
  [AUDITOR]: ['auditor'],
};
const KNOWN: Record<string, Role[]> = {
  [PUBLISHER]: ['publisher'],
  [STEWARD]: ['steward'],
  [STRANGER]: ['publisher'],
  [CONSUMER]: ['consumer'],
};

export interface LifecycleCall extends CallOptions {
  ifMatch?: string;
}

export const V1 = { type: 'object', properties: { name: { type: 'string', maxLength: 100 } } };
export const V2 = { ...V1, title: 'Second' };

/** RFC 3339, in whole seconds */
export const inDays = (days: number): string =>
  new Date(Math.floor(Date.now() / 1_000 + days * 86_400) * 1_000).toISOString();

/** A registry with more people, and the calls that a contract's life takes. */
export class LifecycleRegistry {
  private topics = 0;

  private constructor(readonly registry: TestRegistry) {}

  static async start(): Promise<LifecycleRegistry> {
    const lifecycle = new LifecycleRegistry(await TestRegistry.start());
    await lifecycle.registry.publish(
      Object.entries(MORE_ROLES).map(([id, roles]) => ({
        ...{ kind: 'system', id, member: memberOf(id), roles, status: 'active' },
        names: { fr: 'Nom', ar: 'اسم', en: 'Name' },
      })),
    );
    for (const system of Object.keys(MORE_ROLES)) await lifecycle.untilKnown(system);
    return lifecycle;
  }

  stop(): Promise<void> {
    return this.registry.stop();
  }

  async call(method: string, path: string, options: LifecycleCall = {}): Promise<Answer> {
    const { as, ifMatch, headers, ...rest } = options;
    const scope = as === undefined ? '' : (MORE_ROLES[as] ?? KNOWN[as] ?? []).join(' ');
    return this.registry.call(method, `/v1/contracts/${path}`, {
      ...rest,
      headers: {
        ...headers,
        ...(as === undefined ? {} : { authorization: `Bearer ${await this.registry.token(as, { scope })}` }),
        ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
      },
    });
  }

  async govern(topic: string, changes: object = {}): Promise<void> {
    const name = topic.replace(/\.v\d+$/, '');
    const answer = await this.call('PUT', topic, { as: STEWARD, body: { ...GOVERNANCE, name, ...changes } });
    if (answer.status !== 201) throw new Error(`governance of ${topic}: ${JSON.stringify(answer.body)}`);
  }

  /** A governed topic of its own with these versions, registered as clients of Confluent do. */
  async topicWith(...schemas: object[]): Promise<string> {
    const topic = `versions.contract-${++this.topics}.v1`;
    await this.govern(topic);
    for (const schema of schemas) await this.registry.register(`${topic}-value`, schema);
    return topic;
  }

  /** `<version> <status>` of each version. */
  async statuses(topic: string): Promise<string[]> {
    const { versions } = (await this.call('GET', topic)).body;
    return versions.map(({ version, status }: Json) => `${version} ${status}`);
  }

  /** Saves a draft, whatever is there. */
  async draft(topic: string, schema: unknown, more: object = {}, as = PUBLISHER): Promise<Answer> {
    const there = await this.call('GET', `${topic}/draft`, { as: STEWARD });
    const ifMatch = there.headers.get('etag');
    const body = { schema: JSON.stringify(schema), ...more };
    return this.call('PUT', `${topic}/draft`, { as, body, ...(ifMatch === null ? {} : { ifMatch }) });
  }

  /** Saves and submits a draft. @returns its ETag */
  async submitted(topic: string, schema: unknown, more: object = {}): Promise<string> {
    await this.draft(topic, schema, more);
    const answer = await this.call('POST', `${topic}/draft/submit`, { as: PUBLISHER });
    if (answer.status !== 200) throw new Error(`submitting ${topic}: ${JSON.stringify(answer.body)}`);
    return answer.headers.get('etag')!;
  }

  /** Brings a schema through review. */
  async activated(topic: string, schema: unknown, more: object = {}): Promise<Answer> {
    const ifMatch = await this.submitted(topic, schema, more);
    return this.call('POST', `${topic}/draft/approve`, { as: STEWARD, ifMatch });
  }

  /** Control records of the versions of a topic, as soon as there are so many. */
  async versionRecords(topic: string, count: number): Promise<Json[]> {
    const of = (items: Json[]) => items.filter((item) => item.kind === 'version' && item.topic === topic);
    return of(await this.registry.control((items) => of(items).length >= count));
  }

  /** Evidence about a contract, as soon as there is so much. */
  async evidence(topic: string, count: number): Promise<Json[]> {
    const of = (items: Json[]) => items.filter(({ sub }) => sub === `urn:wasl:contract:${topic}`);
    return of(await this.registry.evidence((items) => of(items).length >= count));
  }

  private async untilKnown(system: string): Promise<void> {
    for (const deadline = Date.now() + 10_000; Date.now() < deadline;) {
      if ((await this.call('POST', 'x.y.v1/plan', { as: system, body: {} })).status !== 401) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`${system} stays unknown`);
  }
}
