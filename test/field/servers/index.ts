import type { Server } from '../server.ts';
import { circleci } from './circleci.ts';
import { context7 } from './context7.ts';
import { elasticsearch } from './elasticsearch.ts';
import { firecrawl } from './firecrawl.ts';
import { gitlab } from './gitlab.ts';
import { grafana } from './grafana.ts';
import { kubernetes } from './kubernetes.ts';
import { notion } from './notion.ts';
import { openapi } from './openapi.ts';
import { postgres } from './postgres.ts';
import { prometheus } from './prometheus.ts';
import { redis } from './redis.ts';
import { searxng } from './searxng.ts';
import { sonarqube } from './sonarqube.ts';
import { supabase } from './supabase.ts';

export const servers: readonly Server[] = [
  ...[circleci, context7, elasticsearch, firecrawl, gitlab, grafana, kubernetes, notion, openapi, postgres],
  ...[prometheus, redis, searxng, sonarqube, supabase],
];
