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

/** Applies the theme and stores it if possible. */
export const applyTheme = (): void => {
  effect(() => {
    document.documentElement.dataset.theme = theme.value;
    try {
      if (theme.value === 'system') localStorage.removeItem(key);
      else localStorage.setItem(key, theme.value);
    } catch {
      // Storage is disabled, so the theme is not kept.
    }
  });
};
