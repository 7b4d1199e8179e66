/**
 * Healing for MCP servers: everything exported here is public.
 *
 * @packageDocumentation
 */
export { type HealableServer, healMcpServer } from './heal-mcp-server.ts';
export { type HealingMeta, healingMetaKey } from './healing/result-meta.ts';
