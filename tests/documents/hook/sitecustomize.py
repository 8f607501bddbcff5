"""Python imports this at its start: it watches the processes of a claim's test, and plants a change."""

from __future__ import annotations

from tests.documents.claims.witness import watch_for_another_process
from tests.documents.plants.planting import plant_named_by_environment

watch_for_another_process()
plant_named_by_environment()
