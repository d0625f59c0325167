import {
  contractUrn,
  type ExportedContract,
  type Installation,
  toAsyncApi,
  toOdcsYaml,
  toTypeScript,
  Untranslatable,
} from '#contracts';
import { WaslError } from '#protocol';

export const FORMATS = ['odcs', 'asyncapi', 'json-schema', 'typescript'] as const;
export type Format = (typeof FORMATS)[number];

export interface ExportedDocument {
  mediaType: string;
  /** for whoever saves it */
  fileName: string;
  text: string;
}

/** @throws WaslError `invalid-request` */
export function parseFormat(text: string | undefined): Format {
  const format = FORMATS.find((name) => name === text);
  if (format === undefined) throw new WaslError('invalid-request', `format is one of ${FORMATS.join(', ')}`);
  return format;
}

/** One contract, in any format but JSON Schema. @throws WaslError `not-acceptable` if the schema has no such form */
export function documentOf(
  contract: ExportedContract,
  format: Exclude<Format, 'json-schema'>,
  installation: Installation,
): ExportedDocument {
  const { topic, version, governance } = contract;
  if (format === 'odcs') {
    return {
      ...{ mediaType: 'application/yaml', fileName: `${topic}.odcs.yaml` },
      text: toOdcsYaml(contract, installation),
    };
  }
  if (format === 'typescript') {
    return { mediaType: 'text/plain', fileName: `${topic}.d.ts`, text: toTypeScript(contract) };
  }
  const subject = {
    id: contractUrn(contract),
    title: governance.titles.fr,
    version: `${contract.major}.${version}.0`,
    description: governance.description.fr,
  };
  return asyncApi(topic, subject, [contract], installation);
}

/** All contracts of a member as one AsyncAPI document. @throws WaslError `not-acceptable` */
export function memberDocument(
  owner: string,
  contracts: ExportedContract[],
  installation: Installation,
): ExportedDocument {
  const [, , country, member] = owner.split(':');
  const version = String(contracts.reduce((sum, contract) => sum + contract.version, 0));
  const subject = { id: owner, title: owner, version: `1.${version}.0` };
  return asyncApi(`${country}.${member}`, subject, contracts, installation);
}

function asyncApi(
  name: string,
  subject: Parameters<typeof toAsyncApi>[0],
  contracts: ExportedContract[],
  installation: Installation,
): ExportedDocument {
  try {
    const document = toAsyncApi(subject, contracts, installation);
    const text = JSON.stringify(document, null, 2);
    return {
      mediaType: 'application/vnd.aai.asyncapi+json;version=3.1.0',
      fileName: `${name}.asyncapi.json`,
      text,
    };
  } catch (error) {
    if (!(error instanceof Untranslatable)) throw error;
    throw new WaslError('not-acceptable', `AsyncAPI asks for draft-07: ${error.message}`);
  }
}
