import { BadRequestException, HttpException, NotFoundException } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES, WaslError, type ErrorCode } from '#protocol';
import { chooseLanguage } from './language.js';
import { toProblem } from './problem.js';

describe('toProblem', () => {
  it.each([
    [undefined, 'fr'],
    ['ar-DZ, fr;q=0.8', 'ar'],
    ['de, en;q=0.5, fr;q=0.4', 'en'],
  ])('titles %j in %s and carries all three texts', (header, language) => {
    const { headers, body } = toProblem(new WaslError('unknown-topic', 'no such topic'), header, 'trace-1');
    const { fr, ar, en } = ERROR_CODES['unknown-topic'];
    expect(headers['content-language']).toBe(language);
    expect(headers['vary']).toBe('accept-language');
    expect(body).toEqual({
      type: '/docs/errors.md#unknown-topic',
      title: { fr, ar, en }[language],
      status: 404,
      code: 'unknown-topic',
      detail: 'no such topic',
      texts: { fr, ar, en },
      trace: 'trace-1',
    });
  });

  it('carries violations, evidence and Retry-After', () => {
    const violations = [{ pointer: '/a', rule: 'required' }];
    const options = { violations, evidence: 'e30.e30.c2ln', retryAfterSeconds: 1.2 };
    const { headers, body } = toProblem(new WaslError('payload-invalid', 'd', options));
    expect(body.errors).toEqual(violations);
    expect(body.evidence).toBe('e30.e30.c2ln');
    expect(headers['retry-after']).toBe('2');
    expect(toProblem(new WaslError('unavailable', 'd')).headers['retry-after']).toBe('1');
    expect(toProblem(new WaslError('conflict', 'd')).headers['retry-after']).toBeUndefined();
  });

  it('challenges with every 401, for a token or for a manifest', () => {
    const challenge = (code: ErrorCode) => toProblem(new WaslError(code, '')).headers['www-authenticate'];
    expect(challenge('not-authenticated')).toBe('Bearer');
    expect(challenge('token-expired')).toBe('Bearer error="invalid_token"');
    expect(challenge('wrong-signature')).toBe('Wasl-Manifest');
    expect(challenge('not-allowed')).toBeUndefined();
  });

  it.each([
    [fastifyError('FST_ERR_CTP_BODY_TOO_LARGE', 413), 'body-too-large'],
    [fastifyError('FST_ERR_CTP_INVALID_MEDIA_TYPE', 415), 'unsupported-media-type'],
    [fastifyError('FST_ERR_CTP_INVALID_JSON_BODY', 400), 'malformed-body'],
    [fastifyError('FST_ERR_CTP_EMPTY_JSON_BODY', 400), 'malformed-body'],
    [fastifyError('FST_ERR_BAD_URL', 400), 'malformed-request'],
    [fastifyError('FST_ERR_SEND_INSIDE_ONERR', 500), 'internal'],
    [new BadRequestException('SECRET'), 'malformed-request'],
    [new NotFoundException('Cannot GET /citizens/SECRET'), 'not-found'],
    [new HttpException('SECRET', 418), 'malformed-request'],
    [new HttpException('SECRET', 502), 'internal'],
    [new WaslError('internal', 'SECRET', { cause: new Error('SECRET') }), 'internal'],
    [Object.assign(new Error('SECRET'), { statusCode: 400, code: '23505' }), 'internal'],
    [{ status: 200, message: 'SECRET' }, 'internal'],
    ['SECRET', 'internal'],
    [undefined, 'internal'],
  ])('maps %s without its text', (error, code) => {
    const { status, body } = toProblem(error);
    expect(body.code).toBe(code);
    expect(status).toBe(ERROR_CODES[code as ErrorCode].status);
    expect(JSON.stringify(body)).not.toContain('SECRET');
  });
});

describe('chooseLanguage', () => {
  it.each([
    ['', 'fr'],
    ['*', 'fr'],
    ['EN-gb', 'en'],
    ['french', 'fr'],
    ['art', 'fr'],
    ['en;q=0, ar;q=0.1', 'ar'],
    ['en;q=2', 'fr'],
    ['en;q=x', 'fr'],
    ['en;q=0.9,ar;q=0.9', 'en'],
  ])('%j → %s', (header, language) => expect(chooseLanguage(header)).toBe(language));

  it('reads a bounded part of a huge header', () => {
    expect(chooseLanguage(`${','.repeat(10_000)}en`)).toBe('fr');
  });
});

function fastifyError(code: string, statusCode: number): Error {
  return Object.assign(new Error('SECRET'), { code, statusCode });
}
