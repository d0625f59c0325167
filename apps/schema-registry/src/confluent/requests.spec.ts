import { describe, expect, it } from 'vitest';
import { normalized } from '../schemas/content.js';
import { parseSchemaRequest } from './requests.js';

const parse = (schema: string) => parseSchemaRequest({ schemaType: 'JSON', schema }, { normalize: 'true' });

describe('a schema', () => {
  it.each([
    ['{"a":', '1', '}'],
    ['[', '', ']'],
    ['{ "a]}": [', '1', '] }'],
  ])(
    'nested deeper than any that is registered is refused before anything recurses: %s',
    (open, leaf, close) => {
      const nested = (times: number) => open.repeat(times) + leaf + close.repeat(times);
      const levels = open.includes('[') && open.includes('{') ? 2 : 1;
      const deepest = parse(nested(64 / levels));
      expect(normalized({ text: deepest.text!, references: [] }).text).toBe(deepest.text);
      for (const times of [64 / levels + 1, 20_000])
        expect(() => parse(nested(times))).toThrow(
          expect.objectContaining({
            errorCode: 42201,
            message: expect.stringContaining('deeper than 64 levels'),
          }),
        );
    },
  );
});
