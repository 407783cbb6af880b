import { type Actions, runAction } from '../call-parameters.ts';
import { APP_ID, type TencentService, UIN } from '../service.ts';

/** Who the account is, as `tencent-component-toolkit` asks. */
export function openAccount(): TencentService {
  const actions: Actions = {
    DescribeCurrentUserDetails: () => ({
      OwnerUin: UIN,
      Uin: UIN,
      AppId: [Number(APP_ID)],
      Account: '',
      UserType: '',
      Type: '',
      Area: '',
      Tel: '',
      Mail: '',
    }),
  };
  return {
    name: 'account',
    actions: Object.keys(actions),
    handle: ({ action, parameters }) => runAction(actions, action, parameters),
  };
}
