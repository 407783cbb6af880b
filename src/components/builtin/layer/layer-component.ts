import { z } from 'zod';

import { strict } from '../app/own-inputs.ts';
import { texts, text } from '../old/words.ts';
import { Component, type Values } from '../../component.ts';
import type { Change } from '../../types.ts';
import { madeOrChanged } from '../change.ts';
import { ownName } from '../names.ts';
import { sourceFolder } from '../source-folder.ts';

const shape = {
  name: text.optional(),
  src: text.default('.'),
  include: texts.default([]),
  exclude: texts.default([]),
};

/** What is known of a layer; functions find it by name and version. */
export interface LayerState {
  layer?: string;
  version?: string;
  /** SHA-256 of its package. */
  digest?: string;
  /** The package on this machine. */
  file?: string;
}

/** Characters of a digest that are the version. */
const VERSION_LENGTH = 12;

/** Files that functions share: `layers: [{name: ${deps.name}, version: ${deps.version}}]`. */
export class LayerComponent extends Component {
  static override inputs: z.ZodType = strict(shape);
  static kind = 'layer';

  override async default(inputs: Values): Promise<Values> {
    const { context } = this;
    const { name, version, digest, file, changed } = await this.#look(inputs as unknown as Inputs);
    this.state = { layer: name, version, digest, file };
    await this.save();
    if (changed !== undefined) context.changed(changed);
    return { name, version, layerName: name, layerVersion: version };
  }

  override async plan(inputs: Values): Promise<Change[]> {
    const { changed } = await this.#look(inputs as unknown as Inputs);
    return changed === undefined ? [] : [changed];
  }

  override async remove(): Promise<void> {
    const { layer } = this.state as LayerState;
    // Its package goes with the last function that has it.
    if (layer !== undefined)
      this.context.changed({ action: 'remove', kind: 'layer', name: layer, because: [] });
    this.state = {};
    await Promise.resolve();
  }

  async #look({
    src,
    include,
    exclude,
    name: given,
  }: Inputs): Promise<Required<Omit<LayerState, 'layer'>> & { name: string; changed?: Change }> {
    const { context } = this;
    const before = this.state as LayerState;
    const dir = sourceFolder(this, src, 'a folder of files');
    const { file, digest } = await context.workshop.pack({ dir, include, exclude });
    const name = given ?? before.layer ?? ownName(this);
    const isSame = before.digest === digest && before.layer === name;
    const isNew = before.digest === undefined;
    return {
      name,
      version: digest.slice(0, VERSION_LENGTH),
      digest,
      file,
      ...(isSame ? {} : { changed: madeOrChanged('layer', name, isNew, ['files']) }),
    };
  }
}

interface Inputs {
  src: string;
  include: string[];
  exclude: string[];
  name?: string;
}

/** What `@serverless/tencent-layer` takes. */
export class OldLayerComponent extends LayerComponent {
  static override inputs: z.ZodType = z
    .looseObject({ ...shape, code: text.optional() })
    .transform(({ code, ...rest }) => ({
      ...rest,
      src: code ?? rest.src,
    }));
}
