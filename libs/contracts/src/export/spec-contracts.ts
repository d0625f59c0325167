import { join } from 'node:path';
import { bundleSchema } from '../bundle.js';
import { readContracts } from '../contract-files.js';
import type { SchemaObject } from '../schema-walk.js';
import type { ExportedContract } from './exported-contract.js';

/** The contracts of the national release as exports take them. */
export const RELEASE = readContracts(join(import.meta.dirname, '../../../../schemas'));

export const EXPORTED: ExportedContract[] = RELEASE.map((contract, index) => ({
  topic: contract.topic,
  name: contract.name,
  major: contract.major,
  version: 1,
  id: index + 1,
  guid: `e1f0c5a4-5f6b-3d4e-9c1a-${String(index).padStart(12, '0')}`,
  state: 'active',
  governance: contract.governance,
  schemaText: contract.schemaText,
  flat: JSON.parse(
    bundleSchema({ text: contract.schemaText, references: contract.references }, { flatten: true }),
  ) as SchemaObject,
}));

export const INSTALLATION = { registry: 'https://registry.example', kafka: 'kafka.example:9092' };
