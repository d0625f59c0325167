import type { RegistryAccess } from '../access/registry-access.js';
import { LIFECYCLES, TOPIC } from '../associations/association.js';
import { parseSubject, type QualifiedSubject } from '../schemas/qualified-subject.js';
import type { AssociatedQuery, FoundVersion, SchemaQuery, SchemaSearch } from '../schemas/schema-search.js';
import { versionAnswer, wantsMore } from './answers.js';
import { associationAnswer } from './association-calls.js';
import { ConfluentError } from './confluent-error.js';
import { isTrue, one, parseDeleted, parsePage, type Query } from './requests.js';
import type { Route } from './route.js';

/** As a lifecycle: of subjects that are not associated. */
const NONE = 'NONE';

/** The list of versions across subjects. */
export function schemaListRoutes(search: SchemaSearch, access: RegistryAccess): Route[] {
  return [
    {
      method: 'GET',
      path: '/schemas',
      right: 'list',
      handle: async ({ query, caller, request }) =>
        (
          await search.find({
            ...parseSchemaQuery(query, (alias) => access.reads(caller, alias)),
            readable: access.readable(caller),
          })
        ).map((version) => foundAnswer(version, wantsMore(request))),
    },
  ];
}

/** @throws ConfluentError 42212 */
function parseSchemaQuery(
  query: Query,
  mayRead: (alias: QualifiedSubject) => boolean,
): Omit<SchemaQuery, 'readable'> {
  return {
    prefix: parseSubject(one(query['subjectPrefix']) ?? ':*:'),
    aliases: isTrue(query['aliases']) ? mayRead : undefined,
    deleted: parseDeleted(query),
    latestOnly: isTrue(query['latestOnly']),
    ruleType: one(query['ruleType'])?.toLowerCase() || undefined,
    associated: parseAssociated(query),
    page: parsePage(query),
  };
}

/** Any of these parameters asks for associations. */
function parseAssociated(query: Query): AssociatedQuery | undefined {
  const resourceType = one(query['resourceType']) ?? '';
  const types = listed(query['associationType']);
  const lifecycles = listed(query['lifecycle']);
  if (resourceType === '' && types.length + lifecycles.length === 0) return undefined;
  for (const lifecycle of lifecycles)
    if (lifecycle !== NONE && !LIFECYCLES.some((item) => item === lifecycle))
      throw ConfluentError.invalidAssociation('lifecycle', 'must be either STRONG, WEAK or NONE');
  return {
    resourceType: resourceType === '' ? TOPIC : resourceType,
    types,
    lifecycles: LIFECYCLES.filter((item) => lifecycles.length === 0 || lifecycles.includes(item)),
    orNone: lifecycles.includes(NONE),
  };
}

function listed(value: string | string[] | undefined): string[] {
  return [value ?? []].flat().filter((item) => item !== '');
}

function foundAnswer(version: FoundVersion, more: boolean): object {
  const { aliases, associations } = version;
  return {
    ...versionAnswer(version, { more }),
    ...(aliases.length > 0 ? { aliases } : {}),
    ...(associations.length > 0 ? { associations: associations.map(associationAnswer) } : {}),
  };
}
