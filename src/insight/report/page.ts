import { type Html, html, type Part } from './html.ts';
import { STYLE } from './style.ts';

export interface Section {
  /** Of its anchor; unique on the page. */
  id: string;
  title: string;
  /** One or two sentences: what is found here. */
  lead?: Part;
  body: Part;
}

export interface PageOptions {
  /** Of the file, and its first line. */
  title: string;
  /** Below it: of what, when, where. */
  subtitle?: Part;
  /** Before all sections: the answer. */
  summary?: Part;
  sections: Section[];
  /** Last line: what made it. */
  footer?: Part;
}

/**
 * A page that is one file: its style inside, no script, nothing fetched (its own policy forbids it), light or dark as the
 * reader's system is, light on paper.
 */
export function page({ title, subtitle, summary, sections, footer }: PageOptions): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"
        />
        <meta name="color-scheme" content="light dark" />
        <meta name="generator" content="Ropeway" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        <style>
          ${STYLE}
        </style>
      </head>
      <body>
        <header>
          <div>
            <h1>${title}</h1>
            ${subtitle !== undefined && html`<p class="subtitle">${subtitle}</p>`}
          </div>
        </header>
        <div class="layout">
          ${sections.length > 1 && contents(sections)}
          <main>
            ${summary} ${sections.map(sectionOf)} ${footer !== undefined && html`<footer>${footer}</footer>`}
          </main>
        </div>
      </body>
    </html> `.toString();
}

function contents(sections: Section[]): Html {
  return html`<nav aria-label="Contents">
    <ul>
      ${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}
    </ul>
  </nav>`;
}

function sectionOf({ id, title, lead, body }: Section): Html {
  return html`<section id="${id}">
    <h2>${title}</h2>
    ${lead !== undefined && html`<p class="lead">${lead}</p>`} ${body}
  </section> `;
}
