/** Makes the pictures of the web page in docs/images, with three members in this process and Debian's chromium. */
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { silentLogger } from '../src/base/log.js';
import { DevCluster } from '../src/daemon/dev/dev-cluster.js';
import { openHttp } from '../src/http/index.js';
import { openBrowser } from './browser.js';
import { fillStore } from './page-content.js';
import { until } from './waiting.js';

const root = join(import.meta.dirname, '..');
const folder = join(root, 'docs/images');
const bytesMax = 150_000;
const size = { width: 1_200, height: 760 };

async function shoot(page: Page, name: string): Promise<void> {
  const path = join(folder, `page-${name}.png`);
  await page.screenshot({ path });
  const { size: bytes } = statSync(path);
  if (bytes > bytesMax) throw new Error(`${path} has ${bytes} bytes, at most ${bytesMax}`);
  console.log(`${name}: ${bytes} bytes`);
}

mkdirSync(folder, { recursive: true });
const cluster = await DevCluster.open({
  ...{ members: 3, port: 0, dir: undefined, kinds: [], logger: silentLogger },
  onLeader: () => undefined,
});
const http = await openHttp({
  listen: '127.0.0.1:0',
  member: () => cluster.shown,
  pageFolder: join(root, 'dist/http/page'),
  version: '0.0.0',
  logger: silentLogger,
});
const browser = await openBrowser();
try {
  await fillStore(cluster.leader!.replica!.store);
  const page = await browser.newPage({ viewport: size, colorScheme: 'light' });
  const go = async (hash: string, text: string) => {
    await page.goto(`http://${http.addr}/#/${hash}`);
    await page.getByText(text).first().waitFor();
    await page.getByText('live', { exact: true }).waitFor();
  };
  await go('overview', 'black friday');
  await shoot(page, 'overview');
  await go('objects/service', 'shop_web');
  await shoot(page, 'objects');
  await go('objects/service/web', 'black friday');
  await shoot(page, 'history');
  await go('timeline', 'kernel upgrade');
  await shoot(page, 'timeline');
  await go('services', 'shop_web.4');
  await page.getByText('no suitable node', { exact: false }).first().click();
  await shoot(page, 'services');
  await go('leases', 'nightly-invoices');
  await shoot(page, 'leases');
  await go('catalogue', 'cache-1');
  await shoot(page, 'catalogue');
  await page.emulateMedia({ colorScheme: 'dark' });
  await go('overview', 'black friday');
  const killed = cluster.leader!;
  await killed.kill();
  await until('another leads', () => cluster.leader !== undefined);
  await page.getByText('no answer').waitFor();
  await page.getByText(`${cluster.leader!.name} leads`).waitFor();
  await shoot(page, 'leader-killed');
} finally {
  await browser.close();
  await http.close();
  await cluster.close();
}
process.exit(0);
