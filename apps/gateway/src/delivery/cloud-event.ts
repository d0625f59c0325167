import type { KafkaRecord } from '#kafka';

/** One line of the feed: a CloudEvent in JSON format; undefined for a record that is no message of the bus. */
export function cloudEventLine(record: KafkaRecord): string | undefined {
  const header = (name: string) => record.headers.get(name)?.toString('utf8');
  const manifest = header('wasl-manifest');
  const evidence = header('wasl-evidence');
  if (manifest === undefined || evidence === undefined) return undefined;
  return `${JSON.stringify({
    specversion: '1.0',
    id: header('ce_id'),
    source: header('ce_source'),
    type: header('ce_type'),
    time: header('ce_time'),
    datacontenttype: header('content-type'),
    dataschema: header('ce_dataschema'),
    partitionkey: header('ce_partitionkey'),
    ...(record.value === null ? {} : { data_base64: record.value.toString('base64') }),
    waslmanifest: manifest,
    waslevidence: evidence,
    waslposition: `${record.partition}:${record.offset}`,
  })}\n`;
}
