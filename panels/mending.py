"""The one button beside a sentence about what went wrong."""

from __future__ import annotations

import bpy

from ..engine.protocol import Mend

# Mend -> operator, text, its properties. Those on a job get the job's id.
_ON_JOB = {
    Mend.LOWER_PRESET: ("dreamgrove.repeat_job", "Try as Draft", {"mode": "DRAFT"}),
    Mend.CHANGE_PROMPT: ("dreamgrove.edit_job", "Edit Words", {}),
    Mend.CHANGE_PARAMETERS: ("dreamgrove.edit_job", "Edit Parameters", {}),
    Mend.SAME_AGAIN: ("dreamgrove.repeat_job", "Make Again", {"mode": "SAME"}),
}
_ON_ENGINE = {
    Mend.FREE_SPACE: ("dreamgrove.free_space", "Free Space...", {}),
    Mend.REPAIR_ENGINE: ("dreamgrove.repair_engine", "Repair Engine...", {}),
    Mend.START_ENGINE: ("dreamgrove.start_engine", "Start Engine", {}),
    Mend.ADD_WEIGHTS: ("dreamgrove.open_preferences", "Preferences...", {}),
    Mend.SHOW_LOG: ("dreamgrove.open_folder", "Show Log", {"what": "LOG"}),
}


def mending_button(layout: bpy.types.UILayout, mend: Mend, job_id: str = "") -> bool:
    """Draw it; whether there is one."""
    if mend in _ON_JOB and job_id:
        identifier, text, values = _ON_JOB[mend]
        values = {**values, "job": job_id}
    elif mend in _ON_ENGINE:
        identifier, text, values = _ON_ENGINE[mend]
    else:
        return False
    button = layout.operator(identifier, text=text)
    for name, value in values.items():
        setattr(button, name, value)
    return True
