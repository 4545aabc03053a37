"""Built-in avatars, voices and minds: under every id that documents print, with files behind their addresses."""

import pytest

from tests.resources import contract
from tests.rest import URL, Rest

AVATARS = {
    "30fa96d0-26c4-4e55-94a0-517025942e18", "071b0286-4cce-4808-bee2-e642f1062de3",
    "edf6fdcb-acab-44b8-b974-ded72665ee26", "6cc28442-cccd-42a8-b6e4-24b7210a09c5",
    "27e12daa-50fc-4384-93c2-ebca73f1f78d", "dc9aa3e1-32f2-499e-9921-ecabac1076fc",
    "8a339c9f-0666-46bd-ab27-e90acd0409dc", "6dbc1e47-7768-403e-878a-94d7fcc3677b",
    "ecfb2ddb-80ec-4526-88a7-299a4738957c", "edcb8f1a-334f-4cdb-871c-5c513db806a7",
    "ccf00c0e-7302-455b-ace2-057e0cf58127", "ae2ea8c1-db28-47e3-b6ea-493e4ed3c554",
    "19d18eb0-5346-4d50-a77f-26b3723ed79d", "81b70170-2e80-4e4b-a6fb-e04ac110dc4b",
}  # fmt: skip
VOICES = {
    "6bfbe25a-979d-40f3-a92b-5394170af54b",
    "de23e340-1416-4dd8-977d-065a7ca11697",
    "b138c2a2-ba66-4887-95d5-1a57093fc92d",
    "e54745c7-9439-44c3-b61a-193b42cce5bd",
}
LLMS = {
    "0934d97d-0c3a-4f33-91b0-5e136a0ef466", "7736a22f-2d79-4720-952c-25fdca55ad40",
    "a7cf662c-2ace-4de1-a21e-ef0fbf144bb7", "89649f1a-feb2-4fea-be43-56baec997a93",
    "b4f89001-9638-4879-a9c3-02cc9f9f2004", "ANAM_GPT_4O_MINI_V1", "ANAM_LLAMA_v3_3_70B_V1", "CUSTOMER_CLIENT_V1",
}  # fmt: skip
LUCY = "de23e340-1416-4dd8-977d-065a7ca11697"
LIV = "071b0286-4cce-4808-bee2-e642f1062de3"
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.mark.parametrize(
    ("noun", "ids", "schema"),
    [("avatars", AVATARS, contract.AVATAR), ("voices", VOICES, contract.VOICE), ("llms", LLMS, contract.LLM)],
)
def test_every_documented_id_is_there(rest: Rest, noun: str, ids: set[str], schema: contract.Schema) -> None:
    found = rest.ask("GET", f"/v1/{noun}", params={"perPage": 100}).json()

    contract.check(found, contract.page_of(schema))
    assert ids <= {row["id"] for row in found["data"]}
    for row in found["data"]:
        assert row["displayName"].endswith("(built-in)")
        assert row["createdByOrganizationId"] is None
        assert rest.ask("GET", f"/v1/{noun}/{row['id']}").json() == row
    assert found["meta"]["total"] == len(found["data"])


def test_a_known_voice_keeps_its_documented_names_and_says_who_speaks(rest: Rest) -> None:
    voice = rest.ask("GET", f"/v1/voices/{LUCY}").json()

    names = (voice["provider"], voice["providerVoiceId"], voice["providerModelId"])
    assert names == ("ELEVENLABS", "lcMyyd2HUfFzxdCaC4Ta", "eleven_flash_v2_5")
    assert voice["servedBy"] == {"provider": "flite", "model": "slt-bright"}


def test_built_in_minds_say_who_thinks(rest: Rest) -> None:
    minds = {row["id"]: row for row in rest.ask("GET", "/v1/llms", params={"perPage": 100}).json()["data"]}

    assert minds["CUSTOMER_CLIENT_V1"]["servedBy"] is None
    assert minds["CUSTOMER_CLIENT_V1"]["llmFormat"] == "none"
    thinking = [row["servedBy"] for row in minds.values() if row["llmFormat"] != "none"]
    assert thinking == [{"provider": "responder", "model": "built-in"}] * len(thinking)


def test_avatars_are_filtered(rest: Rest) -> None:
    def count(**query: object) -> int:
        answer = rest.ask("GET", "/v1/avatars", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()["meta"]["total"]

    everybody = count()
    assert count(search="LIV (") == 1
    assert count(search="silver-haired") >= 1  # descriptions are searched, too
    assert count(renderStyle="illustrated") == everybody
    assert count(renderStyle="realistic") == 0
    assert count(renderStyle="all") == everybody
    assert count(tags="calm, warm") == 2
    assert count(tags="built") == 0  # whole tags only
    assert count(onlyOneShot="true") == 0
    assert rest.ask("GET", "/v1/avatars", params={"renderStyle": "cubist"}).status_code == 400


@pytest.mark.parametrize("noun", ["avatars", "voices"])
def test_a_malformed_id_is_400_and_an_unknown_one_404(rest: Rest, noun: str) -> None:
    assert rest.ask("GET", f"/v1/{noun}/nobody").status_code == 400
    assert rest.ask("GET", f"/v1/{noun}/{NOBODY}").status_code == 404


def test_pictures_and_samples_are_made_once_and_need_no_key(rest: Rest) -> None:
    avatar = rest.ask("GET", f"/v1/avatars/{LIV}").json()
    voice = rest.ask("GET", f"/v1/voices/{LUCY}").json()
    addresses = [
        (avatar["imageUrl"], "image/jpeg", "image of liv at 720x480"),
        (avatar["landscapeImageUrl"], "image/jpeg", "image of liv at 1152x768"),
        (avatar["portraitImageUrl"], "image/jpeg", "image of liv at 768x1152"),
        (avatar["videoUrl"], "video/mp4", "idle_video of liv at 720x480"),
        (voice["sampleUrl"], "audio/wav", "sample of slt-bright"),
    ]
    for address, media_type, made in addresses:
        for _ in range(2):
            answer = rest.ask("GET", address.removeprefix(URL), key="")
            assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
        assert rest.media.made.count(made) == 1
    assert avatar["idleVideoUrl"].startswith(URL)


@pytest.mark.parametrize("path", [f"avatars/{LIV}/secret.key", f"avatars/{NOBODY}/image.jpg", "avatars/x/image.jpg"])
def test_there_are_no_other_files(rest: Rest, path: str) -> None:
    assert rest.ask("GET", f"/assets/{path}").status_code in (400, 404)
