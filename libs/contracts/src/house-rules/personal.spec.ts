import { expect, it } from 'vitest';
import { personalFields } from './personal.js';

const common = (type: string) => ({ $ref: `urn:wasl:contract:common.${type}` });

it('knows the common types that identify a person, wherever they are used', () => {
  const schema = {
    properties: {
      holder: common('subject:v1'),
      insured: common('subject:v2#/$defs/Person'),
      taxNumber: common('subject:v1#/$defs/Organisation'),
      members: { items: { properties: { names: common('name:v1') } } },
      street: common('localised-text:v1'),
    },
  };
  expect(personalFields(schema).map(({ path }) => path)).toEqual(['/holder', '/insured', '/members/*/names']);
});
