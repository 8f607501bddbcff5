from tests.documents.plants.plant import Plant

PLANTS: tuple[Plant, ...] = ()
