import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { isOwnPath } from '../confluent/paths.js';
import { json, specApi, V1 } from './spec-api.js';

const api = specApi();
beforeAll(() => api.register('s', V1));

/** What may be answered: no failure of the server, and every error in Confluent's shape, or below `/v1/` in our own. */
async function answersProperly(request: string, body?: unknown): Promise<void> {
  const answer = await api.call(request, body);
  const seen = `${request} ${JSON.stringify(body)?.slice(0, 200)}: ${answer.status} ${JSON.stringify(answer.body)}`;
  expect(answer.status, seen).toBeLessThan(500);
  if (answer.status < 400) return;
  if (isOwnPath(new URL(`http://registry${request.slice(request.indexOf(' ') + 1)}`).pathname)) {
    expect(answer.body, seen).toMatchObject({ status: answer.status, code: expect.any(String) });
    return;
  }
  expect(Object.keys(answer.body as object).sort(), seen).toEqual(['error_code', 'message']);
  expect(typeof answer.body.error_code, seen).toBe('number');
}

describe('a body that is not what it should be', () => {
  const anything = [null, true, 7, 'text', [], {}, [[]], [null], { x: {} }, '\u0000', '\ud800', -1, 1e300];
  const members = ['schema', 'schemaType', 'references', 'metadata', 'ruleSet', 'version', 'id'];
  it.each(members)('%s may hold anything', async (member) => {
    for (const value of anything) {
      const body = { ...json(V1), [member]: value };
      for (const path of [
        '/subjects/s',
        '/subjects/s/versions',
        '/compatibility/subjects/s/versions/latest',
      ]) {
        await answersProperly(`POST ${path}`, body);
      }
    }
  });

  it.each(['references', 'metadata', 'ruleSet'])('%s may hold anything inside', async (member) => {
    const inside: Record<string, (value: unknown) => unknown> = {
      references: (value) => [{ name: value, subject: value, version: value }, value],
      metadata: (value) => ({ properties: { a: value }, tags: { a: value }, sensitive: value }),
      ruleSet: (value) => ({
        domainRules: [{ name: 'r', type: value, mode: value, params: value, tags: value }],
        migrationRules: value,
        enableAt: value,
      }),
    };
    for (const value of anything) {
      await answersProperly('POST /subjects/s/versions', { ...json(V1), [member]: inside[member]!(value) });
    }
  });

  it.each([
    'compatibility',
    'normalize',
    'alias',
    'compatibilityGroup',
    'defaultMetadata',
    'overrideRuleSet',
  ])('a setting %s may hold anything', async (member) => {
    for (const value of anything) await answersProperly('PUT /config/settings', { [member]: value });
    for (const value of anything) await answersProperly('PUT /mode/settings', { mode: value });
  });

  it('names of prototypes are names', async () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
    for (const name of names) {
      await answersProperly(`GET /subjects/${name}/versions`);
      await answersProperly(`PUT /config/${name}`, { compatibility: name });
      await answersProperly(`PUT /mode/${name}`, { mode: name });
      await answersProperly(`GET /subjects/s/metadata?key=${name}&value=x`);
      await answersProperly(`GET /subjects?${name}=1&deleted=${name}`);
    }
    const id = await api.register('prototypes', V1, { metadata: { properties: { constructor: 'x' } } });
    expect((await api.ok('GET /subjects/prototypes/metadata?key=constructor&value=x')).id).toBe(id);
    expect((await api.call('GET /subjects/s/metadata?key=toString&value=x')).status).toBe(404);
  });
});

describe('a path or query that is not what it should be', () => {
  it('an id is written in digits, whether or not it is in memory', async () => {
    await api.ok('GET /schemas/ids/1');
    for (const id of ['0x1', '1e0', '%201', '1.0', '+1'])
      expect((await api.call(`GET /schemas/ids/${id}`)).status, id).toBe(404);
  });

  it.each([
    '//subjects',
    '/subjects/',
    '/subjects//versions',
    '/subjects/%/versions',
    '/subjects/%ff%fe/versions',
    '/subjects/%00/versions',
    '/subjects/s/versions/1e0',
    '/subjects/s/versions/+1',
    '/subjects/s/versions/%201',
    '/subjects/s/versions/99999999999999999999',
    '/schemas/ids/0',
    '/schemas/ids/-1',
    '/schemas/ids/99999999999999999999',
    '/schemas/ids/x',
    '/schemas/ids/1?subject=%00',
    '/schemas/ids/1?subject=:.:&subject=:.x:',
    '/schemas/guids/x',
    '/schemas/guids/%00',
    '/subjects?subjectPrefix=%00',
    '/subjects?subjectPrefix=%25_',
    '/subjects?offset=-1&limit=-1',
    '/subjects?offset=x&limit=1e9',
    '/subjects?offset=99999999999999999999',
    '/subjects?deleted=maybe&deleted=true',
    '/subjects/s/metadata',
    '/subjects/s/metadata?key=a',
    '/subjects/s/metadata?value=a',
    '/subjects/s/metadata?key=a&key=b&value=c',
    '/contexts/:*:/subjects',
    '/contexts/foo:bar/subjects',
    '/contexts/.a/contexts/.b/subjects',
    '/contexts/%00/subjects',
    '/config/:*:',
    '/config/:.x',
    '/mode/:.x:y:z',
    `/subjects/${'x'.repeat(3_000)}/versions`,
    '/schemas?limit=0&latestOnly=1&ruleType=%00',
  ])('GET %s', (path) => answersProperly(`GET ${path}`));

  it('wild cards of SQL are letters like others', async () => {
    await api.register('percent%sign', V1);
    expect(await api.ok('GET /subjects?subjectPrefix=percent%25')).toEqual(['percent%sign']);
    expect(await api.ok('GET /subjects?subjectPrefix=per_ent')).toEqual([]);
  });

  it('whatever is asked for is answered properly', async () => {
    const word = fc.oneof(
      fc.constantFrom(
        's',
        'subjects',
        'versions',
        'latest',
        '1',
        'config',
        ':.c:s',
        ':*:',
        '%2F',
        '..',
        'ids',
      ),
      fc.string({ maxLength: 6 }).map(encodeURIComponent),
    );
    const path = fc.array(word, { maxLength: 5 }).map((words) => `/${words.join('/')}`);
    const method = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE');
    const own = /^\/+(?:v1\/contracts|health|metrics|docs|openapi\.json)/;
    await fc.assert(
      fc.asyncProperty(method, path, fc.jsonValue({ maxDepth: 2 }), async (verb, where, body) => {
        if (own.test(where)) return;
        await answersProperly(`${verb} ${where}`, verb === 'GET' ? undefined : body);
      }),
      { numRuns: 300 },
    );
  });
});
