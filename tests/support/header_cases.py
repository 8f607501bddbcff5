"""Request headers, and the expected extraction by a service of each setting.

The shim is left out: it extracts as native does, but no baggage.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ot2otel.headers.extraction import Extraction

T = "4bf92f3577b34da6a3ce929d0e0e4736"
OTHER = "0af7651916cd43dd8448eb211c80319c"
SHORT = "00000000000000000af7651916cd43dd"
S = "00f067aa0ba902b7"

NEW = Extraction(sampled=True)
SAMPLED = Extraction(T, S, sampled=True)
NOT_SAMPLED = Extraction(T, S)


@dataclass(frozen=True, slots=True)
class Case:
    """The headers of one request, and the expected extractions by setting.

    `legacy/jaeger` is for both widths of ids, `native/b3` for `native/b3multi` too. A setting that is absent
    starts a new trace.
    """

    name: str
    headers: Mapping[str, str]
    extractions: Mapping[str, Extraction] = field(default_factory=dict)

    def extraction(self, setting: str) -> Extraction:
        known = {"legacy/jaeger-128": "legacy/jaeger", "native/b3multi": "native/b3"}
        return self.extractions.get(known.get(setting, setting), NEW)


def malformed(message: str) -> Extraction:
    return Extraction(sampled=True, error=f"SpanContextCorruptedException: malformed trace context {message}")


def w3c(name: str, traceparent: str, extraction: Extraction = NEW, **more: str) -> Case:
    headers = {"traceparent": traceparent, **more}
    return Case(f"traceparent {name}", headers, {"native/w3c": extraction, "native/composite": extraction})


def uber(name: str, value: str, legacy: Extraction, native: Extraction = NEW, **more: str) -> Case:
    headers = {"uber-trace-id": value, **{key.replace("_", "-"): text for key, text in more.items()}}
    extractions = {"legacy/jaeger": legacy, "native/jaeger": native, "native/composite": native}
    return Case(f"uber-trace-id {name}", headers, extractions)


def b3(name: str, value: str, extraction: Extraction = NEW) -> Case:
    return Case(f"b3 {name}", {"b3": value}, {"native/b3": extraction})


def multi(name: str, headers: Mapping[str, str], legacy: Extraction, native: Extraction) -> Case:
    sent = {f"x-b3-{key}": value for key, value in headers.items()}
    return Case(f"x-b3 {name}", sent, {"legacy/b3": legacy, "native/b3": native})


def bad_uber(name: str, value: str, reason: str = "", native: Extraction = NEW) -> Case:
    return uber(name, value, malformed(f'"{value}"{reason}'), native)


_NO_NUMBER = ": invalid literal for int() with base 16: "
_DEBUG = Extraction(T, S, sampled=True, debug=True)
_USER = {"user": "Jürgen"}

CASES = (
    Case("no trace context", {"accept": "*/*"}),
    Case("an unknown name", {"trace-id": f"{T}:{S}:0:1"}),
    w3c("sampled", f"00-{T}-{S}-01", SAMPLED),
    w3c("not sampled", f"00-{T}-{S}-00", NOT_SAMPLED),
    w3c("with the random flag", f"00-{T}-{S}-03", SAMPLED),
    w3c("of a future version", f"01-{T}-{S}-01-what-the-future-brings", SAMPLED),
    w3c("of the forbidden version", f"ff-{T}-{S}-01"),
    w3c("too long for its version", f"00-{T}-{S}-01-x"),
    w3c("in capitals", f"00-{T.upper()}-{S}-01"),
    w3c("with a trace id of zeros", f"00-{'0' * 32}-{S}-01"),
    w3c("with a span id of zeros", f"00-{T}-{'0' * 16}-01"),
    w3c("with a trace id too short", f"00-{T[1:]}-{S}-01"),
    w3c("empty", ""),
    w3c("between blanks", f" 00-{T}-{S}-01 ", SAMPLED),
    w3c("sent twice", f"00-{T}-{S}-01, 00-{T}-{S}-01"),
    w3c("with a bad tracestate", f"00-{T}-{S}-01", SAMPLED, tracestate="nonsense,,=="),
    w3c("with baggage", f"00-{T}-{S}-01", Extraction(T, S, True, baggage=_USER), baggage="user=J%C3%BCrgen"),
    Case("tracestate alone", {"tracestate": "a=b"}),
    uber("sampled", f"{T}:{S}:0:1", SAMPLED, SAMPLED),
    uber("not sampled", f"{T}:{S}:0:0", NOT_SAMPLED, NOT_SAMPLED),
    uber("with the debug flag", f"{T}:{S}:0:3", _DEBUG, SAMPLED),
    uber("with the debug flag alone", f"{T}:{S}:0:2", Extraction(T, S, debug=True), NOT_SAMPLED),
    uber(
        "without padding",
        "af7651916cd43dd:f067aa0ba902b7:0:1",
        Extraction(SHORT, S, sampled=True),
        Extraction(SHORT, S, sampled=True),
    ),
    uber("with colons as %3A", f"{T}%3A{S}%3A0%3A1", SAMPLED),
    uber("in capitals", f"{T.upper()}:{S}:0:1", SAMPLED, SAMPLED),
    uber("between blanks", f" {T}:{S}:0:1 ", SAMPLED, SAMPLED),
    uber("of more than 128 bits", f"1{T}:{S}:0:1", Extraction(f"1{T}", S, sampled=True)),
    uber("with a span of more than 64 bits", f"{T}:1{S}:0:1", Extraction(T, f"1{S}", sampled=True)),
    bad_uber("of three parts", f"{T}:{S}:1"),
    bad_uber("of five parts", f"{T}:{S}:0:1:1"),
    bad_uber("sent twice", f"{T}:{S}:0:1, {T}:{S}:0:1"),
    bad_uber("of nonsense", "zzz"),
    bad_uber("empty", ""),
    bad_uber("of 100 kB", "a" * 100_000),
    bad_uber("of zeros", "0:0:0:0"),
    bad_uber("with a span id of zero", f"{T}:0:0:1"),
    bad_uber("with a negative id", f"-1:{S}:0:1"),
    bad_uber("with a trace id of letters", f"xyz:{S}:0:1", f"{_NO_NUMBER}'xyz'"),
    bad_uber("with a span id of letters", f"{T}:xyz:0:1", f"{_NO_NUMBER}'xyz'"),
    bad_uber("with flags of letters", f"{T}:{S}:0:x", f"{_NO_NUMBER}'x'"),
    bad_uber("with a parent of letters", f"{T}:{S}:xyz:1", f"{_NO_NUMBER}'xyz'", native=SAMPLED),
    uber(
        "with its baggage",
        f"{T}:{S}:0:1",
        Extraction(T, S, True, baggage=_USER),
        Extraction(T, S, True, baggage=_USER),
        uberctx_user="J%C3%BCrgen",
    ),
    Case(
        "uber-trace-id malformed, with baggage",
        {"uber-trace-id": "zzz", "uberctx-user": "J%C3%BCrgen"},
        {
            "legacy/jaeger": malformed('"zzz"'),
            "native/jaeger": Extraction(sampled=True, baggage=_USER),
            "native/composite": Extraction(sampled=True, baggage=_USER),
        },
    ),
    Case(
        "uber-trace-id with W3C baggage",
        {"uber-trace-id": f"{T}:{S}:0:1", "baggage": "user=J%C3%BCrgen"},
        {
            "legacy/jaeger": SAMPLED,
            "native/w3c": Extraction(sampled=True, baggage=_USER),
            "native/jaeger": SAMPLED,
            "native/composite": Extraction(T, S, True, baggage=_USER),
        },
    ),
    Case("uberctx alone", {"uberctx-user": "J%C3%BCrgen"}, {"legacy/jaeger": Extraction(baggage=_USER)}),
    Case(
        "jaeger-baggage alone",
        {"jaeger-baggage": "user=a"},
        {"legacy/jaeger": Extraction(baggage={"user": "a"})},
    ),
    Case(
        "baggage alone",
        {"baggage": "user=J%C3%BCrgen"},
        dict.fromkeys(("native/w3c", "native/composite"), Extraction(sampled=True, baggage=_USER)),
    ),
    Case("malformed baggage", {"baggage": "nonsense"}),
    Case("a debug id", {"jaeger-debug-id": "42"}, {"legacy/jaeger": Extraction(sampled=True, debug=True)}),
    uber("with a debug id", f"{T}:{S}:0:0", NOT_SAMPLED, NOT_SAMPLED, jaeger_debug_id="42"),
    b3("sampled", f"{T}-{S}-1", SAMPLED),
    b3("not sampled", f"{T}-{S}-0", NOT_SAMPLED),
    b3("with the debug flag", f"{T}-{S}-d", SAMPLED),
    b3("with its decision left open", f"{T}-{S}", SAMPLED),
    b3("with a parent", f"{T}-{S}-1-{S}", SAMPLED),
    b3("of 64 bits", f"{SHORT[16:]}-{S}-1", Extraction(SHORT, S, sampled=True)),
    b3("with its leading zero left out", f"{OTHER[1:]}-{S}-1"),
    b3("with the decision alone", "0"),
    b3("of nonsense", "zzz"),
    multi("sampled", {"traceid": T, "spanid": S, "sampled": "1"}, SAMPLED, SAMPLED),
    multi("not sampled", {"traceid": T, "spanid": S, "sampled": "0"}, NOT_SAMPLED, NOT_SAMPLED),
    multi("with its decision left open", {"traceid": T, "spanid": S}, NOT_SAMPLED, NOT_SAMPLED),
    multi("sampled as `true`", {"traceid": T, "spanid": S, "sampled": "true"}, NOT_SAMPLED, SAMPLED),
    multi(
        "with the debug flag",
        {"traceid": T, "spanid": S, "flags": "1"},
        Extraction(T, S, debug=True),
        SAMPLED,
    ),
    multi(
        "of 64 bits",
        {"traceid": SHORT[16:], "spanid": S, "sampled": "1"},
        Extraction(SHORT, S, sampled=True),
        Extraction(SHORT, S, sampled=True),
    ),
    multi(
        "with its leading zero left out",
        {"traceid": OTHER[1:], "spanid": S, "sampled": "1"},
        Extraction(OTHER, S, sampled=True),
        NEW,
    ),
    multi(
        "of nonsense",
        {"traceid": "zzz", "spanid": S, "sampled": "1"},
        malformed('"zzz", expected hex string'),
        NEW,
    ),
    multi("without a span", {"traceid": T, "sampled": "1"}, NEW, NEW),
    multi("with the decision alone", {"sampled": "0"}, NEW, NEW),
    Case(
        "disagreeing about the trace",
        {"traceparent": f"00-{T}-{S}-01", "uber-trace-id": f"{OTHER}:{S}:0:1"},
        {
            "native/w3c": SAMPLED,
            **dict.fromkeys(
                ("legacy/jaeger", "native/jaeger", "native/composite"), Extraction(OTHER, S, sampled=True)
            ),
        },
    ),
    Case(
        "disagreeing about the decision",
        {"traceparent": f"00-{T}-{S}-01", "uber-trace-id": f"{T}:{S}:0:0"},
        {
            "native/w3c": SAMPLED,
            **dict.fromkeys(("legacy/jaeger", "native/jaeger", "native/composite"), NOT_SAMPLED),
        },
    ),
    Case(
        "one of two malformed",
        {"traceparent": f"00-{T}-{S}-01", "uber-trace-id": "zzz"},
        {"legacy/jaeger": malformed('"zzz"'), "native/w3c": SAMPLED, "native/composite": SAMPLED},
    ),
    Case(
        "both kinds of b3 disagreeing",
        {"b3": f"{T}-{S}-1", "x-b3-traceid": OTHER, "x-b3-spanid": S, "x-b3-sampled": "1"},
        {"legacy/b3": Extraction(OTHER, S, sampled=True), "native/b3": SAMPLED},
    ),
)
