import { render } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { StatusShape } from '../shapes.js';
import { useData } from './data.js';
import { connectionNow, onConnection, openStream } from './live.js';
import { Badge } from './parts.js';
import { nextTheme, showTheme, storedTheme, type Theme } from './theme.js';
import { Catalogue } from './views/catalogue.js';
import { Leases } from './views/leases.js';
import { ObjectPage } from './views/object.js';
import { Objects } from './views/objects.js';
import { Overview } from './views/overview.js';
import { Services } from './views/services.js';
import { Timeline } from './views/timeline.js';
import { Watches } from './views/watches.js';

const places = [
  ['overview', 'Overview'],
  ['objects', 'Objects'],
  ['timeline', 'Timeline'],
  ['services', 'Services'],
  ['catalogue', 'Catalogue'],
  ['leases', 'Leases'],
  ['watches', 'Watches'],
] as const;

/** Interval at which the members are asked, milliseconds. */
const statusMs = 1_000;

/** Parts of the address behind `#/`. */
function useRoute(): readonly string[] {
  const partsNow = () => location.hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
  const [route, setRoute] = useState(partsNow());
  useEffect(() => {
    const go = () => setRoute(partsNow());
    addEventListener('hashchange', go);
    return () => removeEventListener('hashchange', go);
  }, []);
  return route;
}

function useConnection() {
  const [now, setNow] = useState(connectionNow());
  useEffect(() => {
    const read = () => setNow(connectionNow());
    read(); // it may have changed since the first rendering
    return onConnection(read);
  }, []);
  return now;
}

function App() {
  const route = useRoute();
  const [place = ''] = route;
  const status = useData<StatusShape>('/api/status', { everyMs: statusMs });
  const main = useRef<HTMLElement>(null);
  const shown = useRef<string | undefined>(undefined);
  const path = route.join('/');
  const [, title = 'Overview'] = places.find(([name]) => name === place) ?? [];
  useEffect(() => {
    document.title = `${title} · skep`;
    // After a link, and not when the page is opened: there the keyboard begins at the top.
    if (shown.current !== undefined && shown.current !== path) main.current?.focus();
    shown.current = path;
  }, [path, title]);
  return (
    <>
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        Skip to the content
      </a>
      <Header status={status.value} />
      <nav aria-label="Views">
        {places.map(([name, label]) => {
          const here = name === (place || 'overview');
          return (
            <a key={name} href={`#/${name}`} aria-current={here ? 'page' : undefined}>
              {label}
            </a>
          );
        })}
      </nav>
      <main id="main" ref={main} tabIndex={-1} aria-label={title}>
        <View route={route} status={status.value} error={status.error} />
      </main>
    </>
  );
}

function View(props: { route: readonly string[]; status: StatusShape | undefined; error: string | undefined }) {
  const [place, kind, id] = props.route;
  if (place === 'objects' && kind && id) return <ObjectPage key={`${kind}/${id}`} kind={kind} id={id} />;
  if (place === 'objects') return <Objects kind={kind} />;
  if (place === 'timeline') return <Timeline />;
  if (place === 'services') return <Services />;
  if (place === 'catalogue') return <Catalogue />;
  if (place === 'leases') return <Leases />;
  if (place === 'watches') return <Watches />;
  return <Overview status={props.status} error={props.error} />;
}

function Header({ status }: { status: StatusShape | undefined }) {
  const { state } = useConnection();
  const leader = status?.leader;
  return (
    <header class="top">
      <a class="brand" href="#/overview" aria-label="skep, overview">
        <img src="/icon.svg" alt="" width="24" height="24" /> skep
      </a>
      <div class="facts" role="status" aria-label="Cluster">
        {status && leader && <Badge tone="good">{leader} leads</Badge>}
        {status && !leader && <Badge tone="bad">no leader: writes wait</Badge>}
        {status && <span>term {status.term}</span>}
        {status && <span>version {status.version.toLocaleString('en')}</span>}
        {status && <span class="wide">answered by {status.answeredBy}</span>}
      </div>
      <span class="grow" />
      <span role="status" aria-label="Connection">
        {state === 'live' ? (
          <Badge tone="good">live</Badge>
        ) : (
          <Badge tone="warn">{state === 'lost' ? 'reconnecting' : 'connecting'}</Badge>
        )}
      </span>
      <ThemeButton />
    </header>
  );
}

function ThemeButton() {
  const [theme, setTheme] = useState<Theme>(storedTheme());
  useEffect(() => showTheme(theme), [theme]);
  const label = { auto: 'Theme: as the system', light: 'Theme: light', dark: 'Theme: dark' }[theme];
  return (
    <button type="button" onClick={() => setTheme(nextTheme(theme))} aria-label={`${label}; change`} title={label}>
      {{ auto: '◐', light: '☀', dark: '☾' }[theme]}
    </button>
  );
}

openStream();
render(<App />, document.getElementById('page') as HTMLElement);
