import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES, isErrorCode } from './error-codes.js';
import { WaslError } from './errors.js';

const page = readFileSync(join(import.meta.dirname, '../../../docs/errors.md'), 'utf8');
const sections = [...page.matchAll(/^#{2,4} `?([a-z0-9-]+)`?$/gm)].map((match) => match[1]);

describe('error codes', () => {
  it.each(Object.entries(ERROR_CODES))(
    '%s has a status, three texts and one section in docs/errors.md',
    (code, text) => {
      expect(text.status).toBeGreaterThanOrEqual(400);
      expect(text.status).toBeLessThan(600);
      expect(text.fr).toMatch(/^[A-ZÀ-Ý]/);
      expect(text.en).toMatch(/^[A-Z]/);
      expect(text.ar).toMatch(/^[\u0600-\u06ff]/);
      expect(sections.filter((section) => section === code)).toHaveLength(1);
    },
  );

  it('documents no code that does not exist', () => {
    expect(sections.filter((section) => !isErrorCode(section))).toEqual([]);
  });

  it('is closed', () => {
    expect(isErrorCode('toString')).toBe(false);
    expect(isErrorCode(undefined)).toBe(false);
  });

  it('gives an error its status and keeps the cause out of its message', () => {
    const error = new WaslError('unavailable', 'try later', {
      cause: new Error('disk'),
      retryAfterSeconds: 2,
    });
    expect(error).toMatchObject({
      status: 503,
      code: 'unavailable',
      detail: 'try later',
      retryAfterSeconds: 2,
    });
    expect(error.message).not.toContain('disk');
    expect((error.cause as Error).message).toBe('disk');
  });
});
