import { parseTopic } from '#contracts';
import { DEFAULT_CONTEXT, type QualifiedSubject } from './schemas/qualified-subject.js';

/** The subject whose schemas describe the payloads of a topic. */
export function subjectOf(topic: string): QualifiedSubject {
  return { context: DEFAULT_CONTEXT, subject: `${topic}-value` };
}

/** The topic whose payloads a subject describes (`<topic>-value`), if it is one of the bus. */
export function topicOfSubject(subject: string): string | undefined {
  const topic = subject.endsWith('-value') ? subject.slice(0, -'-value'.length) : undefined;
  return topic !== undefined && parseTopic(topic) ? topic : undefined;
}
