/** JSON Schema pattern of a topic; those of members and systems are #protocol's. */
export const TOPIC_PATTERN = '^[a-z0-9]+(?:[.-][a-z0-9]+)*\\.v[1-9][0-9]{0,3}$';
