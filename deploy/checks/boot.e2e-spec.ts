import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SERVICES } from '../local/src/services.js';
import { SpecInstallation } from './spec-installation.js';

let installation: SpecInstallation;
beforeAll(async () => {
  installation = await SpecInstallation.create();
});
afterAll(() => installation.close());

describe.each(SERVICES)('%s, alone, from its built output', (name) => {
  it('becomes ready, serves its document and page, and stops on SIGTERM with exit code 0', async () => {
    await installation.start(name);
    const get = (path: string) => fetch(installation.addressOf(name) + path);
    const document = (await (await get('/openapi.json')).json()) as { openapi: string };
    expect(document.openapi).toMatch(/^3\.1\./);
    expect((await get('/docs')).status).toBe(200);
    expect(await installation.end(name)).toBe(0);
  });
});
