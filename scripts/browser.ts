import { existsSync } from 'node:fs';
import process from 'node:process';
import type { Browser, Page } from 'playwright-core';
import { chromium } from 'playwright-core';

/** Place of Debian's browser. */
const executablePath = '/usr/bin/chromium';

export const hasBrowser = existsSync(executablePath);

/** Says aloud that a test is skipped; fails where everything is required. */
export function browserOrSkip(): boolean {
  if (hasBrowser) return true;
  if (process.env.SKEP_REQUIRE_ALL === '1') throw new Error('the browser is missing: apt-get install chromium');
  console.warn('skipped: no chromium on this machine (apt-get install chromium)');
  return false;
}

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
}

/** Problems that the browser reports: errors of scripts, blocked content, requests to elsewhere. */
export function problemsOf(page: Page, origin: string): string[] {
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('Failed to load resource'))
      problems.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(origin)) problems.push(`asked ${request.url()}`);
  });
  return problems;
}
