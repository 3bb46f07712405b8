// Names the pages of the site by their headings, and modules by what users import: typedoc takes the names of files.
import { Converter, ReflectionKind } from 'typedoc';

export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const page of project.getReflectionsByKind(ReflectionKind.Document)) {
      const [first] = page.content;
      const [, heading] = /^\s*# (.+)/.exec(first?.text ?? '') ?? [];
      if (heading && page.frontmatter.title === undefined) page.name = heading.replaceAll('`', '');
    }
    // Entry points as users import them.
    for (const entry of project.getReflectionsByKind(ReflectionKind.Module))
      entry.name = entry.name === 'index' ? 'skep' : `skep/${entry.name}`;
  });
}
