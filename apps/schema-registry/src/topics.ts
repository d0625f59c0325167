/** A data topic `<domain>.<contract>.v<major>` in its parts. */
export interface TopicParts {
  topic: string;
  /** `<domain>.<contract>` */
  name: string;
  major: number;
}

const TOPIC = /^([a-z][a-z0-9-]{0,62}\.[a-z][a-z0-9-]{0,62})\.v([1-9]\d{0,3})$/;

export function parseTopic(text: string): TopicParts | undefined {
  const match = TOPIC.exec(text);
  return match ? { topic: text, name: match[1]!, major: Number(match[2]) } : undefined;
}

/** The topic whose payloads a subject describes (`<topic>-value`), if it is one of the bus. */
export function topicOfSubject(subject: string): string | undefined {
  const topic = subject.endsWith('-value') ? subject.slice(0, -'-value'.length) : undefined;
  return topic !== undefined && parseTopic(topic) ? topic : undefined;
}
