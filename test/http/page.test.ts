import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/base/log.js';
import { browserOrSkip, openBrowser, problemsOf } from '../../scripts/browser.js';
import { fillStore } from '../../scripts/page-content.js';
import { DevCluster } from '../../src/daemon/dev/dev-cluster.js';
import { type HttpEndpoint, openHttp } from '../../src/http/index.js';
import { buildIfMissing } from '../support/cli-process.js';
import { askHttp } from '../support/http-member.js';

const pageFolder = join(import.meta.dirname, '../../dist/http/page');
/** A loaded computer may be slow to show anything. */
const waitMs = 30_000;

describe('the files of the page', () => {
  beforeAll(buildIfMissing);

  it('are small, and load nothing from elsewhere', () => {
    const files = ['index.html', 'page.js', 'page.css', 'icon.svg'].map((name) => readFileSync(join(pageFolder, name)));
    expect(files.reduce((sum, file) => sum + gzipSync(file).length, 0)).toBeLessThan(150_000);
    for (const file of files) expect(file.toString().replaceAll('http://www.w3.org/', '')).not.toMatch(/https?:\/\//);
  });
});

describe.skipIf(!browserOrSkip())('the page in a browser', { timeout: 90_000 }, () => {
  let cluster: DevCluster;
  let http: HttpEndpoint;
  let browser: Browser;
  const opened: Page[] = [];
  const checks: (() => void)[] = [];
  beforeAll(async () => {
    cluster = await DevCluster.open({
      ...{ members: 3, port: 0, dir: undefined, kinds: [], logger: silentLogger },
      onLeader: () => undefined,
    });
    http = await openHttp({
      ...{ listen: '127.0.0.1:0', member: () => cluster.shown, pageFolder, version: '1.2.3', logger: silentLogger },
    });
    await fillStore(store());
    browser = await openBrowser();
  }, 90_000);
  afterEach(async () => {
    for (const check of checks.splice(0)) check();
    for (const page of opened.splice(0)) await page.context().close();
  });
  afterAll(async () => {
    await browser.close();
    await http.close();
    await cluster.close();
  });
  const leader = () => cluster.leader as NonNullable<typeof cluster.leader>;
  const store = () => leader().replica!.store;

  /** A page whose problems fail the test. */
  async function open(hash: string, options: BrowserContextOptions = {}): Promise<Page> {
    const page = await (await browser.newContext(options)).newPage();
    page.setDefaultTimeout(waitMs);
    opened.push(page);
    const problems = problemsOf(page, `http://${http.addr}/`);
    checks.push(() => expect(problems).toEqual([]));
    await page.goto(`http://${http.addr}/#/${hash}`);
    await page.getByText('live', { exact: true }).waitFor();
    return page;
  }

  it('shows the members, the leader and the last changes', async () => {
    const page = await open('overview');
    for (const { name, addr } of cluster.members) {
      await page.getByText(name, { exact: true }).first().waitFor();
      await page.getByText(addr).waitFor();
    }
    await page.getByText(`${leader().name} leads`).waitFor();
    await page.getByText('survives the loss of 1 more member').waitFor();
    await page.getByText('black friday').waitFor();
    expect(await page.title()).toBe('Overview · skep');
  });

  it('lists objects, finds them by name, and shows changes as they happen', async () => {
    const page = await open('objects/node');
    await page.getByRole('link', { name: 'node-3' }).waitFor();
    await store().update((tx) => void tx.nodes().create({ id: 'new', description: { hostname: 'just-made' } }));
    const row = page.getByRole('row').filter({ hasText: 'just-made' });
    await row.waitFor();
    await store().update((tx) => void tx.nodes().delete('new'));
    await row.waitFor({ state: 'detached' });
    await page.getByRole('searchbox', { name: 'Name begins with' }).fill('NODE-2');
    await page.getByRole('link', { name: 'node-3' }).waitFor({ state: 'detached' });
    await expect.poll(() => page.getByRole('row').count(), { timeout: waitMs }).toBe(2);
  });

  it('shows the history of an object as a difference, with actor and reason, live', async () => {
    const page = await open('objects/service/web');
    const change = page.getByRole('listitem').filter({ hasText: 'black friday' });
    await change.first().waitFor();
    expect(await change.first().innerText()).toMatch(/alice[\s\S]*spec\.mode\.replicated\.replicas[\s\S]*4[\s\S]*5/);
    await store().update(
      (tx) => {
        const web = tx.services().get('web')!;
        tx.services().update({ ...web, spec: { ...web.spec, mode: { replicated: { replicas: 2 } } } });
      },
      { actor: 'carol', reason: 'over' },
    );
    await page.getByText('by carol').waitFor();
    expect(await page.locator('ins').first().innerText()).toBe('2');
  });

  it.each([
    ['timeline', ['kernel upgrade', 'by bob', 'created']],
    ['services', ['shop_web', 'no suitable node', 'its manager has not heard from it for 42 s']],
    ['catalogue', ['api-1', 'passing', 'critical']],
    ['leases', ['nightly-invoices', 'billing-7d9f', 'kept alive']],
    ['watches', ['Watches', 'up to date']],
    ['objects/secret/db-password', ['db_password', 'created']],
  ])('shows %s', async (hash, texts) => {
    const page = await open(hash);
    for (const text of texts) await page.getByText(text).first().waitFor();
    expect(await page.content()).not.toContain('aHVzaA');
  });

  it('shows text of objects as text', async () => {
    const page = await open('objects/node');
    await store().update(
      (tx) => void tx.nodes().create({ id: 'x', description: { hostname: '<img src=x onerror=alert(1)>' } }),
    );
    await page.getByRole('link', { name: '<img src=x onerror=alert(1)>' }).waitFor();
    await store().update((tx) => void tx.nodes().delete('x'));
  });

  it('is dark where the system is, and light when the user says so', async () => {
    const page = await open('overview', { colorScheme: 'dark' });
    const ground = () => page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
    expect(await ground()).toBe('rgb(20, 19, 15)');
    await page.getByRole('button', { name: /Theme/ }).click();
    await expect.poll(ground).toBe('rgb(246, 245, 242)');
    await page.reload();
    await page.getByText('live', { exact: true }).waitFor();
    expect(await ground()).toBe('rgb(246, 245, 242)');
  });

  it.each(['overview', 'objects/node', 'objects/service/web', 'timeline', 'services'])(
    'gives every control of %s a name, and the keyboard a way through',
    async (hash) => {
      const page = await open(hash);
      await page.getByRole('main').waitFor();
      const unnamed =
        await page.evaluate(`[...document.querySelectorAll('a,button,input,select,summary,[tabindex="0"]')]
        .filter((one) => !(one.getAttribute('aria-label') || one.textContent.trim() || one.labels?.length))
        .map((one) => one.outerHTML)`);
      expect(unnamed).toEqual([]);
      expect(await page.locator('html').getAttribute('lang')).toBe('en');
      await page.evaluate('document.activeElement.blur()');
      await page.reload();
      await page.getByText('live', { exact: true }).waitFor();
      const order: string[] = [];
      for (let i = 0; i < 4; i++) {
        await page.keyboard.press('Tab');
        order.push(
          await page.evaluate<string>(
            'document.activeElement.getAttribute("aria-label") || document.activeElement.textContent',
          ),
        );
      }
      expect(order).toEqual(['Skip to the content', 'skep, overview', expect.stringContaining('Theme'), 'Overview']);
    },
  );

  it('moves the focus to the content of a new view', async () => {
    const page = await open('overview');
    await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Leases' }).press('Enter');
    await page.getByRole('heading', { name: 'Leases' }).waitFor();
    await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('main');
    expect(await page.getByRole('link', { name: 'Leases' }).getAttribute('aria-current')).toBe('page');
  });

  it('shows that the leader was killed and another leads, and goes on', async () => {
    const page = await open('overview');
    const killed = leader();
    await page.getByText(`${killed.name} leads`).waitFor();
    await killed.kill();
    await page.getByText('no answer').waitFor();
    await expect.poll(() => cluster.leader?.name, { timeout: waitMs }).toBeDefined();
    await page.getByText(`${leader().name} leads`).waitFor();
    await page.getByText('no further member may fail').waitFor();
    await page.getByText('live', { exact: true }).waitFor();
    await store().update((tx) => void tx.nodes().create({ id: 'after' }), { actor: 'dave', reason: 'after the kill' });
    await page.getByText('after the kill').waitFor();
    await killed.start();
    await page.getByText('survives the loss of 1 more member').waitFor();
  });

  it('is served with tags, so that a browser asks for each file once', async () => {
    const { headers, text } = await askHttp(`http://${http.addr}/page.js`);
    expect(text.length).toBeGreaterThan(1_000);
    const again = await askHttp(`http://${http.addr}/page.js`, { headers: { 'If-None-Match': String(headers.etag) } });
    expect(again).toMatchObject({ status: 304, text: '' });
  });
});
