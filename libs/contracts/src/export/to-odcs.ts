import { stringify } from 'yaml';
import { canonicalText } from '../canonical.js';
import { contractUrn } from '../contract-references.js';
import type { ContractState, ExportedContract, Installation } from './exported-contract.js';
import {
  CUSTOM,
  type OdcsCustom,
  type OdcsDefinition,
  type OdcsDocument,
  type OdcsSla,
} from './odcs-document.js';
import { type ClassOf, odcsProperties } from './odcs-properties.js';

const STATUS: Record<ContractState, string> = {
  draft: 'draft',
  'in-review': 'proposed',
  active: 'active',
  deprecated: 'deprecated',
  retired: 'retired',
};

/** The contract as an ODCS 3.1 document. The exact schema goes with it: ODCS has no words for branches and references. */
export function toOdcs(contract: ExportedContract, installation: Installation): OdcsDocument {
  const { topic, name, governance, version } = contract;
  const [domain, simpleName] = name.split('.') as [string, string];
  const stewards = governance.stewards.map(({ email, ...steward }) => ({
    username: email ?? steward.name,
    ...steward,
  }));
  const { kafka } = installation;
  return {
    version: `${contract.major}.${version}.0`,
    apiVersion: 'v3.1.0',
    kind: 'DataContract',
    id: contractUrn(contract),
    status: STATUS[contract.state ?? 'active'],
    name,
    tenant: governance.owner.split(':')[2]!,
    domain,
    description: {
      purpose: governance.purpose,
      usage: governance.description.fr,
      limitations: `${governance.classification} · ${governance.legalBasis.reference}`,
    },
    ...(kafka === undefined || governance.kind === 'type'
      ? {}
      : { servers: [{ server: 'bus', type: 'kafka', host: kafka, format: 'json' }] }),
    schema: [
      {
        name: simpleName,
        physicalName: topic,
        physicalType: governance.kind === 'type' ? 'type' : 'topic',
        logicalType: 'object',
        businessName: governance.titles.fr,
        description: governance.description.fr,
        properties: odcsProperties(contract.flat, classOf(contract)),
        customProperties: [{ property: CUSTOM.jsonSchema, value: canonicalText(contract.schemaText) }],
      },
    ],
    support: governance.stewards.flatMap(({ email, name: channel }) =>
      email === undefined ? [] : [{ channel, url: `mailto:${email}`, tool: 'email', scope: 'interactive' }],
    ),
    team: { name: governance.owner, members: stewards },
    ...(governance.kind === 'type' ? {} : { roles: roles(governance.owner) }),
    slaProperties: slaProperties(contract),
    authoritativeDefinitions: definitions(contract, installation.registry),
    customProperties: customProperties(contract),
  };
}

/** As a YAML file, in a stable order of members. */
export function toOdcsYaml(contract: ExportedContract, installation: Installation): string {
  return stringify(toOdcs(contract, installation), { lineWidth: 0, aliasDuplicateObjects: false });
}

function roles(owner: string): NonNullable<OdcsDocument['roles']> {
  return [
    { role: 'publisher', access: 'write', firstLevelApprovers: owner },
    { role: 'consumer', access: 'read', firstLevelApprovers: owner },
  ];
}

/** The class of the nearest place that has one, else that of the contract. */
function classOf({ governance: { fields = {}, classification } }: ExportedContract): ClassOf {
  return (path) => {
    for (let at = path; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
      if (Object.hasOwn(fields, at)) return fields[at]!;
    }
    return classification;
  };
}

function slaProperties({ governance, sunset, topic }: ExportedContract): OdcsSla[] {
  const all: OdcsSla[] = [];
  if (governance.kind !== 'type') {
    if (governance.retention !== undefined) {
      all.push({ property: 'retention', ...duration(governance.retention), driver: 'regulatory' });
    }
    for (const [property, value] of Object.entries(governance.sla ?? {})) {
      all.push({ property, value, element: topic, driver: 'operational' });
    }
  }
  if (sunset !== undefined) all.push({ property: 'endOfLife', value: sunset, driver: 'regulatory' });
  return all;
}

/** Years and days as number and unit, as ODCS does; other durations as they are. */
function duration(text: string): { value: number | string; unit?: string } {
  const [, value, unit] = /^P([1-9]\d{0,5})([YD])$/.exec(text) ?? [];
  return value === undefined ? { value: text } : { value: Number(value), unit: unit === 'Y' ? 'y' : 'd' };
}

function definitions({ topic, version, guid }: ExportedContract, registry: string): OdcsDefinition[] {
  const type = 'implementation';
  const subject = `${registry}/subjects/${encodeURIComponent(`${topic}-value`)}/versions/${version}`;
  return [
    { url: subject, type, description: 'The schema in the registry' },
    ...(guid === undefined
      ? []
      : [{ url: `${registry}/schemas/guids/${guid}`, type, description: 'The schema, immutable' }]),
  ];
}

function customProperties({ governance }: ExportedContract): OdcsCustom[] {
  const { titles, description, classification, fields, legalBasis, languages } = governance;
  const all: Record<string, unknown> = {
    [CUSTOM.titles]: titles,
    [CUSTOM.description]: description,
    [CUSTOM.classification]: classification,
    [CUSTOM.fields]: fields,
    [CUSTOM.legalBasis]: legalBasis,
    [CUSTOM.languages]: languages,
    [CUSTOM.kind]: governance.kind,
    ...(governance.kind === 'type'
      ? {}
      : { [CUSTOM.deletion]: governance.deletion, [CUSTOM.partitions]: governance.partitions }),
  };
  return Object.entries(all).flatMap(([property, value]) => (value === undefined ? [] : { property, value }));
}
