"""The cast of casework, for the tests of the console."""

from tests.complaints.conftest import cast as cast
from tests.complaints.conftest import clock as clock
from tests.complaints.conftest import scene as scene
