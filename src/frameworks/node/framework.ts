/** What detection has to know about a Node framework. */
export interface NodeFramework {
  /** `express`, `koa`… */
  id: string;
  /** For people: `Express`. */
  title: string;
  /**
   * Package name to the exports that make an app when called or constructed: `default` for the
   * package itself, else a dotted path such as `NestFactory.create`.
   */
  makes: Record<string, string[]>;
  /** Package name to the exports that start a server, for frameworks whose apps have no `listen`. */
  serves?: Record<string, string[]>;
}
