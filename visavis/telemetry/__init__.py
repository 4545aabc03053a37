"""What operators watch: figures for Prometheus, traces for OpenTelemetry. Both are off unless somebody asks for them.

Neither ever holds what was said, a prompt, a key, or a name that somebody chose. Whoever runs without the extra
`telemetry` never loads their libraries: only this folder imports them.
"""
