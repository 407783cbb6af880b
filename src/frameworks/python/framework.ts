/** What is specific to one Python framework. */
export interface PythonFramework {
  /** `flask` */
  id: string;
  /** For people: `Flask`. */
  title: string;
  interface: 'wsgi' | 'asgi';
  /** Qualified names of the calls that make an app. */
  constructors: string[];
  /** Attribute of what is made that is the WSGI or ASGI app, when it is not the object itself. */
  attribute?: string;
}
