import { startMoto } from '../support/moto.ts';
import { awsCloud } from './aws-cloud.ts';
import { describeProvider } from './contract.ts';

const RUNS_NOTHING = 'moto does not run functions';

describeProvider(
  'aws on moto',
  async () => {
    const { url, close } = await startMoto();
    return awsCloud({
      url: () => url,
      close,
      // A bucket has the tags of the one of its name that was removed.
      before: async (name) => {
        const [, bucket] = /^s3 DELETE \/([\w.-]+)\/?$/.exec(name) ?? [];
        if (bucket !== undefined) await fetch(`${url}/${bucket}?tagging`, { method: 'DELETE' });
      },
      twice: /\/versions$|\/policy\?/,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    });
  },
  {
    'a function answers over HTTP': RUNS_NOTHING,
    'a function is invoked, and an error of it comes with its traceback': RUNS_NOTHING,
    'what a function printed is told, once, and new lines as they come': RUNS_NOTHING,
    'an app that does not load leaves the old version serving, and its traceback is told': RUNS_NOTHING,
    'requests reach a function through a gateway': RUNS_NOTHING,
    'the files of a site are served, with what is not there': 'moto has no websites',
  },
);
