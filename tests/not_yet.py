"""Tests that do not hold since several parts were put together, and are owed: each is to be mended and taken off."""

NOT_YET = {
    "tests/clients/test_contract.py::test_all_operations",
    "tests/clients/test_js_sdk.py::test_a_whole_conversation",
    "tests/clients/test_mcp.py::test_every_tool_of_the_mcp_server_works",
}
