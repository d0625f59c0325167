/** The parts of an Open Data Contract Standard 3.1 document that contracts are exported to and imported from. */
export interface OdcsDocument {
  version: string;
  apiVersion: string;
  kind: 'DataContract';
  id: string;
  status: string;
  name?: string;
  tenant?: string;
  domain?: string;
  description?: { purpose?: string; usage?: string; limitations?: string };
  servers?: {
    server: string;
    type: 'kafka';
    host: string;
    format: string;
    customProperties?: OdcsCustom[];
  }[];
  schema?: OdcsObject[];
  support?: { channel: string; url?: string; tool?: string; scope?: string; description?: string }[];
  team?: { name?: string; members?: OdcsMember[] };
  roles?: {
    role: string;
    access?: string;
    description?: string;
    firstLevelApprovers?: string;
    secondLevelApprovers?: string;
  }[];
  slaProperties?: OdcsSla[];
  authoritativeDefinitions?: OdcsDefinition[];
  customProperties?: OdcsCustom[];
}

export interface OdcsMember {
  username: string;
  name?: string;
  role?: string;
}

export interface OdcsSla {
  property: string;
  value: string | number;
  unit?: string;
  element?: string;
  driver?: 'regulatory' | 'operational' | 'analytics';
}

export interface OdcsDefinition {
  url: string;
  type: string;
  description?: string;
}

export interface OdcsCustom {
  property: string;
  value: unknown;
}

export interface OdcsElement {
  description?: string;
  businessName?: string;
  customProperties?: OdcsCustom[];
}

export interface OdcsObject extends OdcsElement {
  name: string;
  physicalName?: string;
  physicalType?: string;
  logicalType: 'object';
  properties?: OdcsProperty[];
}

/** An item of an array: a property without a name. */
export interface OdcsItem extends OdcsElement {
  logicalType: OdcsLogicalType;
  logicalTypeOptions?: Record<string, unknown>;
  required?: boolean;
  classification?: string;
  examples?: unknown[];
  quality?: OdcsQuality[];
  properties?: OdcsProperty[];
  items?: OdcsItem;
}

export interface OdcsProperty extends OdcsItem {
  name: string;
}

export type OdcsLogicalType =
  'string' | 'date' | 'timestamp' | 'time' | 'number' | 'integer' | 'object' | 'array' | 'boolean';

/** The one check that is exported: values outside a list. */
export interface OdcsQuality {
  type: 'library';
  metric: 'invalidValues';
  arguments: { validValues: unknown[] };
  mustBe: 0;
}

/** Names of custom properties that carry what ODCS has no place for. */
export const CUSTOM = {
  titles: 'titles',
  description: 'descriptions',
  classification: 'classification',
  fields: 'fieldClassifications',
  legalBasis: 'legalBasis',
  languages: 'languages',
  deletion: 'deletion',
  partitions: 'partitions',
  kind: 'contractKind',
  jsonSchema: 'jsonSchema',
} as const;
