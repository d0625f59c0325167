import { Injectable } from '@nestjs/common';
import { type Finding, parseTopic, SchemaWorkers } from '#contracts';
import { type Violation, WaslError } from '#protocol';
import { ContractStore } from '../contract-store.js';
import { requireTopic } from '../lifecycle/contract-access.js';
import { type SchemaContent, SchemaGateway } from '../schema-gateway.js';
import { subjectOf } from '../../topics.js';
import { ChangeCheck, type ChangeVerdict, isBreaking } from './change-check.js';
import { type Affected, Consumers } from './consumers.js';
import { type Offer, offerOf } from './offer.js';

/** `first` version, the content that is newest already, or another one that fits or breaks what was before. */
export type Change = 'first' | 'unchanged' | 'compatible' | 'breaking';

export interface Judgement extends Partial<ChangeVerdict> {
  change: Change;
}

export interface Plan extends Judgement, Affected {
  topic: string;
  subject: string;
  /** number that the version would get */
  version: number;
  /** what the house rules say of the schema, places in the text as sent */
  lint: Finding[];
  offer?: Offer;
}

/** Says what publishing a content would mean, before anything happens. */
@Injectable()
export class Planner {
  constructor(
    private readonly contracts: ContractStore,
    private readonly schemas: SchemaGateway,
    private readonly check: ChangeCheck,
    private readonly consumers: Consumers,
    private readonly workers: SchemaWorkers,
  ) {}

  async plan(topic: string, content: SchemaContent, schemaText: string, at: Date): Promise<Plan> {
    const parts = requireTopic(topic);
    const { judgement, latest, next } = await this.judge(topic, content);
    const affected = await this.consumers.affected(topic, at);
    const schema = { file: 'schema.json', text: schemaText };
    const lint = (await this.workers.houseFindings({ schema })).slice(0, MOST_FINDINGS);
    const version = judgement.change === 'unchanged' ? latest : next;
    const plan: Plan = { topic, subject: subjectOf(topic).subject, version, ...judgement, ...affected, lint };
    if (judgement.change !== 'breaking') return plan;
    return { ...plan, offer: offerOf(parts, await this.contracts.highestMajor(parts.name), at) };
  }

  /** The verdicts alone, the number of the newest version (0 if there is none), and that of the one to come. */
  async judge(
    topic: string,
    content: SchemaContent,
  ): Promise<{ judgement: Judgement; latest: number; next: number }> {
    // Read first: a version that is registered while this is judged gets the number, and shows by that.
    const next = await this.schemas.nextNumber(topic);
    const newest = await this.schemas.version(topic, 'latest');
    const numbers = { latest: newest?.version ?? 0, next };
    if (!newest) return { judgement: { change: 'first' }, ...numbers };
    if (this.schemas.isContentOf(newest, content)) return { judgement: { change: 'unchanged' }, ...numbers };
    const verdict = await this.check.verdict(topic, content);
    return { judgement: { change: isBreaking(verdict) ? 'breaking' : 'compatible', ...verdict }, ...numbers };
  }

  /** @throws WaslError `breaking-change`, saying how it can be published; `conflict` if there is nothing to publish */
  requirePublishable(topic: string, judgement: Judgement): void {
    if (judgement.change === 'unchanged')
      throw new WaslError('conflict', 'the newest version has this content already');
    if (judgement.change !== 'breaking') return;
    const { name, major } = parseTopic(topic)!;
    const detail = `this change breaks the contract: publish it as the next major (${name}.v${major + 1} or later); POST /v1/contracts/${topic}/plan says how`;
    throw new WaslError('breaking-change', detail, { violations: reasonsOf(judgement) });
  }
}

const MOST_REASONS = 20;
const MOST_FINDINGS = 200;

function reasonsOf({ confluent, semantic }: Judgement): Violation[] {
  const messages = (confluent?.messages ?? []).map((message) => ({
    pointer: '',
    rule: confluent!.level,
    message,
  }));
  const reasons = (semantic?.reasons ?? []).map(({ pointer, rule, hint }) => ({
    ...{ pointer, rule },
    message: hint.en,
  }));
  return [...messages, ...reasons].slice(0, MOST_REASONS);
}
