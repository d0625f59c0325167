import { MEMBER_PATTERN, type Violation } from '#protocol';
import { CompiledContract } from './compiled-contract.js';

/** Texts in the three languages of the platform. */
export interface Texts {
  fr: string;
  ar: string;
  en: string;
}

/** P0 public, P1 internal, P2 personal, P3 confidential */
export type Classification = 'P0' | 'P1' | 'P2' | 'P3';

/** Person or office to ask about a contract. */
export interface ContractSteward {
  name: string;
  email?: string;
  role?: string;
}

/** Why the data may be exchanged at all. */
export interface LegalBasis {
  /** T law or regulation, M public-interest mission, C convention between administrations, K traceable consent */
  type: 'T' | 'M' | 'C' | 'K';
  /** the text, mission, convention or consent itself */
  reference: string;
  /** number under which the data-protection authority allowed the processing */
  authorisationNumber?: string;
  /** who gave that number */
  authority?: string;
  /** last day on which the basis holds, `YYYY-MM-DD` */
  expires?: string;
}

interface CommonGovernance {
  /** `<domain>.<contract>` */
  name: string;
  /** URN of the owning member */
  owner: string;
  stewards: ContractSteward[];
  titles: Texts;
  description: Texts;
  /** of the contract as a whole */
  classification: Classification;
  /** of single fields: JSON pointer into the payload to class */
  fields?: Record<string, Classification>;
  purpose: string;
  legalBasis: LegalBasis;
  /** languages that labels are given in (BCP 47) */
  languages: string[];
}

/** `contract.yaml` of a topic: who owns a contract and under which rules its data may be used. */
export interface Governance extends CommonGovernance {
  kind?: 'topic';
  /** whether a record may be withdrawn by a deletion message */
  deletion: boolean;
  retention: string;
  sla: Record<string, string>;
  partitions: number;
}

/** `contract.yaml` of a common type: other contracts refer to its schema, no messages are exchanged under it. */
export interface TypeGovernance extends CommonGovernance {
  kind: 'type';
}

const text = (maxLength: number) => ({ type: 'string', minLength: 1, maxLength });
const texts = (maxLength: number) => ({
  type: 'object',
  required: ['fr', 'ar', 'en'],
  additionalProperties: false,
  properties: { fr: text(maxLength), ar: text(maxLength), en: text(maxLength) },
});
const CLASSIFICATION = { enum: ['P0', 'P1', 'P2', 'P3'] };

const COMMON = {
  name: { ...text(128), pattern: '^[a-z][a-z0-9-]{0,62}\\.[a-z][a-z0-9-]{0,62}$' },
  owner: { type: 'string', maxLength: 256, pattern: MEMBER_PATTERN },
  stewards: {
    type: 'array',
    minItems: 1,
    maxItems: 20,
    items: {
      type: 'object',
      required: ['name'],
      additionalProperties: false,
      properties: { name: text(200), email: { ...text(254), format: 'email' }, role: text(100) },
    },
  },
  titles: texts(200),
  description: texts(2_000),
  classification: CLASSIFICATION,
  fields: {
    type: 'object',
    maxProperties: 500,
    propertyNames: { maxLength: 500, pattern: '^(/([^/~]|~[01])*)+$' },
    additionalProperties: CLASSIFICATION,
  },
  purpose: text(2_000),
  legalBasis: {
    type: 'object',
    required: ['type', 'reference'],
    additionalProperties: false,
    properties: {
      type: { enum: ['T', 'M', 'C', 'K'] },
      reference: text(2_000),
      authorisationNumber: text(200),
      authority: text(300),
      expires: { type: 'string', format: 'date' },
    },
  },
  languages: {
    type: 'array',
    minItems: 1,
    maxItems: 20,
    uniqueItems: true,
    items: { type: 'string', maxLength: 35, pattern: '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$' },
  },
};

const REQUIRED = Object.keys(COMMON).filter((name) => name !== 'fields');

/** JSON Schema of `contract.yaml` of a topic, and of the governance that the registry takes. */
export const TOPIC_GOVERNANCE_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  required: [...REQUIRED, 'deletion', 'partitions'],
  additionalProperties: false,
  properties: {
    kind: { const: 'topic' },
    ...COMMON,
    deletion: { type: 'boolean' },
    retention: text(500),
    sla: { type: 'object', maxProperties: 20, additionalProperties: text(200) },
    partitions: { type: 'integer', minimum: 1, maximum: 100 },
  },
};

/** JSON Schema of `contract.yaml` of a common type. */
export const TYPE_GOVERNANCE_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  required: ['kind', ...REQUIRED],
  additionalProperties: false,
  properties: { kind: { const: 'type' }, ...COMMON },
};

let compiled: { topic: CompiledContract; type: CompiledContract } | undefined;

/** What is wrong with the governance of a contract, be it that of a topic or of a common type; `[]` if nothing is. */
export function governanceViolations(governance: unknown): Violation[] {
  compiled ??= {
    topic: CompiledContract.compile(JSON.stringify(TOPIC_GOVERNANCE_SCHEMA)),
    type: CompiledContract.compile(JSON.stringify(TYPE_GOVERNANCE_SCHEMA)),
  };
  return compiled[isType(governance) ? 'type' : 'topic'].validate(governance).map(explained);
}

/** A pattern tells only those who read patterns. */
function explained(violation: Violation): Violation {
  const isOwner = violation.pointer === '/owner' && violation.rule === 'pattern';
  return isOwner ? { ...violation, message: OWNER_FORM } : violation;
}

const OWNER_FORM =
  'the owner is the URN of a member, urn:wasl:<country>:<member>; the last part is of small letters and digits, with dashes between them';

function isType(governance: unknown): boolean {
  if (typeof governance !== 'object' || governance === null || !Object.hasOwn(governance, 'kind'))
    return false;
  return (governance as { kind: unknown }).kind === 'type';
}
