import type { Governance, TypeGovernance } from '../governance.js';
import type { SchemaObject } from '../schema-walk.js';

export type ContractState = 'draft' | 'in-review' | 'active' | 'deprecated' | 'retired';

/** One version of a contract with all that exports say of it. */
export interface ExportedContract {
  /** `<domain>.<contract>.v<major>` */
  topic: string;
  name: string;
  major: number;
  /** version of the subject `<topic>-value` */
  version: number;
  id?: number;
  guid?: string;
  state?: ContractState;
  /** last day of a deprecated version, `YYYY-MM-DD` */
  sunset?: string;
  governance: Governance | TypeGovernance;
  /** as registered, references by URN */
  schemaText: string;
  /** the same schema on its own: every reference is a pointer into it */
  flat: SchemaObject | boolean;
}

/** Where the exported contracts are in force. */
export interface Installation {
  /** base URL of the registry */
  registry: string;
  /** bootstrap address of Kafka, `host:port` */
  kafka?: string;
}
