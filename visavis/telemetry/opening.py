"""Opens what the operator asked for. The libraries are loaded here and not before, and only those that are needed."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack

from fastapi import FastAPI
from pydantic import SecretStr

from visavis.core.clock import Clock
from visavis.core.errors import Unavailable
from visavis.engine.watching import Watcher
from visavis.telemetry.figures import Now


def open_watchers(
    app: FastAPI,
    metrics_token: SecretStr,
    traces_url: str,
    clock: Clock,
    look: Callable[[], Now],
    stack: AsyncExitStack,
) -> list[Watcher]:
    """Whoever is told what happens in sessions. `look` is asked at each scrape. Raises `Unavailable`."""
    watchers: list[Watcher] = []
    try:
        if metrics_token.get_secret_value():
            watchers.append(_open_metrics(app, metrics_token, look))
        if traces_url:
            watchers.append(_open_traces(traces_url, app.version, clock, stack))
    except ModuleNotFoundError as error:
        wanted = "VISAVIS_METRICS_TOKEN and VISAVIS_TRACES_URL"
        raise Unavailable(f"{wanted} need {error.name}: pip install 'visavis[telemetry]'") from None
    return watchers


def _open_metrics(app: FastAPI, token: SecretStr, look: Callable[[], Now]) -> Watcher:
    from visavis.telemetry.metrics import Metrics
    from visavis.telemetry.routes import metrics_router

    metrics = Metrics(look)
    app.include_router(metrics_router(metrics, token))
    return metrics


def _open_traces(url: str, version: str, clock: Clock, stack: AsyncExitStack) -> Watcher:
    from visavis.telemetry.traces import Traces

    traces = Traces(url, version, clock)
    stack.push_async_callback(asyncio.to_thread, traces.close)
    return traces
