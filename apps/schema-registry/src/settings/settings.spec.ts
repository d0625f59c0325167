import { describe, expect, it } from 'vitest';
import { parseSubject } from '../schemas/qualified-subject.js';
import { changed, configAnswer, inScope, parseConfigChange, scopeOf, WordError } from './settings.js';

describe('what is in scope', () => {
  it.each([
    ['s', ['s', '', ':.__GLOBAL:']],
    ['', ['', ':.__GLOBAL:']],
    [':.a:s', [':.a:s', ':.a:', ':.__GLOBAL:']],
    [':.a:', [':.a:', ':.__GLOBAL:']],
    [':.__GLOBAL:', [':.__GLOBAL:']],
  ])('of %j is %j', (text, scope) => expect(scopeOf(parseSubject(text))).toEqual(scope));

  it('is the nearest config, its level from a wider one if it names none', () => {
    const global = { config: { compatibilityLevel: 'FULL', normalize: true } } as const;
    expect(inScope([undefined, undefined])).toEqual({ compatibilityLevel: 'BACKWARD', mode: 'READWRITE' });
    expect(inScope([undefined, global])).toMatchObject({ compatibilityLevel: 'FULL', normalize: true });
    const own = { config: { alias: 'a' } };
    expect(inScope([own, global])).toEqual({ alias: 'a', compatibilityLevel: 'FULL', mode: 'READWRITE' });
  });

  it('is the nearest mode, unless all is overridden', () => {
    expect(inScope([{ mode: 'IMPORT' }, { mode: 'READONLY' }]).mode).toBe('IMPORT');
    expect(inScope([{ mode: 'READWRITE' }, { mode: 'READONLY_OVERRIDE' }]).mode).toBe('READONLY_OVERRIDE');
  });
});

describe('a change of settings', () => {
  it('reads the level by either name, in any case', () => {
    expect(parseConfigChange({ compatibility: 'full_transitive' })).toEqual({
      compatibilityLevel: 'FULL_TRANSITIVE',
    });
    expect(parseConfigChange({ compatibilityLevel: 'NONE' })).toEqual({ compatibilityLevel: 'NONE' });
    expect(() => parseConfigChange({ compatibility: 'SOME' })).toThrow(WordError);
  });

  it('adds to what is set, and null takes one back', () => {
    const config = changed(
      { compatibilityLevel: 'FULL', alias: 'a' },
      parseConfigChange({ alias: null, normalize: true }),
    );
    expect(config).toEqual({ compatibilityLevel: 'FULL', normalize: true });
  });

  it('ignores what nobody knows', () => {
    expect(parseConfigChange({ unknown: 1, __proto__: { normalize: true } })).toEqual({});
  });

  it('is answered under the name that was asked for, without what is empty', () => {
    expect(configAnswer({ compatibilityLevel: 'FULL' }, 'compatibility')).toEqual({ compatibility: 'FULL' });
    expect(configAnswer({ compatibilityLevel: 'FULL' }, 'compatibilityLevel')).toEqual({
      compatibilityLevel: 'FULL',
    });
  });
});
