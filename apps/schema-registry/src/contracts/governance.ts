import { CompiledContract, type Governance } from '#contracts';
import { WaslError } from '#protocol';

/** What is said of a contract when it is published; retention and service levels may come later. */
export type GovernanceRequest = Omit<Governance, 'retention' | 'sla'> &
  Partial<Pick<Governance, 'retention' | 'sla'>>;

const text = (maxLength: number) => ({ type: 'string', minLength: 1, maxLength });

const REQUEST = CompiledContract.compile(
  JSON.stringify({
    type: 'object',
    required: [
      'name',
      'owner',
      'titles',
      'classification',
      'purpose',
      'legalBasis',
      'deletion',
      'partitions',
    ],
    additionalProperties: false,
    properties: {
      name: text(128),
      owner: { type: 'string', maxLength: 256, pattern: '^urn:wasl:[a-z]{2}:[a-z0-9-]{1,63}$' },
      titles: {
        type: 'object',
        required: ['fr', 'ar', 'en'],
        additionalProperties: false,
        properties: { fr: text(200), ar: text(200), en: text(200) },
      },
      classification: { enum: ['P0', 'P1', 'P2', 'P3'] },
      purpose: text(2_000),
      legalBasis: text(2_000),
      deletion: { type: 'boolean' },
      retention: text(500),
      sla: { type: 'object', maxProperties: 20, additionalProperties: text(200) },
      partitions: { type: 'integer', minimum: 1, maximum: 100 },
    },
  }),
);

/** @throws WaslError `malformed-request` with every violation */
export function parseGovernance(body: unknown, name: string): GovernanceRequest {
  const violations = REQUEST.validate(body);
  if (violations.length > 0) {
    throw new WaslError('malformed-request', 'the governance of a contract is not as expected', {
      violations,
    });
  }
  const governance = body as GovernanceRequest;
  if (governance.name !== name) {
    throw new WaslError('malformed-request', `the name of this topic's contract is ${name}`, {
      violations: [{ pointer: '/name', rule: 'const' }],
    });
  }
  return governance;
}
