const text = (description: string, rest: object = {}) => ({ type: 'string', description, ...rest });

/**
 * Headers of a record by the Kafka binding of CloudEvents 1.0 in binary mode, with what the bus adds
 * (docs/formats/kafka-record.md), as an AsyncAPI message trait.
 */
export const CLOUD_EVENTS_TRAIT = {
  headers: {
    type: 'object',
    required: [
      'ce_specversion',
      'ce_id',
      'ce_source',
      'ce_type',
      'content-type',
      'wasl-manifest',
      'wasl-evidence',
    ],
    properties: {
      ce_specversion: text('Version of CloudEvents', { const: '1.0' }),
      ce_id: text('Identifier of the message, unique for its source'),
      ce_source: text('URN of the sending system'),
      ce_type: text('<topic>.put or <topic>.delete'),
      ce_time: text('Time of acceptance, RFC 3339 UTC', { format: 'date-time' }),
      ce_partitionkey: text('Key of the record'),
      ce_dataschema: text('urn:wasl:schema:<guid> of the version that the payload was validated against'),
      'content-type': text('Media type of the payload'),
      __value_schema_id: text('0x01 and the 16 bytes of the schema’s GUID', { contentEncoding: 'binary' }),
      'wasl-manifest': text('The signed manifest of the sender (JWS)'),
      'wasl-evidence': text('The signed evidence of acceptance (JWS)'),
    },
  },
};
