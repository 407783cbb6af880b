import type { Store } from '../../store.ts';
import type { AwsContext } from '../context.ts';
import { actionOf, type QueryAction, queryFailure, runAction } from '../query-protocol.ts';
import { ACCOUNT, type AwsService } from '../service.ts';
import { type Books, NO_BOOKS } from './books.ts';
import { policyActions } from './policies.ts';
import { roleActions } from './roles.ts';

/** What every action of IAM works with. */
export interface Desk {
  context: AwsContext;
  store: Store<Books>;
}

const NAMESPACE = 'https://iam.amazonaws.com/doc/2010-05-08/';

/** IAM: roles and policies, kept and told. Nothing is refused because of them: whoever has the keys may do everything. */
export function openIam(context: AwsContext): AwsService {
  const store = context.openStore('iam', NO_BOOKS);
  const desk: Desk = { context, store };
  const actions: Record<string, QueryAction> = {
    ...roleActions(desk),
    ...policyActions(desk),
    GetUser: () => ({
      User: {
        Path: '/',
        UserName: 'root',
        UserId: ACCOUNT,
        Arn: `arn:aws:iam::${ACCOUNT}:root`,
        CreateDate: '2020-01-01T00:00:00Z',
      },
    }),
    ListAccountAliases: () => ({ AccountAliases: '', IsTruncated: false }),
  };
  return {
    name: 'iam',
    operation: (call) => actionOf(actions, call),
    handle: (call) => runAction(actions, call, NAMESPACE),
    failure: queryFailure(NAMESPACE),
    close: () => store.settled(),
  };
}
