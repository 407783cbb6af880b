const PAGE = 100;

/** All that a listing action has. It gives so many at a time, and perhaps fewer than it is asked for: `total` says when there are no more. */
export async function allPages<T>(
  read: (page: {
    Offset: number;
    Limit: number;
  }) => Promise<{ items: T[] | undefined; total: number | undefined }>,
): Promise<T[]> {
  const all: T[] = [];
  for (;;) {
    const { items = [], total = 0 } = await read({ Offset: all.length, Limit: PAGE });
    all.push(...items);
    if (items.length === 0 || (all.length >= total && items.length < PAGE)) return all;
  }
}
