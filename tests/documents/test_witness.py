"""What a test goes through is seen: in its process and threads, in other processes and their children."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable

import pytest

from tests.documents.claims import witness
from tests.documents.claims.marks import claim
from tests.support.runs import ROOT

HERE = __name__


class Library:
    """What stands for a library's object."""

    @property
    def active(self) -> int:
        return 1

    @staticmethod
    def create() -> None: ...

    def close(self) -> None: ...


class Other(Library):
    def close(self) -> None: ...


def make() -> None: ...


imported_by_name = make

ENTERED: dict[str, Callable[[], object]] = {
    f"{HERE}:make": lambda: imported_by_name(),
    f"{HERE}:Library.active": lambda: Library().active,
    f"{HERE}:Library.create": Library.create,
    f"{HERE}:Library.close": Library().close,
    "json.tool": lambda: sys.modules.pop("json.tool", None) or __import__("json.tool"),
}


@pytest.mark.parametrize("name", ENTERED)
def test_an_object_is_entered_if_it_is_called_by_any_name(name: str) -> None:
    with witness.watching([name]) as watch:
        ENTERED[name]()

    assert watch.missing == set()


@pytest.mark.parametrize("name", [*list(ENTERED)[:-1], "json.none", f"{HERE}:Library.none"])
def test_an_object_is_not_entered_if_another_one_is_called(name: str) -> None:
    with witness.watching([name]) as watch:
        Other().close()

    assert watch.missing == {name}


def test_a_thread_that_begins_later_is_watched() -> None:
    with witness.watching([f"{HERE}:make"]) as watch:
        thread = threading.Thread(target=make)
        thread.start()
        thread.join()

    assert watch.missing == set()


@pytest.mark.parametrize(
    "code",
    [
        "import json; json.dumps(1)",
        "import json, os\nif os.fork() == 0:\n    json.dumps(1)\n    os._exit(0)\nos.wait()",
        "import json, os; json.dumps(1); os.kill(os.getpid(), 9)",
    ],
    ids=["a process", "its child", "killed at once"],
)
def test_another_process_tells_what_it_enters(code: str) -> None:
    with witness.telling(["json:dumps", "json:loads"]) as (variables, entered):
        subprocess.run([sys.executable, "-c", code], env=variables, timeout=60)

    assert entered == {"json:dumps"}


def test_a_claims_test_that_goes_elsewhere_fails(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makeini("[pytest]\nmarkers = claim(id, *through): as in pyproject.toml")
    pytester.makeconftest("from tests.documents.claims.conftest import pytest_runtest_call")
    pytester.makepyfile(
        """
        import json
        import pytest

        @pytest.mark.claim("through", "json:dumps")
        def test_through():
            json.dumps(1)

        @pytest.mark.claim("elsewhere", "json:dumps", "json:load")
        def test_elsewhere():
            json.loads("1")

        def test_of_no_claim():
            json.loads("1")
        """
    )

    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", timeout=100)

    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["The test of elsewhere did not go through json:dumps, json:load."])


def test_a_mark_names_an_object() -> None:
    with pytest.raises(ValueError, match="name an object that the test of nowhere must go through"):
        claim("nowhere")
