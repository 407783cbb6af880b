import type { ComponentClass } from '../../component.ts';
import {
  bucketSchema,
  bucketSettings,
  staticSchema,
  staticSettings,
  websiteSchema,
  websiteSettings,
} from './inputs.ts';
import { siteComponent } from './site-component.ts';

/** Components of static files by all their names. */
export const SITE_COMPONENTS: Record<string, ComponentClass> = {
  static: siteComponent({ kind: 'static', inputs: staticSchema, settings: staticSettings }),
  '@serverless/tencent-website': siteComponent({
    kind: 'static',
    inputs: websiteSchema,
    settings: websiteSettings,
  }),
  '@serverless/tencent-cos': siteComponent({
    kind: 'static',
    inputs: bucketSchema,
    settings: bucketSettings,
  }),
};
