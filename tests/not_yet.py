"""Tests that do not hold since several parts were put together, and are owed: each is to be mended and taken off."""

NOT_YET = {
    "tests/clients/test_js_sdk.py::test_a_whole_conversation",
}
