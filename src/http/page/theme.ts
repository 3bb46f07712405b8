/** Colours of the page: those of the system, or always the same. */
export type Theme = 'auto' | 'light' | 'dark';

const order: readonly Theme[] = ['auto', 'light', 'dark'];
const key = 'skep-theme';

export function storedTheme(): Theme {
  try {
    return order.find((one) => one === localStorage.getItem(key)) ?? 'auto';
  } catch {
    return 'auto'; // a browser may keep nothing
  }
}

export function nextTheme(theme: Theme): Theme {
  return order[(order.indexOf(theme) + 1) % order.length] ?? 'auto';
}

export function showTheme(theme: Theme): void {
  document.documentElement.dataset['theme'] = theme;
  try {
    localStorage.setItem(key, theme);
  } catch {
    // as above
  }
}
