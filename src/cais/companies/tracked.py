"""Operations of squashed migrations: triggers that stand in a model's options, and the SQL of the replaced steps.

Django renders all related models anew at each operation that changes a model. With a step for each trigger, constraint
and index a fresh database took twice as long to make as it takes to start everything else.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from django.contrib.postgres.operations import CreateExtension
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunSQL
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger


class CreateTriggers(Operation):
    """Make the triggers that this app's models name in their options, where `CreateModel` alone makes none."""

    reversible = False

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Nothing: the options say it."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for (label, name), model in to_state.models.items():
            for trigger in model.options.get("triggers", ()) if label == app_label else ():
                AddTrigger(name, trigger).database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return "Make the triggers of the models above"


def statements_of(module: str) -> Sequence[Operation]:
    """What a replaced migration makes that no model's state tells of: functions, triggers of tables, extensions.

    What cannot be unmade has moved rows from one shape to another, and a fresh database has none.
    """
    operations = import_module(module).Migration.operations
    return [one for one in operations if isinstance(one, CreateExtension) or _makes_something(one)]


def _makes_something(operation: Operation) -> bool:
    return isinstance(operation, RunSQL) and operation.reverse_sql not in (None, RunSQL.noop)
