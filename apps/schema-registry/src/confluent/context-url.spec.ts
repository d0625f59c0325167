import { describe, expect, it } from 'vitest';
import { routedUrl } from './context-url.js';

describe('routedUrl', () => {
  it.each([
    ['/subjects', '/subjects'],
    ['/', '/'],
    ['/config/', '/config'],
    ['/config/?defaultToGlobal=true', '/config?defaultToGlobal=true'],
    ['//subjects///a//versions', '/subjects/a/versions'],
    ['/subjects/a%2F%2Fb/versions', '/subjects/a%2F%2Fb/versions'],
    ['/docs/', '/docs/'],
    ['/v1/contracts/', '/v1/contracts/'],
    ['/contexts', '/contexts'],
    ['/contexts/.a', '/contexts/.a'],
    ['/contexts/.a/', '/contexts/.a'],
    ['/contexts/.a/subjects', '/subjects?subjectPrefix=%3A.a%3A'],
    ['/contexts/a/subjects', '/subjects?subjectPrefix=%3A.a%3A'],
    [
      '/contexts/:.a:/subjects?subjectPrefix=x&deleted=true',
      '/subjects?subjectPrefix=%3A.a%3Ax&deleted=true',
    ],
    ['/contexts/.a/subjects/s/versions/1', '/subjects/%3A.a%3As/versions/1'],
    ['/contexts/.a/subjects/%3A.b%3As', '/subjects/%3A.b%3As'],
    [
      '/contexts/.a/subjects/a%2Fb/versions?normalize=true',
      '/subjects/%3A.a%3Aa%2Fb/versions?normalize=true',
    ],
    [
      '/contexts/.a/compatibility/subjects/s/versions/latest',
      '/compatibility/subjects/%3A.a%3As/versions/latest',
    ],
    ['/contexts/.a/schemas', '/schemas?subjectPrefix=%3A.a%3A'],
    ['/contexts/.a/schemas/ids/1', '/schemas/ids/1?subject=%3A.a%3A'],
    ['/contexts/.a/schemas/ids/1/versions?subject=s', '/schemas/ids/1/versions?subject=%3A.a%3As'],
    ['/contexts/.a/schemas/types', '/schemas/types'],
    ['/contexts/.a/config', '/config/%3A.a%3A'],
    ['/contexts/.a/mode/s', '/mode/%3A.a%3As'],
    ['/contexts/./subjects/s', '/subjects/s'],
    ['/contexts/:.:/config', '/config'],
  ])('%s → %s', (url, routed) => expect(routedUrl(url)).toBe(routed));

  it('leaves what names no context for the router to refuse', () => {
    expect(routedUrl('/contexts/a%20b/subjects')).toBe('/contexts/a%20b/subjects');
    expect(routedUrl('/contexts/%zz/subjects')).toBe('/contexts/%zz/subjects');
  });

  it('changes nothing twice', () => {
    for (const url of ['/contexts/.a/subjects/s', '//config//', '/contexts/.a/config']) {
      expect(routedUrl(routedUrl(url))).toBe(routedUrl(url));
    }
  });
});
