"""Configurations in their formats, and input that is none."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping

import pytest

from ot2otel.errors import Ot2OtelError
from ot2otel.settings.environment import from_variables, merged
from ot2otel.settings.formats import MAX_BYTES, read
from ot2otel.settings.given import Computed, Given, SettingsError

CONST = {"sampler": None, "sampler.type": "const", "sampler.param": 1}
HEAD = "from jaeger_client import Config\n"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("sampler:\n  type: const\n  param: 1\n", "jaeger.yaml"),
        ("sampler:\n  type: const\n  param: 1\n", "configuration"),
        ("%YAML 1.1\n---\nsampler: {type: const, param: 1}\n", "configuration"),
        ('{"sampler": {"type": "const", "param": 1}}', "jaeger.json"),
        ('\ufeff{"sampler": {"type": "const", "param": 1}}', "configuration"),
        ("{'sampler': {'type': 'const', 'param': 1}}", "configuration"),
        ("CONFIG = {'sampler': {'type': 'const', 'param': 1}}", "settings.py"),
        (HEAD + "Config({'sampler': {'type': 'const', 'param': 1}})", "tracing.py"),
        (HEAD + "c = {'sampler': {'type': 'const', 'param': 1}}\nConfig(config=c)", "tracing.py"),
        ("import jaeger_client as j\nj.Config(config={'sampler': {'type': 'const', 'param': 1}})", "x.py"),
        ("from jaeger_client.config import Config as C\n"
         "C({'sampler': {'type': 'const', 'param': 1}})", "x.py"),
        (HEAD + "from alembic.config import Config as Other\nOther('x')\nConfig(config={'sampler': "
                "{'type': 'const', 'param': 1}})", "x.py"),
    ],
)  # fmt: skip
def test_each_format_says_the_same(text: str, name: str) -> None:
    assert read(text.encode(), name) == Given(CONST)


def test_yaml_is_read_as_jaeger_clients_users_read_it() -> None:
    given = read(b"logging: on\nenabled: no\ntags: {}\nlocal_agent:\n", "jaeger.yaml")

    assert given.values == {"logging": True, "enabled": False, "tags": {}}


def test_a_number_without_a_dot_is_read_without_a_warning(recwarn: pytest.WarningsRecorder) -> None:
    given = read(b"sampler: {type: probabilistic, param: 1e-3}", "jaeger.yaml")

    assert (given.values["sampler.param"], list(recwarn)) == (0.001, [])


def test_a_section_of_a_file_is_a_configuration() -> None:
    text = b"opentracing:\n  enabled: true\n  jaeger_config: {sampler: {type: const, param: 1}}\n"

    assert read(text, "homeserver.yaml", below="opentracing.jaeger_config") == Given(CONST)


def test_the_literal_part_of_a_dictionary_is_read_and_the_rest_is_told() -> None:
    source = HEAD + (
        "Config(config={\n"
        "  'sampler': {'type': 'const', 'param': os.environ['RATE']},\n"
        "  'tags': {'team': 'a', 'host': gethostname()},\n"
        "  'logging': DEBUG,\n"
        "}, service_name='checkout')\n"
    )

    given = read(source.encode(), "tracing.py")

    assert given == Given(
        {"sampler": None, "sampler.type": "const", "tags": {"team": "a"}, "service_name": "checkout"},
        {
            "sampler.param": Computed("os.environ['RATE']", 3),
            "logging": Computed("DEBUG", 5),
            "tags.host": Computed("gethostname()", 4),
        },
    )


def test_an_argument_of_a_function_is_computed_where_it_is_used() -> None:
    source = f"def start(name):\n  {HEAD}  Config({{}}, service_name=name)\n"

    assert read(source.encode(), "tracing.py") == Given({}, {"service_name": Computed("name", 3)})


@pytest.mark.parametrize(
    "change",
    [
        "c['logging'] = True",
        "c['sampler']['param'] = load()",
        "c['sampler']['param'] += 1",
        "c['logging'], d = load()",
        "c, d = load()",
        "del c['logging']",
        "del c['sampler']['param']",
        "c.update(load())",
        "c.clear()",
        "c['tags'].update(load())",
        "c.get('tags').update(load())",
        "c |= load()",
        "c = load()",
        "def f(c): pass",
        "from local import c",
        "import local as c",
        "for c in load(): pass",
        "with load() as c: pass",
        "(c := load())",
    ],
)
def test_a_dictionary_that_changes_later_is_computed(change: str) -> None:
    source = f"{HEAD}c = {{'logging': False}}\n{change}\nConfig(config=c)\n"

    with pytest.raises(SettingsError, match=r"line 4: the configuration is computed \(c\)"):
        read(source.encode(), "tracing.py")


def test_a_number_is_the_result_of_its_arithmetic() -> None:
    source = HEAD + (
        "K = 1000\nConfig({'max_tag_value_length': 100 * K, 'reporter_flush_interval': 3 / 2 + -1,\n"
        "  'reporter_queue_size': 9 ** 9 ** 9, 'reporter_batch_size': 1 // 0, 'service_name': 'a' * 10})\n"
    )

    given = read(source.encode(), "tracing.py")

    assert given.values == {"max_tag_value_length": 100_000, "reporter_flush_interval": 0.5}
    assert list(given.computed) == ["reporter_queue_size", "reporter_batch_size", "service_name"]


def test_among_other_dictionaries_the_one_with_jaeger_clients_own_keys_is_read() -> None:
    source = (
        "CACHE = {'enabled': True, 'tags': {}}\n"
        "TRACER = {'sampler': {'type': 'const', 'param': 1}}\n"
        "LOGGING = {'version': 1}\n"
    )

    assert read(source.encode(), "settings.py") == Given(CONST)


@pytest.mark.parametrize(
    ("text", "below"),
    [
        ("a: {environment: {JAEGER_AGENT_HOST: agent, JAEGER_SAMPLER_PARAM: 1, PATH: x}}", "a.environment"),
        ("a: {environment: [JAEGER_AGENT_HOST=agent, JAEGER_SAMPLER_PARAM=1, PATH=x]}", "a.environment"),
        (
            "a:\n- env:\n  - {name: JAEGER_AGENT_HOST, value: agent}\n"
            "  - {name: JAEGER_SAMPLER_PARAM, value: '1'}\n  - {name: PATH, value: x}\n",
            "a.0.env",
        ),
    ],
    ids=["a mapping", "a list", "names and values"],
)
def test_the_variables_of_a_deployment_are_read_below_their_section(text: str, below: str) -> None:
    given = read(text.encode(), "f.yaml", below=below)

    assert given.values == {
        "local_agent.reporting_host": "agent",
        "sampler": None,
        "sampler.param": "1",
    }
    with pytest.raises(SettingsError, match=f"Did you mean --section {below}\\?"):
        read(text.encode(), "f.yaml")


def test_a_variable_of_a_deployment_without_a_value_is_told() -> None:
    given = read(
        b"env:\n- {name: JAEGER_AGENT_HOST, valueFrom: {fieldRef: {fieldPath: status.hostIP}}}\n"
        b"- {name: JAEGER_AGENT_PORT, value: '6831'}\n",
        "f.yaml",
        below="env",
    )

    assert given.values == {"local_agent.reporting_port": "6831"}
    assert [(each.key, each.text) for each in given.remarks] == [
        ("JAEGER_AGENT_HOST", "f.yaml has no value for JAEGER_AGENT_HOST: it is not translated.")
    ]


def test_a_comment_behind_a_value_is_no_part_of_it() -> None:
    text = "JAEGER_SAMPLER_PARAM=1  # all\nJAEGER_AGENT_HOST='a # b' # c\nJAEGER_TAGS=a=b#c\n"

    assert read(text.encode(), ".env").values == {
        "sampler": None,
        "sampler.param": "1",
        "local_agent.reporting_host": "a # b",
        "tags": {"a": "b#c"},
    }


def test_a_variable_of_the_program_itself_is_told_and_the_others_are_translated() -> None:
    given = read(b"JAEGER_ENABLED=true\nJAEGER_AGENT_HOTS=a\nJAEGER_AGENT_PORT=1\n", ".env")

    assert given.values == {"local_agent.reporting_port": "1"}
    assert [each.text for each in given.remarks] == [
        "No Jaeger client reads JAEGER_ENABLED; the nearest are JAEGER_DISABLED, JAEGER_ENDPOINT, "
        "JAEGER_SERVICE_NAME.",
        "No Jaeger client reads JAEGER_AGENT_HOTS; the nearest are JAEGER_AGENT_HOST, JAEGER_AGENT_PORT, "
        "JAEGER_TAGS.",
    ]


@pytest.mark.parametrize(
    ("variables", "values"),
    [
        ({"JAEGER_AGENT_HOST": "a", "JAEGER_AGENT_PORT": "1"},
         {"local_agent.reporting_host": "a", "local_agent.reporting_port": "1"}),
        ({"JAEGER_TAGS": "a=1, b = 2", "PATH": "x"}, {"tags": {"a": "1", "b": "2"}}),
        ({"JAEGER_TRACEID_128BIT": "True"}, {"generate_128bit_trace_id": False}),
        ({"JAEGER_REPORTER_FLUSH_INTERVAL": "250"}, {"reporter_flush_interval": 0.25}),
        ({"JAEGER_DISABLED": "true"}, {"enabled": False}),
        ({"JAEGER_SAMPLER_TYPE": "const", "JAEGER_SAMPLER_PARAM": ""},
         {"sampler": None, "sampler.type": "const"}),
    ],
)  # fmt: skip
def test_variables_stand_for_keys(variables: Mapping[str, str], values: Mapping[str, object]) -> None:
    assert from_variables(variables, "The environment").values == values
    lines = "".join(f"export {name}='{value}'\n" for name, value in variables.items())
    assert read(f"# for development\n\n{lines}".encode(), "dev.env").values == values


def test_variables_of_other_clients_are_told() -> None:
    told = from_variables({"JAEGER_SAMPLER_TYPE": "const", "JAEGER_PASSWORD": "secret", "JAEGER_X": "1"}, "e")

    assert [each.key for each in told.remarks] == ["JAEGER_SAMPLER_TYPE", "JAEGER_PASSWORD", "JAEGER_X"]
    assert "secret" not in repr(told)


def test_a_dictionary_wins_over_the_environment_except_in_its_tags() -> None:
    file = Given({**CONST, "tags": {"a": "file", "b": "file"}, "local_agent.reporting_host": "file"})
    environment = from_variables(
        {"JAEGER_TAGS": "a=variable", "JAEGER_AGENT_HOST": "variable", "JAEGER_SAMPLER_TYPE": "remote"}, "e"
    )

    assert merged(file, environment).values == {**file.values, "tags": {"a": "variable", "b": "file"}}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "f is empty: give a configuration of jaeger-client."),
        (b"\xff", "f is not UTF-8 text: byte 0 is wrong."),
        (b" " * (MAX_BYTES + 1), f"f is larger than {MAX_BYTES} bytes: give the configuration alone."),
        (b"sampler: [", "f is not YAML: line 1: expected the node content, but found '<stream end>'."),
        (b"a: 1\na: 2",
         'f is not YAML: line 2: found duplicate key "a" with value "2" (original value: "1").'),
        (b"--- 1\n--- 2\n", "f is not YAML: line 2: but found another document."),
        (b"-__", "f is not YAML: string index out of range."),
        (b'{"logging": 1, "logging": 2}', "f: the key 'logging' stands there twice."),
        (b"{'logging': 1, 'logging': 2}", "f, line 1: the key 'logging' stands there twice."),
        (b"- a", "f must be a mapping of jaeger-client's keys, not a list."),
        (b"text", "f must be a mapping of jaeger-client's keys, not 'text'."),
        (b"samplr: {}", "f: jaeger-client has no key 'samplr'; the nearest is sampler."),
        (b"sampler.type: const", "f: jaeger-client has no key 'sampler.type': write type below sampler."),
        (b"zzz: 1", "f: jaeger-client has no key 'zzz'. It ignores such a key: take it out."),
        (b"app: {jaeger: {logging: true}}",
         "f: jaeger-client has no key 'app'. Did you mean --section app.jaeger?"),
        (b"server_name: a\nopentracing: {jaeger_config: {logging: false}}",
         "f: jaeger-client has no key 'server_name'. Did you mean --section opentracing.jaeger_config?"),
        (b"local_agent: {host: a}",
         "f: jaeger-client has no key 'local_agent.host'; the nearest are local_agent.reporting_host, "
         "local_agent.enabled, local_agent.sampling_port."),
        (b"sampler: const", "f: sampler must be a mapping of keys, not 'const'."),
        (b"sampler:", "f: sampler must be a mapping of keys, not null."),
        (b"X=1", "f has no variable JAEGER_*: JAEGER_AGENT_HOST, JAEGER_AGENT_PORT, JAEGER_TAGS, "
                 "JAEGER_TRACEID_128BIT are jaeger-client's own."),
        (b"JAEGER_TAGS=a=b=c", "f: JAEGER_TAGS has 'a=b=c', which is not KEY=VALUE; jaeger-client 4.8.0 ends "
                               "with a ValueError there."),
        (b"JAEGER_TAGS=a=1\nJAEGER_TAGS=b=1", "f, line 2: JAEGER_TAGS is set twice."),
        (b"a: {env: [JAEGER_AGENT_HOST=a]}",
         "f: jaeger-client has no key 'a'. Did you mean --section a.env?"),
        (b"import os\nTRACING = {'sampler': {}}\nif x:\n  TRACING = {'logging': False, 'sampler': {}}",
         "f has dictionaries with jaeger-client's keys in the lines 2, 4: put the one that applies into a "
         "file of its own."),
        (HEAD.encode() + b"Config(**load('a'))",
         "f, line 2: the configuration is computed (**load('a')). Give the file that it is read from, or the "
         "dictionary."),
        (b"JAEGER_REPORTER_FLUSH_INTERVAL=1s",
         "f: JAEGER_REPORTER_FLUSH_INTERVAL must be a whole number of milliseconds, not '1s'."),
        (b"import os", "f has no call of jaeger_client's Config, and no dictionary that is alone."),
        (b"import os (", "f is not Python: line 1: invalid syntax."),
        (HEAD.encode() + b"Config(config=load('a'))",
         "f, line 2: the configuration is computed (load('a')). Give the file that it is read from, or the "
         "dictionary."),
        (HEAD.encode() + b"Config({})\nConfig({})",
         "f calls Config in the lines 2, 3: give a file with one of them."),
        (HEAD.encode() + b"Config()", "f, line 2: this call of Config has no `config`."),
    ],
)  # fmt: skip
def test_other_input_is_told_in_one_line(content: bytes, message: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read(content, "f")

    assert str(refused.value) == message


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"[" * 100_000, id="nested YAML"),
        pytest.param(b'{"tags":' * 50_000, id="nested JSON"),
        pytest.param(b"{'a': " + b"(" * 5_000, id="nested Python"),
        pytest.param(b"{'a': " + b"-" * 50_000 + b"1}", id="a long expression"),
        pytest.param(b"!!python/object/apply:os.system ['echo hacked']", id="a tag that runs"),
        pytest.param(b"a: &a [&b {*a : *b}]", id="a circle"),
        pytest.param(b"logging: 2021-99-99", id="no date"),
        pytest.param(b"\x00", id="a zero byte"),
        pytest.param(b"{'a': 1\x00}", id="a zero byte in Python"),
    ],
)
def test_hostile_input_is_refused(content: bytes) -> None:
    with pytest.raises(SettingsError) as refused:
        read(content, "f")

    assert len(str(refused.value)) < 500
    assert "\n" not in str(refused.value)


def test_aliases_that_multiply_cost_nothing() -> None:
    levels = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 30))

    with pytest.raises(Ot2OtelError, match="no key 'l0'"):
        read(f"l0: &l0 [x]\n{levels}".encode(), "f")


@pytest.mark.parametrize(
    "value",
    ["n0", "+".join(["1"] * 900), "+".join(["x"] * 900), f"[{'[' * 80}{']' * 80}]"],
    ids=["names that multiply", "a long sum", "a long sum of names", "a deep list"],
)
def test_a_value_that_would_take_long_is_computed_or_read_at_once(value: str) -> None:
    names = "".join(f"n{n} = {{'a': n{n + 1}, 'b': n{n + 1}, 'c': n{n + 1} + n{n + 1}}}\n" for n in range(60))

    given = read(f"{HEAD}{names}Config({{'logging': True, 'metrics': {value}}})".encode(), "f.py")

    assert given.values["logging"] is True


def test_the_third_argument_of_config_is_the_service() -> None:
    given = read(f"{HEAD}Config({{}}, None, 'checkout')".encode(), "f.py")

    assert given.values == {"service_name": "checkout"}


def test_nothing_in_python_source_is_executed(capfd: pytest.CaptureFixture[str]) -> None:
    given = read(HEAD.encode() + b"Config({'logging': print('executed')})", "f.py")

    assert list(given.computed) == ["logging"]
    assert capfd.readouterr().out == ""


def test_only_yaml_needs_an_extra() -> None:
    code = (
        "import json, sys; sys.modules['ruamel.yaml'] = None\n"
        "from ot2otel.settings.formats import read\n"
        "print(read(b'{\"logging\": true}', 'f').values)\n"
        "try: read(b'logging: true', 'f')\n"
        "except Exception as error: print(error)\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines() == [
        str({"logging": json.loads("true")}),
        "f seems to be YAML, and ruamel.yaml is not installed: pip install 'ot2otel[yaml]'. "
        "JSON, Python and env files need nothing.",
    ]
