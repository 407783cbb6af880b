/** Routes of one host and one path, told apart by the method of the request. */
export interface MethodRoutes<R> {
  /** The route that takes one of its methods already, and then nothing changes. */
  add(route: R): R | undefined;
  /** The route that names the method; for HEAD else the one that names GET; else the one that names none. */
  find(method: string): R | undefined;
}

export function createMethodRoutes<R extends { methods?: readonly string[] | undefined }>(): MethodRoutes<R> {
  const named = new Map<string, R>();
  let rest: R | undefined;
  return {
    add: (route) => {
      if (route.methods === undefined) {
        if (rest !== undefined) return rest;
        rest = route;
        return undefined;
      }
      for (const method of route.methods) {
        const other = named.get(method);
        if (other !== undefined && other !== route) return other;
      }
      for (const method of route.methods) named.set(method, route);
      return undefined;
    },
    find: (method) => named.get(method) ?? (method === 'HEAD' ? named.get('GET') : undefined) ?? rest,
  };
}
