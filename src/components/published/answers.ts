import { errorMessage } from '../../lib/errors.ts';
import type { PublishedOptions } from './host.ts';
import type { Answer, Question } from './messages.ts';

export interface Answering {
  /** Resolves with the answer; never rejects. */
  answer(question: number, about: Question): Promise<Answer>;
  /** Our own error of this number. */
  failure(number: number): unknown;
  /** Resolves when nothing is being answered any more. */
  idle(): Promise<void>;
}

/** Answers what a child asks: state and the children that run here. States are written one after the other, as they were saved. */
export function answerQuestions(
  options: Pick<PublishedOptions, 'state' | 'provide' | 'callProvided'>,
): Answering {
  const failures: unknown[] = [];
  const open = new Set<Promise<Answer>>();
  let written: Promise<unknown> = Promise.resolve();

  function write(id: string, value: unknown): Promise<void> {
    const writing = written.then(() => options.state.write(id, value));
    // The next one is written whether or not this one was.
    written = writing.catch(() => undefined);
    return writing;
  }

  async function valueOf(about: Question): Promise<unknown> {
    if (about.ask === 'write') return write(about.id, about.value);
    if (about.ask === 'provides') {
      return options.callProvided !== undefined && (options.provide?.(about.name) ?? false);
    }
    if (about.ask === 'provided') {
      return options.callProvided!(about.name, about.id, about.method, about.inputs);
    }
    await written;
    return options.state.read(about.id);
  }

  async function answer(question: number, about: Question): Promise<Answer> {
    try {
      return { type: 'answer', question, value: await valueOf(about) };
    } catch (error) {
      failures.push(error);
      const failure = failures.length - 1;
      return { type: 'answer', question, error: { message: errorMessage(error), failure } };
    }
  }

  return {
    async answer(question, about) {
      const answering = answer(question, about);
      open.add(answering);
      try {
        return await answering;
      } finally {
        open.delete(answering);
      }
    },
    failure: (number) => failures[number],
    async idle() {
      await Promise.all(open);
    },
  };
}
