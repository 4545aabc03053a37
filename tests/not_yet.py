"""Tests that do not hold since several parts were put together, and are owed: each is to be mended and taken off."""

NOT_YET = {
    "tests/resources/test_session_reports.py::test_a_crash_costs_the_end_of_a_session_and_not_its_transcript",
    "tests/cli/test_serve.py::test_the_first_start_prints_a_key_once_and_a_polite_end_is_recorded",
    "tests/clients/test_contract.py::test_all_operations",
    "tests/clients/test_documents.py::test_a_shell_example_runs",
    "tests/clients/test_js_sdk.py::test_a_whole_conversation",
    "tests/clients/test_mcp.py::test_every_tool_of_the_mcp_server_works",
    "tests/clients/test_resume.py::test_what_was_not_answered_before_the_crash_is_answered_after_it",
    "tests/db/test_migrations.py::test_servers_that_start_together_do_not_disturb_each_other",
    "tests/house/test_loop_thread.py::test_a_whole_conversation_leaves_the_loop_free",
    "tests/http/test_openapi.py::test_every_operation_has_a_name_and_a_place",
    "tests/http/test_permissions.py::test_every_permission_is_documented",
    "tests/providers/test_conformance.py::test_a_voice_is_audible_and_of_the_rate_it_states",
    "tests/resources/test_attachments.py::test_the_engine_is_told_everything_about_a_tool_and_prints_no_secret",
    "tests/resources/test_fuzz.py::test_any_persona",
    "tests/resources/test_personas.py::test_options_written_for_another_provider_are_kept",
    "tests/resources/test_speakers.py::test_a_provider_that_keeps_nothing_speaks_for_those_who_need_that",
    "tests/telemetry/test_traces.py::test_a_call_of_a_tool_is_traced_without_its_name",
}
