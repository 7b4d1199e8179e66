import { useSignal } from '@preact/signals';
import { readFragment } from '../state/fragment.ts';
import { goTo, token } from '../state/route.ts';
import { refused } from '../state/server.ts';
import { connect } from '../state/session.ts';

/** Returns the token in the pasted text, which is the printed URL or only the token. */
const tokenIn = (pasted: string): string => {
  const text = pasted.trim();
  return text.includes('#') ? readFragment(text.slice(text.indexOf('#'))).token : text.replace(/^token=/, '');
};

/** The panel shown if the page was opened without a valid token. */
export const TokenPanel = () => {
  const pasted = useSignal('');
  return (
    <main class="panel" id="main" tabIndex={-1}>
      <h2>{refused.value ? 'This URL is no longer valid' : 'Open the printed URL'}</h2>
      <p>
        {refused.value
          ? 'The token in the URL is not valid. healflow prints a new URL each time it starts.'
          : 'The URL has no token. Copy the full URL that healflow printed.'}
      </p>
      <p>
        Copy the address that <code>healflow inspect</code> or <code>healflow proxy --inspect</code> has printed and
        paste it here.
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const next = tokenIn(pasted.value);
          if (next === '') return;
          if (next === token.value) void connect();
          else goTo({ token: next }, { replace: true });
          pasted.value = '';
        }}
      >
        <input
          type="text"
          aria-label="Printed URL or token"
          placeholder="http://127.0.0.1:…/#token=…"
          autocomplete="off"
          spellcheck={false}
          value={pasted.value}
          onInput={(event) => {
            pasted.value = event.currentTarget.value;
          }}
        />
        <button type="submit">Open</button>
      </form>
      <p class="hint">An exported run needs no token: open its file, or drop it on this page.</p>
    </main>
  );
};
