import { describe, expect, it } from 'vitest';
import { type Chart, chart, toMermaid, toSvg } from '../../machines/index.ts';

describe('toMermaid', () => {
  it('writes one line for each state and arrow', () => {
    expect(toMermaid(chart)).toBe(`stateDiagram-v2
    Executing: Executing<br/>Calls the tool.
    ErrorDetected: ErrorDetected<br/>The call failed.
    Analyzing: Analyzing<br/>Finds out why.
    FixAvailable: FixAvailable<br/>A fix is known.
    ApplyingFix: ApplyingFix<br/>Runs the fix.
    Retrying: Retrying<br/>Repeats the call.
    Success: Success<br/>The call succeeded.
    NoFix: NoFix<br/>The failure stays.
    Logging: Logging<br/>Writes the event.
    [*] --> Executing: tool called
    Executing --> Success: succeeded
    Executing --> ErrorDetected: failed
    ErrorDetected --> Analyzing
    Analyzing --> FixAvailable: fix found
    Analyzing --> NoFix: no fix found
    FixAvailable --> ApplyingFix
    ApplyingFix --> Retrying: fixed, may repeat
    ApplyingFix --> NoFix: not fixed, or may not repeat
    Retrying --> Success: succeeded
    Retrying --> NoFix: failed again
    Retrying --> ErrorDetected: failed again, attempts and time left
    Success --> Logging
    NoFix --> Logging
    Logging --> [*]
`);
  });
});

/** The names of a drawing's tags in order, checked to be opened and closed like XML. */
const tags = (svg: string): string[] => {
  const open: string[] = [];
  const seen: string[] = [];
  for (const [, close, name = '', self] of svg.matchAll(/<(\/?)([a-z]+)(?:\s+[\w:-]+="[^"<]*")*\s*(\/?)>/gi)) {
    if (close) expect(open.pop()).toBe(name);
    else {
      seen.push(name);
      if (!self) open.push(name);
    }
  }
  expect(open).toEqual([]);
  return seen;
};

describe('toSvg', () => {
  const svg = toSvg(chart);

  it('is well formed, one element after the other', () => {
    const left = svg.replace(/<style>[\s\S]*<\/style>/, '').replace(/<[^<>]*>/g, '');
    expect(tags(svg)).toContain('svg');
    expect(left).not.toMatch(/[<>]|&(?!amp;|lt;|gt;|quot;)/);
  });

  it('draws every state and every arrow once', () => {
    const drawn = [...svg.matchAll(/data-state="(.*?)"/g)].map(([, name]) => name);
    const arrows = [...svg.matchAll(/data-from="(.*?)" data-to="(.*?)"/g)].map(([, from, to]) => [from, to]);
    expect(drawn).toEqual(chart.states.map(({ name }) => name));
    expect(arrows).toEqual(chart.arrows.map(({ from, to }) => [from, to]));
  });

  it('has a title and a description that tells of every arrow, for those who cannot see it', () => {
    expect(svg).toContain('role="img" aria-labelledby="chart-title chart-description"');
    expect(svg).toContain('<title id="chart-title">The chart of a healing run</title>');
    const said = svg.match(/<desc id="chart-description">(.*?)<\/desc>/)?.[1];
    expect(said).toMatch(/^9 states\. Begins in Executing \(tool called\)\. Executing to Success \(succeeded\)\./);
    expect(said?.split('. ')).toHaveLength(1 + chart.arrows.length);
  });

  it('marks the added arrow', () => {
    expect(svg.match(/class="arrow added" data-from="(.*?)" data-to="(.*?)"/)?.slice(1)).toEqual([
      'Retrying',
      'ErrorDetected',
    ]);
  });

  it('has colours for light and dark pages, and loads nothing', () => {
    expect(svg).toContain('prefers-color-scheme: dark');
    expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|url\((?!#)|<script|<image|@import/);
  });

  it('writes hostile text as text', () => {
    const [state] = chart.states;
    const [first] = chart.arrows;
    if (!state || !first) throw new Error('the chart is empty');
    const hostile: Chart = {
      ...chart,
      states: [{ ...state, description: '<script>"&' }],
      arrows: [{ ...first, label: '</text><script>' }],
    };
    expect(toSvg(hostile)).not.toContain('<script');
    expect(toSvg(hostile)).toContain('&lt;script&gt;&quot;&amp;');
  });
});
