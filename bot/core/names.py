"""Names of projects and workflows, and how a typed word finds them: exact, case-folded prefix, substring."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Names:
    """Names that are known: of projects, and of workflows as (project, workflow)."""

    projects: frozenset[str] = frozenset()
    workflows: frozenset[tuple[str, str]] = frozenset()

    def __or__(self, other: "Names") -> "Names":
        return Names(self.projects | other.projects, self.workflows | other.workflows)
