// An unmodified jaeger-client for Node, configured by its own environment variables alone. It makes three spans,
// TEST_DELAY milliseconds after its start. NODE_PATH names the directory with the package.
const { initTracerFromEnv } = require("jaeger-client");

const tracer = initTracerFromEnv({ serviceName: "shop" }, {});
setTimeout(() => {
  const parent = tracer.startSpan("checkout");
  const child = tracer.startSpan("pay", { childOf: parent });
  child.setTag("error", true);
  child.setTag("amount", 42);
  child.log({ event: "refused", reason: "no money: \u20ac" });
  child.finish();
  parent.finish();
  tracer.startSpan("ship").finish();
  tracer.close(() => {});
}, Number(process.env.TEST_DELAY || 0));
