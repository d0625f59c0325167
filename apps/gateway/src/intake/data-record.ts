import type { OutgoingRecord } from '#kafka';
import type { ManifestClaims } from '#protocol';

export interface AcceptedMessage {
  claims: ManifestClaims;
  manifest: string;
  evidence: string;
  payload: Buffer;
  /** GUID of the schema. */
  guid: string;
  acceptedAt: Date;
}

/** The one Kafka record that carries a message with its evidence (docs/formats/kafka-record.md). */
export function dataRecord(message: AcceptedMessage): OutgoingRecord {
  const { claims, payload } = message;
  return {
    topic: claims.topic,
    key: claims.key,
    value: claims.op === 'delete' ? null : payload,
    headers: {
      ce_specversion: '1.0',
      ce_id: claims.jti,
      ce_source: claims.iss,
      ce_type: `${claims.topic}.${claims.op}`,
      ce_time: message.acceptedAt.toISOString(),
      ce_partitionkey: claims.key,
      ce_dataschema: `urn:wasl:schema:${message.guid}`,
      'content-type': claims.cty,
      __value_schema_id: schemaIdHeader(message.guid),
      'wasl-manifest': message.manifest,
      'wasl-evidence': message.evidence,
    },
  };
}

/** Version byte 1 and the 16 bytes of the GUID, as Confluent deserialisers expect them. */
function schemaIdHeader(guid: string): Buffer {
  return Buffer.from(`01${guid.replaceAll('-', '')}`, 'hex');
}
