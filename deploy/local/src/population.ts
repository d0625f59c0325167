import type { Role } from '#control';

export const BUS = 'urn:wasl:dz:bus';
export const STEWARD = 'urn:wasl:dz:agency:console';
export const TERRITORY_REGISTRY = 'urn:wasl:dz:interior:territory-registry';
export const CIVIL_REGISTRY = 'urn:wasl:dz:interior:civil-registry';
export const SOCIAL_RIGHTS = 'urn:wasl:dz:social-protection:rights';
export const ENROLMENT = 'urn:wasl:dz:education:enrolment';
export const WAREHOUSE = 'urn:wasl:dz:statistics:warehouse';
export const AUDIT_DESK = 'urn:wasl:dz:court-of-accounts:audit-desk';

export const TERRITORY_TOPIC = 'territory.unit.v1';
export const BIRTH_TOPIC = 'civil-status.birth.v1';

interface Names {
  fr: string;
  ar: string;
  en: string;
}
export interface MemberSeed {
  id: string;
  parent: string | null;
  names: Names;
}
export interface SystemSeed {
  id: string;
  member: string;
  names: Names;
  roles: Role[];
}
export interface AgreementSeed {
  consumer: string;
  publisher: string;
  topic: string;
  purpose: string;
  legalBasis: string;
}

const names = (fr: string, ar: string, en: string): Names => ({ fr, ar, en });
const memberOf = (system: string) => system.split(':').slice(0, 4).join(':');

/** The bus and the steward agency: what a directory must know before anyone can ask it anything. */
export const FOUNDING_MEMBERS: MemberSeed[] = [
  {
    id: BUS,
    parent: null,
    names: names('Bus d’interopérabilité', 'ناقل التشغيل البيني', 'Interoperability bus'),
  },
  {
    id: memberOf(STEWARD),
    parent: null,
    names: names('Agence nationale', 'الوكالة الوطنية', 'National agency'),
  },
];
export const FOUNDING_SYSTEMS: SystemSeed[] = [
  ...['gateway', 'schema-registry', 'directory', 'audit', 'connector'].map((part) => ({
    id: `${BUS}:${part}`,
    member: BUS,
    names: names(`Bus : ${part}`, `الناقل: ${part}`, `Bus: ${part}`),
    roles: [] as Role[],
  })),
  {
    id: STEWARD,
    member: memberOf(STEWARD),
    names: names('Console de l’agence', 'منصة الوكالة', 'Agency console'),
    roles: ['steward'],
  },
];

export const MEMBERS: MemberSeed[] = [
  {
    id: memberOf(CIVIL_REGISTRY),
    parent: null,
    names: names('Ministère de l’Intérieur', 'وزارة الداخلية', 'Ministry of the Interior'),
  },
  {
    id: memberOf(SOCIAL_RIGHTS),
    parent: null,
    names: names('Protection sociale', 'الحماية الاجتماعية', 'Social protection'),
  },
  {
    id: memberOf(ENROLMENT),
    parent: null,
    names: names('Éducation nationale', 'التربية الوطنية', 'National education'),
  },
  {
    id: memberOf(WAREHOUSE),
    parent: null,
    names: names('Office des statistiques', 'ديوان الإحصائيات', 'Statistics office'),
  },
  {
    id: memberOf(AUDIT_DESK),
    parent: null,
    names: names('Cour des comptes', 'مجلس المحاسبة', 'Court of accounts'),
  },
  // Owners of national contracts: no system of theirs takes part yet.
  {
    id: 'urn:wasl:dz:trade-register',
    parent: null,
    names: names('Registre du commerce', 'السجل التجاري', 'Trade register'),
  },
  {
    id: 'urn:wasl:dz:land-registry',
    parent: null,
    names: names('Conservation foncière', 'المحافظة العقارية', 'Land registry'),
  },
  {
    id: 'urn:wasl:dz:tax',
    parent: null,
    names: names('Direction générale des impôts', 'المديرية العامة للضرائب', 'Tax administration'),
  },
  {
    id: 'urn:wasl:dz:transport',
    parent: null,
    names: names('Transports', 'النقل', 'Transport'),
  },
];

const system = (id: string, roles: Role[], label: Names): SystemSeed => ({
  id,
  member: memberOf(id),
  names: label,
  roles,
});
export const SYSTEMS: SystemSeed[] = [
  system(
    TERRITORY_REGISTRY,
    ['publisher'],
    names('Registre du territoire', 'سجل الأقاليم', 'Territorial registry'),
  ),
  system(
    CIVIL_REGISTRY,
    ['publisher'],
    names('Registre de l’état civil', 'سجل الحالة المدنية', 'Civil registry'),
  ),
  system(SOCIAL_RIGHTS, ['consumer'], names('Droits sociaux', 'الحقوق الاجتماعية', 'Social rights')),
  system(ENROLMENT, ['consumer'], names('Scolarité', 'التمدرس', 'School enrolment')),
  system(WAREHOUSE, ['consumer'], names('Entrepôt statistique', 'مستودع الإحصاء', 'Statistics warehouse')),
  system(AUDIT_DESK, ['auditor'], names('Bureau d’audit', 'مكتب التدقيق', 'Audit desk')),
];

export const AGREEMENTS: AgreementSeed[] = [
  {
    consumer: SOCIAL_RIGHTS,
    publisher: TERRITORY_REGISTRY,
    topic: TERRITORY_TOPIC,
    purpose: 'Rattacher chaque ayant droit à sa commune',
    legalBasis: 'Convention interministérielle 2026/014 (données publiques)',
  },
  {
    consumer: SOCIAL_RIGHTS,
    publisher: CIVIL_REGISTRY,
    topic: BIRTH_TOPIC,
    purpose: 'Ouvrir les droits de l’enfant dès la déclaration de naissance',
    legalBasis: 'Loi 18-07, art. 7 ; autorisation ANPDP 2026/112 (exemple)',
  },
  {
    consumer: ENROLMENT,
    publisher: TERRITORY_REGISTRY,
    topic: TERRITORY_TOPIC,
    purpose: 'Tenir la carte scolaire par commune',
    legalBasis: 'Convention interministérielle 2026/015 (données publiques)',
  },
];
