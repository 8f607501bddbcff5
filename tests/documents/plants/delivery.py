"""Plants in the way of a span out of its process: ends, queues, limits, values that lose others."""

from __future__ import annotations

from tests.documents.plants.plant import Plant

BATCHES = "opentelemetry.sdk._shared_internal"
BATCH_DEFAULTS = "opentelemetry.sdk.trace.export"
ENCODER = "opentelemetry.exporter.otlp.proto.common._internal"
SPAN_ENCODER = "opentelemetry.exporter.otlp.proto.common._internal.trace_encoder"
OTLP = "opentelemetry.exporter.otlp.proto.http.trace_exporter"
REPORTER = "jaeger_client.reporter"
SDK = "opentelemetry.sdk.trace"
SEND = "opentelemetry.exporter.jaeger.thrift.send"
THRIFT = "jaeger_client.thrift"
THRIFT_EXPORTER = "opentelemetry.exporter.jaeger.thrift"
TRANSLATE = "opentelemetry.exporter.jaeger.thrift.translate"

# Wait until a future is done, at most 3 s.
WAIT = "[future for _ in range(300) if not future.done() and not __import__('time').sleep(0.01)]"
EMIT = "        self._queue.appendleft(data)"
SUBMIT = "            yield self._send(batch)"
EACH_ALONE = (
    "            for span in spans:\n"
    "                yield self._send(thrift.make_jaeger_batch(spans=[span], process=process))"
)

PLANTS = (
    Plant(
        "end-of-process",
        "jaeger-client delivers at the exit",
        REPORTER,
        "            self.io_loop.spawn_callback(self._consume_queue)",
        "            self.io_loop.spawn_callback(self._consume_queue)\n"
        f"            __import__('atexit').register(lambda: [{WAIT} for future in [self.close()]])",
    ),
    Plant(
        "end-of-process",
        "the provider is not shut down at the exit",
        SDK,
        "        if shutdown_on_exit:\n",
        "        if False:\n",
    ),
    Plant(
        "end-by-sigterm",
        "the provider ends the program regularly",
        SDK,
        "        if shutdown_on_exit:\n",
        "        if shutdown_on_exit:\n"
        "            __import__('signal').signal(15, lambda *_: __import__('sys').exit(0))\n",
    ),
    Plant(
        "end-by-sigterm",
        "the provider is not shut down after a handler",
        SDK,
        "        if shutdown_on_exit:\n",
        "        if False:\n",
    ),
    Plant(
        "end-by-close",
        "close waits",
        "jaeger_client.tracer",
        "        return self.reporter.close()",
        f"        future = self.reporter.close()\n        {WAIT}\n        return future",
    ),
    Plant(
        "end-by-close",
        "shutdown does not wait for the last batch",
        BATCHES,
        "            if self._shutdown:\n                break",
        "            if self._shutdown:\n                return",
    ),
    Plant(
        "close-result",
        "result takes a time-out",
        "jaeger_client.tracer",
        "        return self.reporter.close()",
        "        self.reporter.close()\n        return __import__('concurrent.futures').futures.Future()",
    ),
    Plant(
        "close-misused",
        "another thread may close",
        "jaeger_client.ioloop_util",
        "    future = Future()\n\n    def execute",
        "    future = __import__('concurrent.futures').futures.Future()\n\n    def execute",
    ),
    Plant(
        "close-misused",
        "the second call is done",
        REPORTER,
        "        with self.stop_lock:\n            self.stopped = True\n",
        "        with self.stop_lock:\n            if self.stopped:\n                return\n"
        "            self.stopped = True\n",
    ),
    Plant(
        "close-logging",
        "the future is done",
        REPORTER,
        "            f.add_done_callback(on_close)",
        "            on_close(f)",
    ),
    Plant(
        "fork",
        "jaeger-client makes random ids in each process",
        "jaeger_client.tracer",
        "        return self.random.getrandbits(bitsize)",
        "        return random.SystemRandom().getrandbits(bitsize)",
    ),
    Plant(
        "fork",
        "jaeger-client sends without its thread",
        REPORTER,
        "        self.io_loop.add_callback(self._report_span_from_ioloop, span)",
        "        self.agent.emitBatch(thrift.make_jaeger_batch(spans=[span], process=self._process))",
    ),
    Plant(
        "fork",
        "the batch processor starts no thread in a child",
        BATCHES,
        "        self._worker_thread.start()\n        self._pid = os.getpid()",
        "        self._pid = os.getpid()",
    ),
    Plant(
        "fork",
        "the batch processor sends at once",
        BATCHES,
        EMIT,
        f"{EMIT}\n        self._export(BatchExportStrategy.EXPORT_ALL)",
    ),
    Plant(
        "fork-end",
        "jaeger-client sends without its thread",
        REPORTER,
        "        self.io_loop.add_callback(self._report_span_from_ioloop, span)",
        "        self.agent.emitBatch(thrift.make_jaeger_batch(spans=[span], process=self._process))",
    ),
    Plant(
        "fork-end",
        "the provider is not shut down at the exit",
        SDK,
        "        if shutdown_on_exit:\n",
        "        if False:\n",
    ),
    Plant(
        "fork-end",
        "the batch processor sends at once",
        BATCHES,
        EMIT,
        f"{EMIT}\n        self._export(BatchExportStrategy.EXPORT_ALL)",
    ),
    Plant(
        "queue-defaults",
        "jaeger-client has the queue of the batch processor",
        "jaeger_client.config",
        "self.config.get('reporter_queue_size', 100)",
        "self.config.get('reporter_queue_size', 2048)",
    ),
    Plant(
        "queue-defaults",
        "the batch processor waits a second",
        BATCH_DEFAULTS,
        "_DEFAULT_SCHEDULE_DELAY_MILLIS = 5000",
        "_DEFAULT_SCHEDULE_DELAY_MILLIS = 1000",
    ),
    Plant(
        "queue-legacy",
        "the oldest goes",
        REPORTER,
        "        except tornado.queues.QueueFull:\n            self.metrics.reporter_dropped(1)",
        "        except tornado.queues.QueueFull:\n            self.metrics.reporter_dropped(1)\n"
        "            self.queue.get_nowait()\n            self.queue.task_done()\n"
        "            self.queue.put_nowait(span)",
    ),
    Plant(
        "queue-native",
        "the newest goes",
        BATCHES,
        EMIT,
        f"        len(self._queue) < self._queue.maxlen and {EMIT.strip()}",
    ),
    Plant(
        "metrics-client",
        "started spans are not counted",
        "jaeger_client.tracer",
        "            self.metrics.spans_started_sampled(1)",
        "            pass",
    ),
    Plant(
        "metrics-client",
        "reported spans are not counted",
        REPORTER,
        "            self.metrics.reporter_success(len(spans))",
        "            pass",
    ),
    Plant(
        "metrics-client",
        "dropped spans are not counted",
        REPORTER,
        "        except tornado.queues.QueueFull:\n            self.metrics.reporter_dropped(1)",
        "        except tornado.queues.QueueFull:\n            pass",
    ),
    Plant("limit-legacy-datagram", "a large batch is split", REPORTER, SUBMIT, EACH_ALONE),
    Plant(
        "limit-legacy-datagram",
        "a large span is cut",
        THRIFT,
        "                tags=span.tags,",
        "                tags=span.tags[:50],",
    ),
    Plant(
        "limit-legacy-datagram",
        "the loss is logged",
        REPORTER,
        "        except socket.error as e:\n",
        "        except socket.error as e:\n            self.logger.error('lost %d spans', len(spans))\n",
    ),
    Plant(
        "limit-otlp",
        "OTLP cuts a value at 65 kB",
        ENCODER,
        "PB2AnyValue(string_value=value)",
        "PB2AnyValue(string_value=value[:65000])",
    ),
    Plant(
        "limit-thrift-exporter",
        "each batch is split",
        SEND,
        "            if self.split_oversized_batches and len(batch.spans) > 1:",
        "            if len(batch.spans) > 1:",
        lane="pinned",
    ),
    Plant(
        "limit-thrift-exporter",
        "a failure is reported",
        THRIFT_EXPORTER,
        "        return SpanExportResult.SUCCESS",
        "        return SpanExportResult.FAILURE",
        lane="pinned",
    ),
    Plant(
        "collector-absent",
        "jaeger-client logs each datagram",
        REPORTER,
        "            self.metrics.reporter_success(len(spans))",
        "            self.logger.warning('nobody has confirmed %d spans', len(spans))",
    ),
    Plant(
        "collector-absent",
        "a lost batch is not logged",
        BATCHES,
        "                    self._logger.exception(\n",
        "                    self._logger.debug(\n",
        lane="pinned",
    ),
    Plant(
        "poison-legacy",
        "the spans beside it are sent",
        REPORTER,
        SUBMIT,
        EACH_ALONE.replace("in spans:", "in reversed(spans):"),
    ),
    Plant(
        "poison-legacy",
        "the next batch begins anew",
        REPORTER,
        "        except Exception as e:\n            self.metrics.reporter_failure(len(spans))",
        "        except Exception as e:\n"
        "            self._channel._TBufferedTransport__wbuf = __import__('io').BytesIO()\n"
        "            self.metrics.reporter_failure(len(spans))",
    ),
    Plant(
        "poison-otlp-attribute",
        "it costs the batch",
        ENCODER,
        '_logger.exception("Failed to encode key %s: %s", key, error)',
        "raise",
    ),
    Plant(
        "poison-otlp-batch",
        "a span's name becomes text",
        SPAN_ENCODER,
        "name=sdk_span.name,",
        "name=str(sdk_span.name),",
    ),
    Plant(
        "poison-otlp-batch",
        "an event's name becomes text",
        SPAN_ENCODER,
        "name=event.name,",
        "name=str(event.name),",
    ),
    Plant(
        "poison-otlp-batch",
        "a start before 1970 becomes 1970",
        SPAN_ENCODER,
        "start_time_unix_nano=sdk_span.start_time,",
        "start_time_unix_nano=max(0, sdk_span.start_time),",
    ),
    Plant(
        "poison-otlp-batch",
        "the log line has other words",
        BATCHES,
        '"Exception while exporting %s."',
        '"Could not export %s."',
        lane="pinned",
    ),
    Plant(
        "poison-not-legacy",
        "a log's number is no number of Thrift's",
        THRIFT,
        "        vLong=value,",
        "        vLong=str(value),",
    ),
    Plant(
        "poison-not-legacy",
        "a time before 1970 can't be written",
        THRIFT,
        "    return int(ts * 1000000)",
        "    return int((ts**0.5) ** 2 * 1000000)",
    ),
    Plant(
        "poison-in-process",
        "InMemoryReporter takes names that are text only",
        REPORTER,
        "            self.spans.append(span)",
        "            type(span.operation_name) is str and self.spans.append(span)",
    ),
    Plant(
        "poison-in-process",
        "InMemorySpanExporter takes what OTLP can encode only",
        "opentelemetry.sdk.trace.export.in_memory_span_exporter",
        "            self._finished_spans.extend(spans)",
        "            self._finished_spans.extend(span for span in spans if type(span.name) is str)",
    ),
    Plant(
        "poison-not-thrift-exporter",
        "a time before 1970 can't be written",
        TRANSLATE,
        "    return (nsec + 500) // 10**3",
        "    return int((nsec**0.5) ** 2) // 10**3",
        by="ot2otel.",
        lane="pinned",
    ),
    Plant(
        "poison-thrift-exporter",
        "each batch begins anew",
        SEND,
        "        self.client._seqid = 0",
        "        self.client = type(self.client)(iprot=TCompactProtocol.TCompactProtocol(trans=self.buffer))",
        lane="pinned",
    ),
    Plant(
        "config-enabled",
        "jaeger-client asks for it",
        "jaeger_client.config",
        "        sampler = self.sampler\n        if not sampler:",
        "        sampler = self.sampler if self.enabled else ConstSampler(False)\n        if not sampler:",
    ),
    Plant(
        "config-enabled",
        "OTEL_SDK_DISABLED is ignored",
        SDK,
        'disabled.lower().strip() == "true"',
        'disabled.lower().strip() == "never"',
        lane="pinned",
    ),
    Plant(
        "config-otlp",
        "the exporter adds another path",
        OTLP,
        'DEFAULT_TRACES_EXPORT_PATH = "v1/traces"',
        'DEFAULT_TRACES_EXPORT_PATH = "v2/traces"',
    ),
    Plant(
        "config-otlp",
        "the variable for headers is ignored",
        OTLP,
        'environ.get(OTEL_EXPORTER_OTLP_HEADERS, "")',
        '""',
        lane="pinned",
    ),
    Plant(
        "config-otlp",
        "the variable for the authority is ignored",
        OTLP,
        "environ.get(OTEL_EXPORTER_OTLP_CERTIFICATE, True)",
        "True",
        lane="pinned",
    ),
    Plant(
        "config-environment",
        "the environment wins",
        "jaeger_client.config",
        "            return self.local_agent_group()['reporting_host']  # type:ignore",
        "            return os.environ['JAEGER_AGENT_HOST']",
    ),
    Plant(
        "config-validate",
        "all keys are known",
        "jaeger_client.config",
        "        allowed_keys = ['logging',",
        "        allowed_keys = ['metrics', 'debug_id_header', 'max_operations', 'logging',",
    ),
)
