import { Injectable } from '@nestjs/common';
import { CompiledContract, fetchedReferences, type Finding, SchemaWorkers, topicOfUrn } from '#contracts';
import { WaslError } from '#protocol';
import { SchemaStore } from '../schemas/schema-store.js';
import { subjectOf } from '../topics.js';

const text = (maxLength: number) => ({ type: 'string', maxLength });
const EXAMPLES = {
  type: 'array',
  maxItems: 200,
  items: {
    type: 'object',
    required: ['file', 'text'],
    additionalProperties: false,
    properties: { file: text(200), text: text(64 * 1024) },
  },
};

const REQUEST = CompiledContract.compile(
  JSON.stringify({
    type: 'object',
    required: ['schema'],
    additionalProperties: false,
    properties: {
      schema: { type: 'string' },
      contract: { type: 'string' },
      examples: {
        type: 'object',
        additionalProperties: false,
        properties: { valid: EXAMPLES, invalid: EXAMPLES },
      },
      national: { type: 'boolean' },
    },
  }),
);

interface LintRequest {
  schema: string;
  /** text of `contract.yaml`; without it only the schema is judged */
  contract?: string;
  examples?: Partial<Record<'valid' | 'invalid', { file: string; text: string }[]>>;
  national?: boolean;
}

/** Judges contracts by the house rules; schemas that they refer to are those published last. */
@Injectable()
export class LintService {
  constructor(
    private readonly schemas: SchemaStore,
    private readonly workers: SchemaWorkers,
  ) {}

  /** @throws WaslError `malformed-request`, `too-many-requests` */
  async lint(body: unknown): Promise<Finding[]> {
    const violations = REQUEST.validate(body);
    if (violations.length > 0) {
      throw new WaslError('malformed-request', 'the body is not as expected', { violations });
    }
    const { schema, contract, examples = {}, national = false } = body as LintRequest;
    const references = await fetchedReferences(schema, (urn) => this.publishedText(urn));
    const texts = { schema: { file: 'schema.json', text: schema }, references };
    if (contract === undefined) return this.workers.houseFindings(texts);
    return this.workers.houseFindings(
      {
        ...texts,
        contract: { file: 'contract.yaml', text: contract },
        examples: { valid: examples.valid ?? [], invalid: examples.invalid ?? [] },
      },
      { national },
    );
  }

  private async publishedText(urn: string): Promise<string | undefined> {
    return (await this.schemas.version(subjectOf(topicOfUrn(urn)!), 'latest'))?.text;
  }
}
