/** The URLs and files that the tools of the demo's server use. */
export interface WorldFacts {
  /** The URL of each cluster, by name. */
  readonly clusters: Readonly<Record<string, string>>;
  readonly credentialsFile: string;
  readonly ordersUrl: string;
  readonly accessTokenFile: string;
  readonly issuesUrl: string;
  /** The local end of the tunnel. */
  readonly wikiUrl: string;
  readonly packagesUrl: string;
  readonly cacheFolder: string;
  readonly buildsUrl: string;
}
