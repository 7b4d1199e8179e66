import { effect, signal } from '@preact/signals';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const key = 'healflow-theme';

const stored = (): Theme => {
  try {
    return themes.find((theme) => theme === localStorage.getItem(key)) ?? 'system';
  } catch {
    return 'system';
  }
};

export const theme = signal<Theme>(stored());

/** Puts the theme on the document and remembers it where that is allowed. */
export const applyTheme = (): void => {
  effect(() => {
    document.documentElement.dataset.theme = theme.value;
    try {
      if (theme.value === 'system') localStorage.removeItem(key);
      else localStorage.setItem(key, theme.value);
    } catch {
      // Storage is switched off: the choice lasts as long as the page.
    }
  });
};
