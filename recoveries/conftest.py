"""What tests of cases share with those of documents: tasks in the process, a private storage, a web."""

from documents.tests.conftest import development, folder, in_process, web, without_scanner  # noqa: F401 - fixtures
