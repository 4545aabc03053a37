"""The faces every server has, under the ids that documents and examples use. All are people drawn by code."""

from datetime import UTC, datetime, timedelta

from visavis.db.models import Avatar

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
MODELS = ["cara-2", "cara-3", "cara-4", "cara-4-latest"]
LIV = "071b0286-4cce-4808-bee2-e642f1062de3"
# the one avatar in the API document's example is shown there with other names for cara-2, cara-3 and cara-4
DOCUMENTED_VERSIONS = {LIV: {"cara-2": "v1", "cara-3": "v2", "cara-4": "cara-4-3"}}

# id, name (its lower case is the renderer's identity), variant, tags, description
PEOPLE: list[tuple[str, str, str, list[str], str]] = [
    (
        "30fa96d0-26c4-4e55-94a0-517025942e18",
        "Cara",
        "home",
        ["friendly"],
        "A woman in her thirties with chestnut hair and an open, attentive look, by a window.",
    ),
    (
        LIV,
        "Liv",
        "home",
        ["calm"],
        "A fair-haired, freckled woman in her twenties among plants.",
    ),
    (
        "edf6fdcb-acab-44b8-b974-ded72665ee26",
        "Mia",
        "office",
        ["bright"],
        "A woman in her thirties with natural curls and a mustard jacket, in an office.",
    ),
    (
        "6cc28442-cccd-42a8-b6e4-24b7210a09c5",
        "Gabriel",
        "library",
        ["warm"],
        "A bearded man in his thirties with a warm expression before his books.",
    ),
    (
        "27e12daa-50fc-4384-93c2-ebca73f1f78d",
        "Anne",
        "library",
        ["kind"],
        "A silver-haired woman in her sixties with slate-blue glasses, before her books.",
    ),
    (
        "dc9aa3e1-32f2-499e-9921-ecabac1076fc",
        "Bella",
        "garden",
        ["relaxed"],
        "A dark-haired woman of about thirty in a saffron blouse, among plants.",
    ),
    (
        "8a339c9f-0666-46bd-ab27-e90acd0409dc",
        "Finn",
        "home",
        ["casual"],
        "A copper-haired man in his twenties in a green sweater, by a window.",
    ),
    (
        "6dbc1e47-7768-403e-878a-94d7fcc3677b",
        "Sophie",
        "studio",
        ["cheerful"],
        "A woman in her forties with a fringe and red glasses, before a warm wall.",
    ),
    (
        "ecfb2ddb-80ec-4526-88a7-299a4738957c",
        "Hunter",
        "office",
        ["serious"],
        "An unshaven man of about forty in a charcoal suit, in an office at dusk.",
    ),
    (
        "edcb8f1a-334f-4cdb-871c-5c513db806a7",
        "Julia",
        "studio",
        ["gentle"],
        "A woman in her twenties with her hair tied back, before a warm wall.",
    ),
    (
        "ccf00c0e-7302-455b-ace2-057e0cf58127",
        "Kevin",
        "home",
        ["practical"],
        "A man in his forties with a short beard and a burgundy sweater, by a window.",
    ),
    (
        "ae2ea8c1-db28-47e3-b6ea-493e4ed3c554",
        "Layla",
        "office",
        ["confident"],
        "A woman in her thirties with her hair pinned up, in a bright office.",
    ),
    (
        "19d18eb0-5346-4d50-a77f-26b3723ed79d",
        "Richard",
        "studio",
        ["experienced"],
        "A man in his sixties with silver hair, glasses and a tie, before a grey wall.",
    ),
    (
        "81b70170-2e80-4e4b-a6fb-e04ac110dc4b",
        "William",
        "studio",
        ["composed"],
        "A calm man in his fifties with greying hair and a navy suit.",
    ),
]


def shown_versions(row: Avatar) -> tuple[list[str], str]:
    """What the API says of an avatar's models: all of them, and the one it is shown with."""
    names = DOCUMENTED_VERSIONS.get(row.id)
    if names is None:
        return row.available_versions, row.active_version
    return list(names.values()), names.get(row.active_version, row.active_version)


def rows() -> list[Avatar]:
    return [
        Avatar(
            id=row_id,
            organization_id=None,
            display_name=f"{name} (built-in)",
            variant_name=variant,
            description=description,
            display_tags=["built-in", *tags],
            render_style="illustrated",
            renderer="character",
            identity=name.lower(),
            available_versions=MODELS,
            active_version="cara-3",
            # lists are newest first, so earlier entries are a little newer
            created_at=FIRST - timedelta(seconds=index),
            updated_at=FIRST - timedelta(seconds=index),
        )
        for index, (row_id, name, variant, tags, description) in enumerate(PEOPLE)
    ]
