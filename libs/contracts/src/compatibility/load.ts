import type { Budget } from '../budget.js';
import type { SchemaSource } from '../references.js';
import { isObject, type SchemaObject } from '../schema-walk.js';
import type { Draft } from './draft.js';
import { readTyped, saysSomethingOf, TYPED_KINDS, type Typed, type TypedKind } from './keywords.js';
import {
  canonicalJson,
  type CombinedNode,
  type Interner,
  type Model,
  type Node,
  type ReferenceNode,
} from './model.js';
import { baseOf, type Place, ReferenceIndex } from './reference-index.js';

/** To read a schema costs about so many times a step of comparing. */
const NODE_UNITS = 4;
const NOTHING: readonly string[] = [];
const CRITERIA = ['allOf', 'anyOf', 'oneOf'] as const;

/** What is said of a schema as a whole, not by one of its types. */
interface About {
  hasDefault: boolean;
  isBytes: boolean;
  annotations: string;
  /** the source, for what is read beside the keywords */
  schema?: SchemaObject;
}
const NO_ABOUT: About = { hasDefault: false, isBytes: false, annotations: '' };

/** Part of a schema; told what is said of the whole only if it is all there is. */
type Piece = (about: About) => Node;

interface Scope {
  base: string;
  draft: Draft;
}

/**
 * Loads a schema and all it refers to as a checker sees it.
 *
 * @throws SyntaxError if a text is not JSON, BudgetExceeded if there is too much of it
 */
export function loadModel(source: SchemaSource, interner: Interner, budget: Budget): Model {
  return new Loader(source, interner, budget).load();
}

class Loader {
  private readonly index: ReferenceIndex;
  private readonly targets = new Map<string, Node>();
  private readonly pending = new Map<string, Place>();
  private readonly unlinked: { node: ReferenceNode; key: string }[] = [];

  constructor(
    source: SchemaSource,
    private readonly interner: Interner,
    private readonly budget: Budget,
  ) {
    this.index = new ReferenceIndex(source, (text) => {
      budget.spend(text.length >> 6);
      const value: unknown = JSON.parse(text);
      refuseDepth(value, budget);
      return value;
    });
  }

  load(): Model {
    this.pending.set('#', this.index.root);
    for (const [key, { value, base, draft }] of this.pending)
      this.targets.set(key, this.node(value, { base, draft }));
    for (const { node, key } of this.unlinked) node.target = this.targets.get(key)!;
    return { root: this.targets.get('#')!, targets: this.targets };
  }

  private node(value: unknown, scope: Scope): Node {
    this.budget.spend(NODE_UNITS);
    if (value === false) return this.make({ kind: 'false' }, [], []);
    if (!isObject(value)) return this.make({ kind: 'empty' }, [], []);
    const about = aboutOf(value, scope.draft);
    const pieces = this.pieces(value, scope);
    if (pieces.length === 0) return this.make({ kind: 'empty' }, [], [], about);
    if (pieces.length === 1) return pieces[0]!(about);
    return this.combined(
      'allOf',
      pieces.map((piece) => piece(NO_ABOUT)),
      about,
      true,
    );
  }

  private pieces(schema: SchemaObject, scope: Scope): Piece[] {
    const isModern = scope.draft === 'modern';
    const child = (value: unknown): Node => this.child(value, scope);
    const own = (keyword: string): unknown => (Object.hasOwn(schema, keyword) ? schema[keyword] : undefined);
    const pieces: Piece[] = [];
    for (const keyword of isModern ? ['$ref', '$dynamicRef'] : ['$ref']) {
      const reference = own(keyword);
      if (typeof reference === 'string') pieces.push(() => this.reference(reference, scope));
    }
    if (!isModern && pieces.length > 0) return pieces;
    const values = own('enum');
    if (Array.isArray(values)) {
      const set = new Set(values.map(canonicalJson));
      pieces.push((about) => this.make({ kind: 'enum', values: set }, [...set].sort(), [], about));
    }
    for (const criterion of CRITERIA) {
      const branches = own(criterion);
      if (!Array.isArray(branches)) continue;
      const loaded = branches.map(child).flatMap((node) => (isModern ? partsOf(node) : [node]));
      pieces.push((about) => this.combined(criterion, loaded, about, false));
    }
    if (own('not') !== undefined) {
      const negated = child(own('not'));
      pieces.push((about) => this.make({ kind: 'not', negated }, [negated.id], [negated], about));
    }
    if (scope.draft !== 'draft-04' && Object.hasOwn(schema, 'const')) {
      const value = canonicalJson(schema['const']);
      pieces.push((about) => this.make({ kind: 'const', value }, [value], [], about));
    }
    pieces.push(...this.typed(schema, scope, child));
    const conditions = ['if', 'then', 'else'].map(own);
    if (
      isModern
        ? conditions[0] !== undefined
        : scope.draft === 'draft-07' && conditions.some((c) => c !== undefined)
    ) {
      const content = conditions.map((condition) => condition !== undefined && canonicalJson(condition));
      pieces.push((about) => this.make({ kind: 'conditional' }, content, [], about));
    }
    return pieces;
  }

  /** `type`, and keywords of a type: a list of types is a union, whose branches take the keywords of their type. */
  private typed(schema: SchemaObject, { draft }: Scope, child: (value: unknown) => Node): Piece[] {
    const given = Object.hasOwn(schema, 'type') ? schema['type'] : undefined;
    const said = new Map<TypedKind, Typed>();
    for (const kind of TYPED_KINDS) {
      if (saysSomethingOf(kind, schema, draft)) said.set(kind, readTyped(kind, schema, draft, child));
    }
    const ofType = (type: unknown): Piece | undefined => {
      if (type === 'boolean' || type === 'null') return (about) => this.make({ kind: type }, [], [], about);
      const kind = type === 'integer' ? 'number' : TYPED_KINDS.find((known) => known === type);
      if (kind === undefined) return undefined;
      // The newer drafts' loader gives the keywords to the first branch of their type only.
      const isBare = draft === 'modern' && taken.has(kind);
      const typed = (isBare ? undefined : said.get(kind)) ?? readTyped(kind, {}, draft, child);
      taken.add(kind);
      return (about) => this.ofTyped(typed, about, true, type === 'integer');
    };
    const taken = new Set<TypedKind>();
    const pieces: Piece[] = [];
    if (Array.isArray(given)) {
      const branches = given.map(ofType).filter((piece) => piece !== undefined);
      pieces.push((about) =>
        this.combined(
          'anyOf',
          branches.map((piece) => piece(NO_ABOUT)),
          about,
          false,
        ),
      );
    } else {
      const piece = ofType(given);
      if (piece) pieces.push(piece);
    }
    for (const [kind, typed] of said) {
      if (!taken.has(kind)) pieces.push((about) => this.ofTyped(typed, about, false, false));
    }
    return pieces;
  }

  private ofTyped(
    { own, content, children }: Typed,
    about: About,
    isTyped: boolean,
    isInteger: boolean,
  ): Node {
    const flags = [isTyped, isInteger];
    if (own.kind === 'number')
      return this.make({ ...own, isInteger }, [...content, ...flags], children, about);
    if (own.kind !== 'array' || about.schema === undefined) {
      return this.make(own, [...content, ...flags], children, about);
    }
    // Drafts 4 to 7 do not know these; the checker reads them all the same, from what is left over.
    const { maxContains, minContains } = about.schema;
    const extra = {
      ...(typeof maxContains === 'number' && { maxContains }),
      ...(typeof minContains === 'number' && { minContains }),
    };
    return this.make({ ...own, ...extra }, [...content, ...flags, extra], children, about);
  }

  private combined(
    criterion: CombinedNode['criterion'],
    branches: readonly Node[],
    about: About,
    isGenerated: boolean,
  ): Node {
    const ids = branches.map(({ id }) => id).sort((left, right) => left - right);
    return this.make(
      { kind: 'combined', criterion, branches, isGenerated },
      [criterion, isGenerated, ids],
      branches,
      about,
    );
  }

  private reference(reference: string, { base }: Scope): Node {
    const place = this.index.find(reference, base);
    if (place === undefined) return this.make({ kind: 'unresolved' }, [reference, base], []);
    const { key } = place;
    if (!this.pending.has(key)) this.pending.set(key, place);
    const node: ReferenceNode = {
      kind: 'reference',
      id: this.interner.idOf(['reference', key]),
      references: [key],
      hasDefault: false,
      isBytes: false,
    };
    this.unlinked.push({ node, key });
    return node;
  }

  private child(value: unknown, { base, draft }: Scope): Node {
    return this.node(value, { base: baseOf(value, draft, base), draft });
  }

  private make<T extends { kind: Node['kind'] }>(
    own: T,
    content: readonly unknown[],
    children: readonly Node[],
    { hasDefault, isBytes, annotations }: About = NO_ABOUT,
  ): T & Pick<Node, 'id' | 'references' | 'hasDefault' | 'isBytes'> {
    const below = children.filter(({ references }) => references.length > 0);
    const references = below.length === 0 ? NOTHING : [...new Set(below.flatMap((node) => node.references))];
    const id = this.interner.idOf([own.kind, annotations, ...content]);
    return { ...own, id, references, hasDefault, isBytes };
  }
}

/** The loader of the newer drafts opens schemas of several kinds of keywords into the `allOf`, `anyOf` or `oneOf` above. */
function partsOf(node: Node): readonly Node[] {
  return node.kind === 'combined' && node.isGenerated ? node.branches : [node];
}

function aboutOf(schema: SchemaObject, draft: Draft): About {
  const annotations = Object.entries(schema).filter(([keyword]) => !READ.has(keyword));
  const ofDefault = Object.hasOwn(schema, 'default') && (draft !== 'modern' || schema['default'] !== null);
  return {
    hasDefault: ofDefault,
    isBytes: Object.hasOwn(schema, 'connect.type') && schema['connect.type'] === 'bytes',
    annotations: annotations.length === 0 ? '' : canonicalJson(Object.fromEntries(annotations)),
    ...(draft !== 'modern' && { schema }),
  };
}

/** Keywords that are in the model, lead to what is, or are dropped when a schema is loaded. */
const READ = new Set([
  ...['$schema', '$ref', '$dynamicRef', '$anchor', '$dynamicAnchor', '$defs', 'definitions'],
  ...['type', 'enum', 'const', 'not', 'allOf', 'anyOf', 'oneOf', 'if', 'then', 'else'],
  ...['minLength', 'maxLength', 'pattern', 'format', 'deprecated', 'readOnly', 'writeOnly'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  ...['properties', 'required', 'minProperties', 'maxProperties', 'dependencies', 'patternProperties'],
  ...[
    'additionalProperties',
    'propertyNames',
    'dependentRequired',
    'dependentSchemas',
    'unevaluatedProperties',
  ],
  ...['items', 'additionalItems', 'prefixItems', 'minItems', 'maxItems', 'uniqueItems', 'contains'],
  ...['minContains', 'maxContains', 'unevaluatedItems'],
]);

const MAX_DEPTH = 256;

/** Recursion below is as deep as the document is. */
function refuseDepth(root: unknown, budget: Budget): void {
  let level: unknown[] = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) budget.spend(Infinity);
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? membersOf(value) : []));
  }
}

function membersOf(value: object): unknown[] {
  return Object.values(value);
}
