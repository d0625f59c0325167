import type { FastifyRequest } from 'fastify';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WaslError } from '#protocol';
import { readCredentials } from './credentials.js';

function request(...authorization: string[]): FastifyRequest {
  return {
    headers: { authorization: authorization[0] },
    raw: {
      rawHeaders: authorization.flatMap((value, at) => [at % 2 ? 'authorization' : 'Authorization', value]),
    },
  } as unknown as FastifyRequest;
}

const basic = (text: string | Buffer) => `Basic ${Buffer.from(text).toString('base64')}`;

describe('readCredentials', () => {
  it('reads a name and a password with colons and other letters', () => {
    expect(readCredentials(request(basic('équipe:p:سر')))).toEqual({
      scheme: 'basic',
      name: 'équipe',
      password: Buffer.from('p:سر'),
    });
  });

  it.each([['basic'], ['BASIC']])('takes the scheme written %s', (scheme) => {
    expect(readCredentials(request(basic('a:b').replace('Basic', scheme)))).toMatchObject({ name: 'a' });
  });

  it('reads a bearer token', () => {
    expect(readCredentials(request('Bearer abc_-.~+/=='))).toEqual({
      scheme: 'bearer',
      token: 'abc_-.~+/==',
    });
  });

  it.each([
    ['nothing', request()],
    ['an empty header', request('')],
    ['another scheme', request('Digest x')],
    ['Basic without anything', request('Basic ')],
    ['Basic that is not base64', request('Basic !!!!')],
    ['Basic of base64url', request('Basic YT_i')],
    ['no colon', request(basic('name'))],
    ['no name', request(basic(':password'))],
    ['a name that is too long', request(basic(`${'n'.repeat(200)}:p`))],
    ['a password that is too long', request(basic(`n:${'p'.repeat(600)}`))],
    ['two schemes in one header', request(`${basic('a:b')}, Bearer x`)],
    ['two tokens', request('Bearer a b')],
    ['two headers', request(basic('a:b'), basic('c:d'))],
    ['two equal headers', request(basic('a:b'), basic('a:b'))],
  ])('refuses %s', (_name, asked) => {
    expect(() => readCredentials(asked)).toThrow(expect.objectContaining({ code: 'not-authenticated' }));
  });

  it('reads or refuses whatever comes, and never repeats it', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 12 }), fc.constantFrom('Basic ', 'Bearer ', ''), (text, scheme) => {
        try {
          readCredentials(request(scheme + text));
        } catch (error) {
          expect(error).toBeInstanceOf(WaslError);
          expect((error as WaslError).detail).not.toContain(text);
        }
      }),
    );
  });
});
