"""Where things are: the files that ship with the project, and the few settings that a user can change.

Environment variables are read here and nowhere else.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from kg.errors import ConfigError

_PACKAGE = Path(__file__).resolve().parent


def shipped(folder: str) -> Path:
    """The folder ``ontology``, ``queries`` or ``data`` that belongs to this installation.

    In a checkout it lies beside the package, in an installed wheel inside it.

    Raises:
        ConfigError: the installation lacks the folder.
    """
    checkout = _PACKAGE.parent
    home = checkout if (checkout / "pyproject.toml").is_file() else _PACKAGE / "shipped"
    if not (home / folder).is_dir():
        raise ConfigError(f"This installation has no {folder}/ folder. Install sanctuary-kg again.")
    return home / folder


def snapshots_folder() -> Path:
    """Folder that holds the snapshots: ``SANCTUARY_SNAPSHOTS``, else ``build/snapshots`` below the working folder."""
    return Path(os.environ.get("SANCTUARY_SNAPSHOTS", "build/snapshots"))


def terminologies_folder() -> Path:
    """Folder of the user's own terminologies: ``SANCTUARY_TERMINOLOGIES``, else ``build/terminologies``."""
    return Path(os.environ.get("SANCTUARY_TERMINOLOGIES", "build/terminologies"))


def sources_folder() -> Path | None:
    """Folder with the papers' texts: ``SANCTUARY_SOURCES``, else ``../shared/sources`` if it is there."""
    named = os.environ.get("SANCTUARY_SOURCES")
    if named:
        return Path(named)
    beside = Path("../shared/sources")
    return beside if beside.is_dir() else None


def llm_address() -> tuple[str | None, str | None]:
    """Address and name of the language model of extraction: ``SANCTUARY_LLM_URL`` and ``SANCTUARY_LLM_MODEL``."""
    return os.environ.get("SANCTUARY_LLM_URL") or None, os.environ.get("SANCTUARY_LLM_MODEL") or None


def llm_key() -> str | None:
    """Key for the endpoint of the language model: ``SANCTUARY_LLM_KEY``. It is never passed on, shown or kept."""
    return os.environ.get("SANCTUARY_LLM_KEY") or None


def environment() -> Mapping[str, str]:
    """The environment variables of this process."""
    return os.environ


def hand_down(variables: Mapping[str, str]) -> None:
    """Set environment variables for the processes that this one starts."""
    os.environ.update(variables)


def metrics_folder() -> Path | None:
    """Folder in which front processes share their counts: ``PROMETHEUS_MULTIPROC_DIR``, a name not of our making."""
    named = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    return Path(named) if named else None
