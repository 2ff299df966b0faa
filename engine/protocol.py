"""The wire's types: what Blender and the engine say to each other, as dataclasses that check themselves.

Standard library only, since Blender imports it. Every type reads strictly (`from_json` refuses what it does not know,
in one sentence that names the field) and writes plain JSON values (`to_json`).
"""

from __future__ import annotations

import dataclasses
import re
import types
import typing
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import Enum, StrEnum
from typing import Any, TypeVar

from ..params import ParameterError, ParamInfo

PROTOCOL = 1
DEFAULT_PORT = 8753
MAX_PROMPT_CHARS = 2_000
MAX_NAME_CHARS = 100
MAX_SEED = 2**31 - 1
MIN_SIZE_M = 0.001
MAX_SIZE_M = 1_000.0
MAX_PARAMS = 64
MAX_TEXT_PARAM_CHARS = 2_000
MAX_VECTOR = 64
MAX_BODY_BYTES = 64 * 1024
MAX_REPLY_BYTES = 16 * 1024 * 1024
MAX_FILE_BYTES = 1024**3

# The asset bundle: the only names that the engine serves from a job's folder.
BUNDLE_FILES = ("asset.glb", "preview.png", "turntable.webp", "recipe.json", "log.txt")
PREVIEW_FILE = "live.png"

_JOB_ID = re.compile(r"[0-9a-f]{32}")
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_KIND = {"vector": tuple, "text": str, "bool": bool, "int": int, "float": float}

T = TypeVar("T", bound="Message")


class ProtocolError(ValueError):
    """A message that does not fit; the text is a sentence for the sender."""


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Whether a job in this state will never change again."""
        return self in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


class Mend(StrEnum):
    """What would mend a failure: the interface draws it as a button beside the sentence."""

    NONE = ""
    FREE_SPACE = "free_space"
    LOWER_PRESET = "lower_preset"
    CHANGE_PROMPT = "change_prompt"
    CHANGE_PARAMETERS = "change_parameters"
    REPAIR_ENGINE = "repair_engine"
    START_ENGINE = "start_engine"
    ADD_WEIGHTS = "add_weights"
    SAME_AGAIN = "same_again"
    SHOW_LOG = "show_log"


class EventType(StrEnum):
    STATE = "state"
    PROGRESS = "progress"
    PREVIEW = "preview"
    LOG = "log"
    ERROR = "error"


class Readiness(StrEnum):
    """Of the engine as a whole: WARMING until its first worker has loaded, BROKEN when that worker cannot load."""

    WARMING = "warming"
    READY = "ready"
    BROKEN = "broken"


class Message:
    """A dataclass that travels as a JSON object."""

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; enums by value, tuples as lists, infinities never."""
        return {each.name: _plain(getattr(self, each.name)) for each in fields(self)}  # type: ignore[arg-type]

    @classmethod
    def from_json(cls: type[T], value: Any) -> T:
        """Read a JSON object. Raises ProtocolError naming the field that is unknown, missing or of another type."""
        if not isinstance(value, Mapping):
            raise ProtocolError(f"{cls.__name__} must be a JSON object, not {_named(value)}.")
        hints = typing.get_type_hints(cls)
        known = {each.name: hints[each.name] for each in fields(cls)}  # type: ignore[arg-type]
        for name in value:
            if name not in known:
                raise ProtocolError(f"{cls.__name__} has no field {_short(name)}; it has: {', '.join(known)}.")
        read = {name: _read(kind, value[name], name) for name, kind in known.items() if name in value}
        try:
            return cls(**read)
        except TypeError:
            missing = [n for n in known if n not in read and not _has_default(cls, n)]
            raise ProtocolError(f"{cls.__name__} lacks {', '.join(missing)}.") from None


@dataclass(frozen=True)
class JobRequest(Message):
    """What an artist asks for.

    seed: 0..2^31-1. size_m: height or longest side in metres, None = as the words imply. params: the method's own
    parameters, on top of the preset's. name: how the asset is called, "" = after its prompt. prior: by name, "" = the
    engine's choice.
    """

    method: str
    prompt: str
    preset: str = "standard"
    seed: int = 0
    size_m: float | None = None
    params: dict[str, Any] = field(default_factory=dict)
    name: str = ""
    prior: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "prompt", " ".join(self.prompt.split()))
        if not self.prompt:
            raise ProtocolError("Type what to make.")
        if len(self.prompt) > MAX_PROMPT_CHARS:
            raise ProtocolError(
                f"The prompt has {len(self.prompt):,} characters; shorten it to {MAX_PROMPT_CHARS:,} or fewer."
            )
        if not _showable(self.prompt):
            raise ProtocolError("The prompt contains a character that cannot be shown; type it anew.")
        if len(self.name) > MAX_NAME_CHARS or not _showable(self.name):
            raise ProtocolError(f"The name must be one line of at most {MAX_NAME_CHARS} characters.")
        for label, text in (("method", self.method), ("preset", self.preset)):
            if not _IDENTIFIER.fullmatch(text):
                raise ProtocolError(f"The {label} {_short(text)} is not a name.")
        if not 0 <= self.seed <= MAX_SEED:
            raise ProtocolError(f"The seed is {_short(self.seed)}; it takes 0 to {MAX_SEED}.")
        if self.size_m is not None and not MIN_SIZE_M <= self.size_m <= MAX_SIZE_M:
            raise ProtocolError(f"The size is {self.size_m:g} m; it takes {MIN_SIZE_M:g} to {MAX_SIZE_M:g} m.")
        if len(self.prior) > MAX_NAME_CHARS or not _showable(self.prior):
            raise ProtocolError(f"The prior's name must be one line of at most {MAX_NAME_CHARS} characters.")
        _check_params(self.params)


@dataclass(frozen=True)
class JobStatus(Message):
    """A job as the engine knows it.

    fraction: 0..1. remaining_s: estimated seconds left, None = unknown. *_s times: seconds since 1970. error: one
    sentence for the artist, "" unless failed. resumes: how often its worker was lost. preview: number of the newest
    live preview, 0 = none yet. files: the bundle's files that can be fetched.
    """

    id: str
    request: JobRequest
    state: JobState = JobState.QUEUED
    fraction: float = 0.0
    stage: str = ""
    remaining_s: float | None = None
    created_s: float = 0.0
    started_s: float | None = None
    finished_s: float | None = None
    error: str = ""
    mend: Mend = Mend.NONE
    resumes: int = 0
    preview: int = 0
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Event(Message):
    """One thing that happened to a job. `status` is the job right after it, so that an event alone can redraw a row."""

    type: EventType
    status: JobStatus
    id: str = ""
    text: str = ""


@dataclass(frozen=True)
class PriorInfo(Message):
    """A pretrained model that methods can use. kind: "embedded" or "diffusers"; sha256: of its weights, "" = unknown."""

    name: str
    kind: str
    title: str = ""
    sha256: str = ""


@dataclass(frozen=True)
class MethodInfo(Message):
    """A method with its parameters (as `params.schema` writes them) and presets (values by parameter)."""

    name: str
    title: str
    params: tuple[dict[str, Any], ...]
    presets: dict[str, Any]

    def infos(self) -> tuple[ParamInfo, ...]:
        """The parameters with their checks, for panels and command lines."""
        return tuple(_param_info(each) for each in self.params)

    def check(self, request: JobRequest) -> None:
        """Raises ProtocolError when the request's preset or a parameter is not one of this method's."""
        if request.preset not in self.presets:
            known = ", ".join(self.presets)
            raise ProtocolError(f"{self.title} has no preset {_short(request.preset)}; it has: {known}.")
        infos = {info.name: info for info in self.infos()}
        for name, value in request.params.items():
            if name not in infos:
                raise ProtocolError(f"{self.title} has no parameter {_short(name)}; it has: {', '.join(infos)}.")
            try:
                infos[name].check(value)
            except ParameterError as error:
                raise ProtocolError(f"{error}.") from None


@dataclass(frozen=True)
class EngineInfo(Message):
    """What an engine is and can do. device: as shown to the artist, such as "CPU" or "NVIDIA GeForce RTX 4070"."""

    version: str
    protocol: int = PROTOCOL
    device: str = ""
    executor: str = "local"
    python: str = ""
    torch: str = ""
    priors: tuple[PriorInfo, ...] = ()
    methods: tuple[MethodInfo, ...] = ()

    def method(self, name: str) -> MethodInfo:
        """Raises ProtocolError when the engine has no such method."""
        for each in self.methods:
            if each.name == name:
                return each
        known = ", ".join(each.name for each in self.methods) or "none"
        raise ProtocolError(f"The engine has no method {_short(name)}; it has: {known}.")


@dataclass(frozen=True)
class Health(Message):
    """The engine's pulse. problem: one sentence when BROKEN."""

    readiness: Readiness
    version: str
    protocol: int = PROTOCOL
    pid: int = 0
    running: int = 0
    queued: int = 0
    problem: str = ""
    mend: Mend = Mend.NONE


def check_job_id(text: str) -> str:
    """Return a job's id. Raises ProtocolError unless it is 32 hexadecimal digits, so that it is safe in a path."""
    if not _JOB_ID.fullmatch(text):
        raise ProtocolError(f"{_short(text)} is not a job's id.")
    return text


def check_file_name(name: str) -> str:
    """Return a bundle file's name. Raises ProtocolError for any other name, hence for every path."""
    if name not in BUNDLE_FILES:
        raise ProtocolError(f"{_short(name)} is not a file of a job; there are: {', '.join(BUNDLE_FILES)}.")
    return name


def _check_params(params: Mapping[str, Any]) -> None:
    if len(params) > MAX_PARAMS:
        raise ProtocolError(f"There are {len(params)} parameters; at most {MAX_PARAMS} are taken.")
    for name, value in params.items():
        if not _IDENTIFIER.fullmatch(name):
            raise ProtocolError(f"The parameter {_short(name)} is not a name.")
        if isinstance(value, str):
            if len(value) > MAX_TEXT_PARAM_CHARS:
                raise ProtocolError(f"The parameter {name} is longer than {MAX_TEXT_PARAM_CHARS:,} characters.")
        elif isinstance(value, list | tuple):
            if len(value) > MAX_VECTOR or not all(_is_number(item) for item in value):
                raise ProtocolError(f"The parameter {name} must be at most {MAX_VECTOR} numbers.")
        elif not (isinstance(value, bool) or _is_number(value)):
            raise ProtocolError(f"The parameter {name} must be a number, a text, a switch or a list of numbers.")


def _param_info(entry: Mapping[str, Any]) -> ParamInfo:
    kind = _KIND.get(entry.get("type", ""))
    if kind is None:
        raise ProtocolError(f"A parameter is of the unknown type {_short(entry.get('type'))}.")
    default = entry["default"]
    return ParamInfo(
        name=entry["name"],
        kind=kind,
        default=tuple(default) if isinstance(default, list) else default,
        help=entry["help"],
        min=entry["min"],
        max=entry["max"],
        unit=entry["unit"],
        choices=tuple(entry["choices"]),
        panel=entry["panel"],
        label=entry["label"],
    )


def _showable(text: str) -> bool:
    """No control characters and no lone surrogates (which UTF-8 cannot carry); every script and emoji is welcome."""
    return not any(unicodedata.category(char) in ("Cc", "Cs") for char in text)


def _is_number(value: Any) -> bool:
    """Finite, and within what a double can hold: JSON's integers have no bound of their own."""
    return isinstance(value, int | float) and not isinstance(value, bool) and -1e308 <= value <= 1e308


def _plain(value: Any) -> Any:
    if isinstance(value, Message):
        return value.to_json()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _read(kind: Any, value: Any, name: str) -> Any:
    """Convert `value` to the annotated type `kind`, or raise ProtocolError naming the field."""
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if kind is Any:
        return value
    if origin is types.UnionType:
        return None if value is None else _read(next(a for a in args if a is not type(None)), value, name)
    if origin is tuple:
        if not isinstance(value, list | tuple):
            raise ProtocolError(f"The field {name} must be a list, not {_named(value)}.")
        return tuple(_read(args[0], item, name) for item in value)
    if origin is dict:
        if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
            raise ProtocolError(f"The field {name} must be an object, not {_named(value)}.")
        return {key: _read(args[1], item, name) for key, item in value.items()}
    if issubclass(kind, Message):
        return kind.from_json(value)
    if issubclass(kind, Enum):
        try:
            return kind(value)
        except ValueError:
            known = ", ".join(repr(each.value) for each in kind)
            raise ProtocolError(f"The field {name} is {_short(value)}; it takes one of {known}.") from None
    if kind is float and _is_number(value):
        return float(value)
    if kind is int and _is_number(value) and float(value).is_integer():
        return int(value)
    if isinstance(value, kind) and (kind is bool or not isinstance(value, bool)) and kind is not float:
        return value
    raise ProtocolError(f"The field {name} must be {_ARTICLE.get(kind, kind.__name__)}, not {_named(value)}.")


_ARTICLE = {str: "a text", int: "a whole number", float: "a finite number", bool: "true or false"}


def _has_default(cls: type, name: str) -> bool:
    each = next(e for e in fields(cls) if e.name == name)
    return each.default is not dataclasses.MISSING or each.default_factory is not dataclasses.MISSING


def _named(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    kinds = {str: "a text", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return kinds.get(type(value), type(value).__name__)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
