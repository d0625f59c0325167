import { describe, expect, it } from 'vitest';
import type { ContractFile } from '#contracts';
import { WaslError } from '#protocol';
import { planContracts } from './contract-planner.js';
import { applyContracts, type AuthorisedCalls } from './contract-publisher.js';
import type { ChannelRequest } from './http-channel.js';

const governance = { name: 'x', owner: 'urn:wasl:dz:interior' } as unknown as ContractFile['governance'];
const contract = (name: string, ...references: string[]): ContractFile => ({
  topic: `${name}.v1`,
  name,
  major: 1,
  schemaText: JSON.stringify({
    allOf: references.map((other) => ({ $ref: `urn:wasl:contract:${other}:v1` })),
  }),
  references: new Map(),
  governance,
  examples: { valid: [], invalid: [] },
});

/** A registry of canned answers by method and path; 404 where there is none. */
class Canned implements AuthorisedCalls {
  readonly calls: { call: string; body: unknown }[] = [];

  constructor(private readonly answers: Record<string, object>) {}

  authorised(_base: string, { method, path, body }: ChannelRequest) {
    const call = `${method} ${path}`;
    this.calls.push({
      call,
      body: body === undefined ? undefined : JSON.parse(Buffer.from(body).toString()),
    });
    const answer = this.answers[call];
    if (answer === undefined) return Promise.reject(new WaslError('not-found', call));
    return Promise.resolve({
      status: 200,
      header: () => undefined,
      body: Buffer.from(JSON.stringify(answer)),
    });
  }

  bodyOf(call: string): unknown {
    return this.calls.find((made) => made.call === call)?.body;
  }
}

const stored = { topic: 'x', major: 1, versions: [{ version: 1 }], ...governance };
const plan = (answers: Record<string, object>, ...contracts: ContractFile[]) =>
  planContracts(new Canned(answers), 'http://registry.test', contracts);

describe('a plan', () => {
  it('is of a first version where nothing is there', async () => {
    expect(await plan({}, contract('a.b'))).toEqual([
      { topic: 'a.b.v1', governance: 'new', change: 'first', reasons: [], consumers: [], follows: [] },
    ]);
  });

  it('leaves alone what any version has already', async () => {
    const answers = { 'GET /v1/contracts/a.b.v1': stored, 'POST /subjects/a.b.v1-value': { version: 3 } };
    expect(await plan(answers, contract('a.b'))).toMatchObject([
      { governance: 'unchanged', change: 'unchanged', version: 3 },
    ]);
  });

  it('tells of changed governance', async () => {
    const answers = { 'GET /v1/contracts/a.b.v1': { ...stored, purpose: 'another' } };
    expect(await plan(answers, contract('a.b'))).toMatchObject([{ governance: 'changed' }]);
  });

  it('tells verdicts, examples, consumers and the offer of a new major', async () => {
    const answers = {
      'GET /v1/contracts/a.b.v1': stored,
      'POST /v1/contracts/a.b.v1/plan': {
        ...{ change: 'breaking', version: 2 },
        confluent: {
          compatible: false,
          messages: [
            '{errorType:"REQUIRED_ATTRIBUTE_ADDED", description:"removed"}',
            '{oldSchemaVersion: 1}',
            `{oldSchema: '{"type":"object"}'}`,
            `{validateFields: 'false', compatibility: 'BACKWARD'}`,
          ],
        },
        semantic: { reasons: [{ pointer: '/x', rule: 'r', example: 5, hint: { en: 'Better' } }] },
        consumers: [{ system: 'urn:wasl:dz:education:enrolment' }],
        offer: { topic: 'a.b.v2', sunset: '2027-05-01T00:00:00Z', steps: [] },
      },
    };
    expect(await plan(answers, contract('a.b'))).toMatchObject([
      {
        ...{ change: 'breaking', version: 2 },
        reasons: [{ message: 'removed' }, { pointer: '/x', rule: 'r', message: 'Better', example: 5 }],
        consumers: ['urn:wasl:dz:education:enrolment'],
        offer: { topic: 'a.b.v2', sunset: '2027-05-01T00:00:00Z' },
      },
    ]);
  });

  it('says of a registry that makes no plans only what is certain', async () => {
    expect(await plan({ 'GET /v1/contracts/a.b.v1': stored }, contract('a.b'))).toMatchObject([
      { change: 'unknown' },
    ]);
  });

  it('follows types that change: those not there yet keep the registry from judging', async () => {
    const answers = {
      'GET /v1/contracts/a.b.v1': stored,
      'POST /v1/contracts/a.b.v1/plan': { change: 'unchanged', version: 4 },
    };
    expect(await plan(answers, contract('common.t'), contract('a.b', 'common.t'))).toMatchObject([
      { change: 'first' },
      { change: 'unknown', follows: ['common.t.v1'] },
    ]);
    const changing = {
      ...answers,
      'GET /v1/contracts/common.t.v1': stored,
      'POST /v1/contracts/common.t.v1/plan': { change: 'compatible', version: 2 },
    };
    const plans = await plan(changing, contract('common.t'), contract('a.b', 'common.t'));
    expect(plans).toMatchObject([{ change: 'compatible' }, { change: 'unknown', follows: ['common.t.v1'] }]);
    expect(plans[1]).not.toHaveProperty('version');
  });
});

describe('applying', () => {
  it('refers to the versions published just before, else to the latest', async () => {
    const registry = new Canned({
      'PUT /v1/contracts/common.t.v1': {},
      'PUT /v1/contracts/a.b.v1': {},
      'POST /subjects/common.t.v1-value': { version: 7 },
      'POST /subjects/a.b.v1-value': { version: 2 },
    });
    const done: string[] = [];
    const contracts = [contract('common.t'), contract('a.b', 'common.t', 'common.other')];
    await applyContracts(registry, 'http://registry.test', contracts, ({ topic }) => done.push(topic));
    expect(registry.bodyOf('POST /subjects/a.b.v1-value')).toMatchObject({
      references: [
        { name: 'urn:wasl:contract:common.other:v1', subject: 'common.other.v1-value', version: -1 },
        { name: 'urn:wasl:contract:common.t:v1', subject: 'common.t.v1-value', version: 7 },
      ],
    });
    expect(done).toEqual(['common.t.v1', 'a.b.v1']);
  });
});
