"""The faces every server has, under the ids that documents and examples use. All are people drawn by code."""

from datetime import UTC, datetime, timedelta

from visavis.db.models import Avatar

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
MODELS = ["cara-2", "cara-3", "cara-4", "cara-4-latest"]

# id, name (its lower case is the renderer's identity), variant, tags, description
PEOPLE: list[tuple[str, str, str, list[str], str]] = [
    (
        "30fa96d0-26c4-4e55-94a0-517025942e18",
        "Cara",
        "home",
        ["friendly"],
        "A young woman with an open, attentive look.",
    ),
    ("071b0286-4cce-4808-bee2-e642f1062de3", "Liv", "home", ["calm"], "A fair-haired woman in a light room."),
    ("edf6fdcb-acab-44b8-b974-ded72665ee26", "Mia", "studio", ["bright"], "A lively woman before a plain backdrop."),
    ("6cc28442-cccd-42a8-b6e4-24b7210a09c5", "Gabriel", "table", ["warm"], "A man at a table with a warm expression."),
    ("27e12daa-50fc-4384-93c2-ebca73f1f78d", "Anne", "home", ["kind"], "A kind woman at home."),
    ("dc9aa3e1-32f2-499e-9921-ecabac1076fc", "Bella", "sofa", ["relaxed"], "A relaxed woman on a sofa."),
    ("8a339c9f-0666-46bd-ab27-e90acd0409dc", "Finn", "lean", ["casual"], "A young man leaning towards the camera."),
    ("6dbc1e47-7768-403e-878a-94d7fcc3677b", "Sophie", "sofa", ["cheerful"], "A cheerful woman on a sofa."),
    ("ecfb2ddb-80ec-4526-88a7-299a4738957c", "Hunter", "table", ["serious"], "A man with a steady look at a table."),
    ("edcb8f1a-334f-4cdb-871c-5c513db806a7", "Julia", "sofa", ["gentle"], "A gentle woman on a sofa."),
    ("ccf00c0e-7302-455b-ace2-057e0cf58127", "Kevin", "table", ["practical"], "A practical man at a table."),
    ("ae2ea8c1-db28-47e3-b6ea-493e4ed3c554", "Layla", "home", ["confident"], "A confident woman at home."),
    ("19d18eb0-5346-4d50-a77f-26b3723ed79d", "Richard", "home", ["experienced"], "An older man with an easy smile."),
    ("81b70170-2e80-4e4b-a6fb-e04ac110dc4b", "William", "home", ["composed"], "A composed man at home."),
]


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
