/** Where the tools of the demo's server find what they work with. */
export interface WorldFacts {
  /** The URL of each cluster, by its name. */
  readonly clusters: Readonly<Record<string, string>>;
  readonly credentialsFile: string;
  readonly ordersUrl: string;
  readonly accessTokenFile: string;
  readonly issuesUrl: string;
  /** The near end of the tunnel. */
  readonly wikiUrl: string;
  readonly packagesUrl: string;
  readonly cacheFolder: string;
  readonly buildsUrl: string;
}
