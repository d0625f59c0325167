import type { QualifiedSubject } from '../schemas/qualified-subject.js';

export const ASSOCIATION_TYPES = ['key', 'value'] as const;
export type AssociationType = (typeof ASSOCIATION_TYPES)[number];

/** STRONG: the subject is of this resource alone, and may go with it. WEAK: several resources may share it. */
export const LIFECYCLES = ['STRONG', 'WEAK'] as const;
export type Lifecycle = (typeof LIFECYCLES)[number];

/** The only kind of resource there is. */
export const TOPIC = 'topic';

/** As a namespace that is looked for: all of them. */
export const ANY_NAMESPACE = '-';

/** What schemas are associated with: a topic of a Kafka cluster, which is its namespace. */
export interface Resource {
  name: string;
  namespace: string;
  /** of the resource itself, whatever it is called; none in a dry run */
  id: string | undefined;
  type: string;
}

/** One subject says what the keys, or the values, of a resource look like. */
export interface Association {
  guid: string;
  subject: QualifiedSubject;
  resource: Resource & { id: string };
  type: AssociationType;
  lifecycle: Lifecycle;
  /** changed no more, unless thawed by name */
  frozen: boolean;
}
