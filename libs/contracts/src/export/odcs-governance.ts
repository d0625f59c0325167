import { isObject, type SchemaObject } from '../schema-walk.js';
import { type Notes, slug } from './imported-contract.js';
import { CUSTOM, type OdcsDocument } from './odcs-document.js';

/** Custom properties that are members of `contract.yaml` under another or the same name. */
const MEMBERS: Record<string, string> = {
  [CUSTOM.titles]: 'titles',
  [CUSTOM.description]: 'description',
  [CUSTOM.classification]: 'classification',
  [CUSTOM.fields]: 'fields',
  [CUSTOM.legalBasis]: 'legalBasis',
  [CUSTOM.languages]: 'languages',
  [CUSTOM.deletion]: 'deletion',
  [CUSTOM.partitions]: 'partitions',
  [CUSTOM.kind]: 'kind',
};
const UNITS: Record<string, string> = { y: 'Y', yr: 'Y', year: 'Y', years: 'Y', d: 'D', day: 'D', days: 'D' };

/** The governance that a document tells of; a member it doesn't tell of is absent. */
export function importGovernance(document: OdcsDocument, notes: Notes): SchemaObject {
  const governance: SchemaObject = { name: contractName(document) };
  const team = isObject(document.team) ? document.team : undefined;
  const owner = team?.name;
  if (typeof owner === 'string' && owner.startsWith('urn:wasl:')) governance['owner'] = owner;
  else notes.add('/owner', 'name the owning member by its URN', 'contract');
  const stewards = list(team?.members).filter((member) => typeof member['username'] === 'string');
  if (stewards.length > 0) governance['stewards'] = stewards.map(steward);
  const purpose = isObject(document.description) ? document.description['purpose'] : undefined;
  if (typeof purpose === 'string') governance['purpose'] = purpose;
  list(document.customProperties).forEach(({ property, value }, index) => {
    const member =
      typeof property === 'string' && Object.hasOwn(MEMBERS, property) ? MEMBERS[property] : undefined;
    if (member !== undefined) governance[member] = value;
    else notes.add(`/customProperties/${index}`, 'a contract has no place for it: left out');
  });
  serviceLevels(document, governance, notes);
  const title = governance['titles'] ?? document.name;
  if (typeof title === 'string') governance['titles'] = { en: title };
  return governance;
}

/** `<domain>.<contract>` from the name or the domain, in the letters that names may have. */
export function contractName(document: OdcsDocument): string {
  const { name, domain, schema } = document;
  if (typeof name === 'string' && /^[a-z][a-z0-9-]{0,62}\.[a-z][a-z0-9-]{0,62}$/.test(name)) return name;
  const [first] = list(schema);
  return `${slug(domain) || 'domain'}.${slug(name) || slug(first?.['name']) || 'contract'}`;
}

function steward({ username, name, role }: SchemaObject): SchemaObject {
  const isEmail = typeof username === 'string' && username.includes('@') && username !== name;
  return {
    name: typeof name === 'string' ? name : username,
    ...(isEmail ? { email: username } : {}),
    ...(typeof role === 'string' ? { role } : {}),
  };
}

function serviceLevels(document: OdcsDocument, governance: SchemaObject, notes: Notes): void {
  const sla: Record<string, string> = {};
  list(document.slaProperties).forEach((entry, index) => {
    const { property, value, unit, driver } = entry;
    const isOurs = driver === 'operational' || driver === 'regulatory';
    if (typeof property !== 'string' || (typeof value !== 'string' && typeof value !== 'number')) {
      notes.add(`/slaProperties/${index}`, 'a service level is a text or a number: left out');
    } else if (
      property === 'retention' &&
      driver !== 'operational' &&
      !Object.hasOwn(governance, 'retention')
    ) {
      const period =
        typeof unit === 'string' && Object.hasOwn(UNITS, unit) ? `P${value}${UNITS[unit]}` : undefined;
      governance['retention'] = period ?? (typeof unit === 'string' ? `${value} ${unit}` : String(value));
    } else if (property === 'endOfLife' && driver !== 'operational') {
      notes.add(`/slaProperties/${index}`, 'the end of a version is set when it is deprecated');
    } else {
      if (property !== '__proto__')
        sla[property] = typeof unit === 'string' ? `${value} ${unit}` : String(value);
      if (
        !isOurs &&
        Object.keys(entry).some((key) => !['property', 'value', 'unit', 'driver'].includes(key))
      ) {
        notes.add(`/slaProperties/${index}`, 'only its value and unit are kept');
      }
    }
  });
  if (Object.keys(sla).length > 0) governance['sla'] = sla;
}

/** The objects of a list, whatever it is. */
export function list(value: unknown): SchemaObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
