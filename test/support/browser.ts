import { execFileSync } from 'node:child_process';
import { accessSync, constants, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core';
import { root } from '../house/sources.ts';

/** Where Debian's chromium is; another place may be named. */
const program = process.env.CHROMIUM ?? '/usr/bin/chromium';

const isThere = (): boolean => {
  try {
    accessSync(program, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** Whether there is a browser; without one, the tests that need it are skipped, and say so. */
export const hasBrowser = isThere();
if (!hasBrowser) {
  console.warn(`The page was not tested: there is no ${program}. apt-get install chromium, or set CHROMIUM.`);
}

/** Starts a browser that asks nobody for anything. */
export const startBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: program,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
      ...['--disable-component-update', '--disable-sync'],
    ],
  });

/** Bundles the page as the build does, into a folder of its own. */
export const buildPage = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'healflow-page-'));
  execFileSync(process.execPath, [join(root, 'scripts/build-page.mjs'), folder], { stdio: 'inherit' });
  return folder;
};

export interface Watched {
  readonly page: Page;
  /** What the browser has complained about: errors of scripts, console messages, requests to elsewhere. */
  readonly complaints: string[];
}

/** How a page is shown. */
export interface Look {
  /** @default 1280 x 800 */
  readonly viewport?: { readonly width: number; readonly height: number };
  /** @default light */
  readonly colorScheme?: 'light' | 'dark';
}

/** A window that shows one page after the other. To open a window takes longer than to load a page into it. */
export interface TestWindow {
  /** Loads an address as in a new window, and watches what no page of ours may do. */
  load(url: string, look?: Look): Promise<Watched>;
  /** Leaves the page, forgets what it stored, and returns the complaints since the last call. */
  clear(): Promise<string[]>;
}

export const openWindow = async (browser: Browser, options: BrowserContextOptions = {}): Promise<TestWindow> => {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  let own = '';
  let complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('dialog', (dialog) => complaints.push(`dialog: ${dialog.message()}`));
  page.on('request', (request) => {
    const target = request.url();
    if (!target.startsWith(`${own}/`) && !target.startsWith(`blob:${own}/`)) complaints.push(`asks ${target}`);
  });
  return {
    load: async (url, { viewport = { width: 1280, height: 800 }, colorScheme = 'light' } = {}) => {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      own = new URL(url).origin;
      await page.goto(url);
      return { page, complaints };
    },
    clear: async () => {
      const found = complaints;
      if (page.url().startsWith('http')) await page.evaluate('localStorage.clear(); sessionStorage.clear()');
      await page.goto('about:blank');
      complaints = [];
      return found;
    },
  };
};

/** The value of a style as it is applied. */
export const styleOf = (locator: Locator, name: string): Promise<string> =>
  locator.evaluate((element, property) => {
    const { getComputedStyle } = globalThis as unknown as {
      getComputedStyle(of: unknown): { getPropertyValue(property: string): string };
    };
    return getComputedStyle(element).getPropertyValue(property);
  }, name);

/** Notes from now on this attribute of whatever matches `selector`, each time that it changes. */
export const note = (page: Page, selector: string, attribute: string): Promise<unknown> =>
  page.evaluate(
    `{
      window.noted = [];
      const look = () => {
        for (const element of document.querySelectorAll(${JSON.stringify(selector)})) {
          const value = element.getAttribute(${JSON.stringify(attribute)});
          if (value !== window.noted.at(-1)) window.noted.push(value);
        }
      };
      new MutationObserver(look).observe(document.body, { subtree: true, attributes: true, childList: true });
    }`,
  );

/** What was noted, in its order. */
export const noted = (page: Page): Promise<string[]> => page.evaluate<string[]>('window.noted');
