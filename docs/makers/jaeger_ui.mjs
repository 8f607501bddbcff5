// Counts, with Jaeger UI's own code, the nodes of its compare page for pairs of traces.
//
//   npx esbuild JAEGER_UI/packages/jaeger-ui/src/model/trace-dag/TraceDag.ts \
//     --bundle --format=esm --outfile=TraceDag.mjs
//   python -m docs.makers.planted pairs | node docs/makers/jaeger_ui.mjs TraceDag.mjs
//
// Reads a JSON array of pairs of traces, each an array of spans, and prints for each pair the nodes that the page
// marks: their labels with the number of spans on each side.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const { default: TraceDag } = await import(pathToFileURL(resolve(process.argv[2])));

const trace = spans => ({
  spans: spans.map(span => ({
    ...span,
    resource: { serviceName: span.service },
    attributes: {
      size: Object.keys(span.attributes).length,
      entries: () => Object.entries(span.attributes).map(([key, value]) => ({ key, value })),
    },
  })),
});

const marked = ([before, after]) => {
  const [a, b] = [before, after].map(spans => TraceDag.newFromTrace(trace(spans)));
  return [...TraceDag.diff(a, b).nodesMap.values()]
    .map(({ service, operation, a, b }) => [`${service}: ${operation}`, a?.length ?? 0, b?.length ?? 0])
    .filter(([, a, b]) => a !== b);
};

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0)).map(marked)));
