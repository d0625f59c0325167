import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const PLACES = [
  process.env.CHROME_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

const found = () => PLACES.find((place) => place !== undefined && existsSync(place));

/** Where a browser is, installed from Debian's packages where that is possible; undefined when there is none. */
function installedBrowser(): string | undefined {
  if (found() === undefined && existsSync('/usr/bin/apt-get') && process.getuid?.() === 0) {
    const quietly = { stdio: 'ignore' } as const;
    execFileSync('apt-get', ['update', '-qq'], quietly);
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], quietly);
  }
  return found();
}

/** A real browser, or undefined where none is installed and none can be (never under CI, where that is a failure). */
export async function openBrowser(): Promise<Browser | undefined> {
  const executablePath = installedBrowser();
  if (executablePath === undefined) {
    if (process.env.CI === 'true') throw new Error('no browser: install Chromium or set CHROME_PATH');
    return undefined;
  }
  const args = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
  return chromium.launch({ executablePath, args, headless: true });
}
