/**
 * What a registry's checker sees of a schema: one node of one kind per schema, several kinds of keywords side by side
 * as an `allOf`. Equal `id` means equal content, between the documents loaded with the same `Interner`, save what
 * references lead to.
 */
export type Node =
  | PlainNode
  | StringNode
  | NumberNode
  | ObjectNode
  | ArrayNode
  | EnumNode
  | ConstNode
  | NotNode
  | CombinedNode
  | ReferenceNode;

interface Common {
  id: number;
  /** keys of `Model.targets` that the node or anything below refers to */
  references: readonly string[];
  hasDefault: boolean;
  /** `connect.type: bytes`, which Kafka Connect writes on decimals of either form */
  isBytes: boolean;
}

export interface PlainNode extends Common {
  /** `empty` takes anything (`{}`, `true`), `unresolved` is a reference that leads nowhere */
  kind: 'empty' | 'false' | 'boolean' | 'null' | 'conditional' | 'unresolved';
}

export interface StringNode extends Common {
  kind: 'string';
  maxLength?: number;
  minLength?: number;
  pattern?: string;
}

export interface NumberNode extends Common {
  kind: 'number';
  isInteger: boolean;
  maximum?: number;
  minimum?: number;
  exclusiveMaximum?: number;
  exclusiveMinimum?: number;
  multipleOf?: number;
}

/** Members that no keyword names: refused, or taken if they match a schema, or taken as they are. */
export interface ContentModel {
  permitsAdditional: boolean;
  additional?: Node;
  unevaluated?: Node;
}

export interface ObjectNode extends Common, ContentModel {
  kind: 'object';
  properties: ReadonlyMap<string, Node>;
  required: ReadonlySet<string>;
  patternProperties: readonly (readonly [pattern: string, Node])[];
  requiredBy: ReadonlyMap<string, ReadonlySet<string>>;
  schemasBy: ReadonlyMap<string, Node>;
  maxProperties?: number;
  minProperties?: number;
}

export interface ArrayNode extends Common, ContentModel {
  kind: 'array';
  /** of every item, where no tuple is given */
  allItems?: Node;
  items: readonly Node[];
  maxItems?: number;
  minItems?: number;
  uniqueItems: boolean;
  maxContains?: number;
  minContains?: number;
}

export interface EnumNode extends Common {
  kind: 'enum';
  /** canonical JSON */
  values: ReadonlySet<string>;
}

export interface ConstNode extends Common {
  kind: 'const';
  /** canonical JSON */
  value: string;
}

export interface NotNode extends Common {
  kind: 'not';
  negated: Node;
}

export interface CombinedNode extends Common {
  kind: 'combined';
  criterion: 'allOf' | 'anyOf' | 'oneOf';
  branches: readonly Node[];
  /** stands for keywords side by side, not for an `allOf` of the author */
  isGenerated: boolean;
}

export interface ReferenceNode extends Common {
  kind: 'reference';
  /** set once the whole document is loaded */
  target?: Node;
}

/** A document with all that its references lead to. */
export interface Model {
  root: Node;
  /** by place: `#/definitions/x`, or an absolute URI outside the root's resource */
  targets: ReadonlyMap<string, Node>;
}

/** Gives equal content equal numbers, so that comparing subtrees costs nothing. */
export class Interner {
  private readonly ids = new Map<string, number>();

  idOf(content: readonly unknown[]): number {
    const key = JSON.stringify(content);
    const known = this.ids.get(key);
    if (known !== undefined) return known;
    this.ids.set(key, this.ids.size);
    return this.ids.size - 1;
  }
}

/** JSON text with sorted member names: equal for equal values. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join()}}`;
}
