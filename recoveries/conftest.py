"""What tests of cases share with those of documents: tasks in the process, a private storage."""

from documents.tests.conftest import development, folder, in_process, without_scanner  # noqa: F401 - fixtures
