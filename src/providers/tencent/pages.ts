const PAGE = 100;

/** All that a listing action has, which gives so many at a time. */
export async function allPages<T>(
  read: (page: { Offset: number; Limit: number }) => Promise<T[]>,
): Promise<T[]> {
  const all: T[] = [];
  for (;;) {
    const page = await read({ Offset: all.length, Limit: PAGE });
    all.push(...page);
    if (page.length < PAGE) return all;
  }
}
