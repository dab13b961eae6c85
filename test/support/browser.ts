/** Headless Chromium for the tests of the editor and the dashboard. */
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Browser, type Page, chromium } from 'playwright-core';

const executables = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export interface TestBrowser {
  /** A fresh page of 1400 x 900; errors that the page throws are collected in `problems`. */
  newPage(options?: { locale?: string }): Promise<{ page: Page; problems: readonly string[] }>;
  /** Runs `act`; when it throws, a screenshot of the page is kept and its path is added to the error's message. */
  withScreenshot(page: Page, name: string, act: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

async function launch(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM_PATH'] ?? executables.find((file) => existsSync(file));
  if (executablePath === undefined)
    throw new Error('Chromium was not found: `apt-get install chromium`, or set CHROMIUM_PATH');
  // Chromium refuses its sandbox as root; without the other flags it looks for updates and accounts on the network.
  const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      ...root,
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-dev-shm-usage',
      '--no-first-run',
    ],
  });
}

/** Starts the browser; rejects with what to install where there is none. */
export async function startBrowser(): Promise<TestBrowser> {
  const browser = await launch();
  let folder: string | undefined;
  return {
    async newPage({ locale = 'en-US' } = {}) {
      const page = await browser.newPage({ viewport: { width: 1400, height: 900 }, locale });
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(error.message));
      return { page, problems };
    },
    async withScreenshot(page, name, act) {
      try {
        await act();
      } catch (error) {
        folder ??= await mkdtemp(path.join(tmpdir(), 'bulkhead-screenshots-'));
        const file = path.join(folder, `${name}.png`);
        await page.screenshot({ path: file });
        console.error(`screenshot: ${file}`);
        throw error;
      }
    },
    close: () => browser.close(),
  };
}
