"""Response models of the status API and of the history, with examples for the documentation.

Fields with a default apply to some answers only, and are left out of the others: routes that answer
with these models set `response_model_exclude_unset`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from tts_core import __version__
from tts_core.stats.live import Status
from tts_core.web.api.http import ErrorText

REQUEST_ID = "95828b40d5464ca2bfcd3d1a3b3c2458"
"""Of examples."""
State = Annotated[
    str, Field(description=f"One of {', '.join(Status)}.", examples=["generating_audio"])
]
Source = Annotated[str, Field(description="The API the request came through.", examples=["files"])]
Memory = Annotated[
    dict[str, float],
    Field(
        description="Memory in MB of the app, of its workers and of GPUs, where there are some.",
        examples=[{"cpu_memory_mb": 302.7, "app_memory_mb": 241.5, "worker_memory_mb": 61.2}],
    ),
]
HistoryError = Annotated[
    str | None, Field(description="Why the history cannot be written at present.")
]
IdleMessage = Annotated[str | None, Field(description="Only while no request is running.")]


class Answer(BaseModel):
    """An answer, made from what the service returns."""

    model_config = ConfigDict(from_attributes=True)


class Fallback(Answer):
    """What spoke instead of the voice or engine that was asked for."""

    from_: str = Field(alias="from", examples=["alba"])
    to: str = Field(examples=["en-us+f2"])
    reason: str = Field(examples=["There is no voice 'alba' here; en-us+f2 speaks instead."])


class ProgressFields(Answer):
    """How far a running request has got."""

    current_chunk: int = Field(description="The segment being generated, from 1.", examples=[2])
    total_chunks: int = Field(examples=[4])
    current_step: str = Field(examples=["Generating audio for chunk 2/4"])
    progress_percentage: float = Field(examples=[50.0])
    estimated_completion: float | None = Field(
        description="Seconds since the epoch; null before there is an estimate."
    )


class RequestFields(Answer):
    """What running and ended requests have in common."""

    request_id: str = Field(examples=[REQUEST_ID])
    status: State
    start_time: float = Field(description="Seconds since the epoch.", examples=[1767225600.25])
    duration_seconds: float = Field(examples=[0.212])
    text_length: int = Field(examples=[24])
    text_preview: str = Field(examples=["Hello, this is a test!"])
    voice_source: str = Field(examples=["en-us"])
    parameters: dict[str, object] = Field(examples=[{"speed": 1.0, "pitch": 1.0}])
    engine: str = Field(examples=["espeak"])
    language: str = Field(examples=["en"])
    door: Source
    fallback: Fallback | None


class WorkingProject(Answer):
    """A project that is being made."""

    project_id: str = Field(examples=[REQUEST_ID])
    title: str = Field(examples=["The Wind in the Willows"])


class ActiveRequest(RequestFields):
    """A running request."""

    is_processing: bool = Field(examples=[True])
    progress: ProgressFields
    queue_position: int = Field(
        description="How many requests are served before this one.", examples=[0]
    )


class HistoryRecord(RequestFields):
    """An ended request."""

    end_time: float | None = Field(description="Seconds since the epoch.")
    chunks: int = Field(description="Segments of the text.", examples=[1])
    audio_seconds: float = Field(examples=[1.62])
    time_to_first_audio_seconds: float | None
    real_time_factor: float = Field(
        description="Seconds of work for one second of audio.", examples=[0.004]
    )
    error: ErrorText | None = Field(None, description="Why the request failed, if it did.")


class StoredRecord(HistoryRecord):
    """An ended request, and what is kept of it."""

    audio: bool = Field(description="Whether its audio is kept.", examples=[True])
    text: str | None = Field(None, description="Its text, or the beginning of it.")


class HistoryAnswer(Answer):
    """The last requests, newest first."""

    request_history: list[HistoryRecord]
    total_records: int = Field(examples=[1])
    limit: int = Field(examples=[10])


class HistoryPage(Answer):
    """Ended requests that match a search, newest first."""

    records: list[StoredRecord]
    next: str = Field(
        description='The `before` of the next page; "" after the last.', examples=[""]
    )


class Deleted(Answer):
    """Whether something was deleted."""

    deleted: bool = Field(examples=[True])


class Cleared(Answer):
    """How many requests were deleted from the history."""

    message: str = Field(examples=["The history has been cleared."])
    cleared_records: int = Field(examples=[12])


class Sums(Answer):
    """Sums over requests. Averages are of completed requests, rates in percent."""

    total_requests: int = Field(examples=[12])
    completed_requests: int = Field(examples=[11])
    error_requests: int = Field(examples=[1])
    cancelled_requests: int = Field(examples=[0])
    interrupted_requests: int = Field(examples=[0])
    errors_by_type: dict[str, int] = Field(examples=[{"not_found": 1}])
    success_rate: float = Field(examples=[91.7])
    error_rate: float = Field(examples=[8.3])
    average_duration_seconds: float = Field(examples=[0.41])
    average_text_length: float = Field(description="Of all requests.", examples=[24.5])
    audio_seconds: float = Field(examples=[96.2])
    cached_chunks: int = Field(examples=[3])
    cache_hit_rate: float = Field(examples=[12.5])
    real_time_factor: float = Field(examples=[0.004])
    median_first_audio_seconds: float | None
    p95_first_audio_seconds: float | None


class Totals(Sums):
    """Sums over all requests, and over those of each engine."""

    engines: dict[str, Sums] = Field(description="By engine.", examples=[{}])


class Statistics(Totals):
    """Totals of all requests since the database began."""

    is_processing: bool = Field(examples=[False])
    windows: dict[str, Totals] = Field(
        description="Totals of the last hour and day.", examples=[{}]
    )
    history_error: HistoryError
    current_memory: Memory | None = None


class Download(Answer):
    """A running download of weights, or one that ended lately."""

    name: str = Field(examples=["xtts"])
    engine: str = Field(examples=["xtts"])
    label: str = Field(examples=["XTTS-v2"])
    state: str = Field(examples=["downloading"])
    bytes_done: int = Field(examples=[1_000_000])
    bytes_total: int = Field(examples=[1_870_000_000])
    bytes_per_second: int = Field(examples=[12_000_000])
    seconds_left: float | None
    error: str | None


class ProgressAnswer(Answer):
    """How far the request that started first has got."""

    is_processing: bool = Field(examples=[True])
    status: State
    message: IdleMessage = None
    current_chunk: int | None = Field(None, examples=[2])
    total_chunks: int | None = Field(None, examples=[4])
    current_step: str | None = Field(None, examples=["Generating audio for chunk 2/4"])
    progress_percentage: float | None = Field(None, examples=[50.0])
    estimated_completion: float | None = Field(None, description="Seconds since the epoch.")
    duration_seconds: float | None = Field(None, examples=[0.212])
    text_preview: str | None = Field(None, examples=["Hello, this is a test!"])
    request_id: str | None = Field(None, examples=[REQUEST_ID])
    active_requests: int | None = Field(None, description="How many requests are running.")


class StatusFields(Answer):
    """All running requests, and the fields of the one that started first."""

    request_id: str | None = Field(None, examples=[REQUEST_ID])
    status: State
    message: IdleMessage = None
    start_time: float | None = Field(None, description="Seconds since the epoch.")
    duration_seconds: float | None = None
    text_length: int | None = None
    text_preview: str | None = None
    voice_source: str | None = None
    parameters: dict[str, object] | None = None
    engine: str | None = None
    language: str | None = None
    door: Source | None = None
    fallback: Fallback | None = None
    is_processing: bool = Field(examples=[True])
    progress: ProgressFields | None = None
    queue_position: int | None = None
    total_requests: int = Field(
        description="How many there have been, running ones included.", examples=[12]
    )
    active_requests: list[ActiveRequest]
    downloads: list[Download]
    projects: list[WorkingProject] = Field(description="Yours that are being made.")
    history_error: HistoryError


class StatusAnswer(StatusFields):
    """The status, and what the query asks for besides."""

    memory: Memory | None = None
    request_history: list[HistoryRecord] | None = None
    statistics: Statistics | None = None


class Uptime(Answer):
    """Some of the statistics again."""

    total_requests: int = Field(examples=[12])
    success_rate: float = Field(examples=[91.7])
    is_processing: bool = Field(examples=[False])


class InfoAnswer(Answer):
    """Status, statistics, memory and the last requests at once."""

    api_name: str = Field(examples=["Aloud"])
    version: str = Field(examples=[__version__])
    status: Literal["operational", "no engine is ready"] = Field(examples=["operational"])
    tts_status: StatusFields
    statistics: Statistics
    memory_info: Memory
    recent_requests: list[HistoryRecord]
    uptime_info: Uptime


class EngineSeries(Answer):
    """One engine's requests over time, a value for each slot."""

    requests: list[int] = Field(examples=[[5, 7]])
    errors: list[int] = Field(examples=[[0, 1]])
    first_audio: list[float | None] = Field(
        description="Median time to first audio in seconds.", examples=[[0.021, 0.019]]
    )
    real_time_factor: list[float | None] = Field(examples=[[0.004, 0.004]])


class SeriesAnswer(Answer):
    """Requests over time, in slots of equal length of which the last is the present one."""

    start: int = Field(description="Seconds since the epoch.", examples=[1767225600])
    step_seconds: int = Field(examples=[900])
    slots: int = Field(examples=[96])
    engines: dict[str, EngineSeries] = Field(
        description="By engine.",
        examples=[
            {
                "espeak": {
                    "requests": [5, 7],
                    "errors": [0, 1],
                    "first_audio": [0.021, 0.019],
                    "real_time_factor": [0.004, 0.004],
                }
            }
        ],
    )
