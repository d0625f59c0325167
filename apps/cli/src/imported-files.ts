import { join } from 'node:path';
import { stringify } from 'yaml';
import { type ImportedContract, parseTopic, topicOfUrn } from '#contracts';

/** A contract as files: text by path, in the layout of a folder of contracts. */
export interface ContractFiles {
  topic: string;
  folder: string;
  files: Record<string, string>;
}

/** Majors of one contract share its `contract.yaml`: that of the highest is kept, so it comes last. */
export function filesOf(contracts: readonly ImportedContract[], out: string): ContractFiles[] {
  return contracts
    .map(({ governance, schemaText }) => {
      const schema = JSON.parse(schemaText) as { $id: string };
      const { topic, name, major } = parseTopic(topicOfUrn(schema.$id)!)!;
      const folder = join(out, ...name.split('.'));
      const files = {
        [join(folder, `v${major}.schema.json`)]: `${JSON.stringify(schema, null, 2)}\n`,
        [join(folder, 'contract.yaml')]: stringify(governance, { aliasDuplicateObjects: false }),
      };
      return { topic, folder, major, files };
    })
    .sort((a, b) => a.major - b.major);
}
