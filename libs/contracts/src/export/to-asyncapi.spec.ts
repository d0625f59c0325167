import { type Diagnostic, Parser } from '@asyncapi/parser';
import { describe, expect, it } from 'vitest';
import { EXPORTED, INSTALLATION } from './spec-contracts.js';
import { toAsyncApi } from './to-asyncapi.js';

const subject = { id: 'urn:wasl:contract:demo', title: 'Demo', version: '1.1.0' };
/** severity of a diagnostic */
const ERROR = 0;
const parser = new Parser();
const errors = (diagnostics: Diagnostic[]) =>
  diagnostics.filter(({ severity }) => Number(severity) === ERROR);

describe.each(EXPORTED.map((contract) => [contract.topic, contract] as const))('%s', (_topic, contract) => {
  it('is a document that the AsyncAPI parser has nothing against', async () => {
    const { document, diagnostics } = await parser.parse(
      toAsyncApi(subject, [contract], INSTALLATION) as never,
    );
    expect(errors(diagnostics)).toEqual([]);
    expect(document?.channels().all()).toHaveLength(contract.governance.kind === 'type' ? 0 : 1);
  });
});

it('has all topics of a member in one document', async () => {
  const { document, diagnostics } = await parser.parse(toAsyncApi(subject, EXPORTED, INSTALLATION) as never);
  expect(errors(diagnostics)).toEqual([]);
  const topics = EXPORTED.filter(({ governance }) => governance.kind !== 'type');
  expect(
    document
      ?.channels()
      .all()
      .map((channel) => channel.address()),
  ).toEqual(topics.map(({ topic }) => topic));
});

it('resolves references of payloads and applies the CloudEvents trait', async () => {
  const birth = EXPORTED.filter(({ name }) => name === 'civil-status.birth');
  const { document } = await parser.parse(toAsyncApi(subject, birth, INSTALLATION) as never);
  const [message] = document!.allMessages().all();
  expect(message!.headers()?.property('ce_id')?.type()).toBe('string');
  expect(message!.payload()?.json<{ schema: unknown }>().schema).toMatchObject({
    type: 'object',
    additionalProperties: false,
  });
  expect(message!.bindings().get('kafka')?.json()).toMatchObject({ schemaIdLocation: 'header' });
  expect(document!.servers().all()[0]!.bindings().get('kafka')?.json()).toMatchObject({
    schemaRegistryUrl: INSTALLATION.registry,
    schemaRegistryVendor: 'confluent',
  });
});

it('leaves the server out of a registry that knows no Kafka', async () => {
  const document = toAsyncApi(subject, EXPORTED, { registry: 'https://registry.example' });
  expect(document).not.toHaveProperty('servers');
  const { diagnostics } = await parser.parse(document as never);
  expect(errors(diagnostics)).toEqual([]);
});
