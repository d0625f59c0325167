import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SERVICES } from '../local/src/services.js';
import { openBrowser } from './browser.js';
import { SpecInstallation } from './spec-installation.js';

const OPERATION = {
  directory: '/v1/agreements',
  'schema-registry': '/subjects',
  gateway: '/v1/topics/{topic}/messages',
  audit: '/v1/exchanges',
  connector: '/connectors',
} as const;

let installation: SpecInstallation;
let browser: Browser | undefined;
beforeAll(async () => {
  browser = await openBrowser();
  installation = await SpecInstallation.create();
  await installation.start(...SERVICES);
});
afterAll(async () => {
  await browser?.close();
  await installation.close();
});

describe.each(SERVICES)('the page of %s', (name) => {
  it('shows its operations in a real browser, with nothing loaded from elsewhere', async (context) => {
    if (!browser) context.skip('no browser is installed: set CHROME_PATH');
    const page = await browser!.newPage();
    const problems: string[] = [];
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== installation.addressOf(name))
        problems.push(`asked ${request.url()}`);
    });
    await page.goto(`${installation.addressOf(name)}/docs`);
    await page.getByText(OPERATION[name], { exact: true }).first().waitFor({ timeout: 20_000 });
    if (process.env.WASL_SCREENSHOTS)
      await page.screenshot({ path: `${process.env.WASL_SCREENSHOTS}/${name}.png` });
    await page.close();
    expect(problems).toEqual([]);
  });
});
